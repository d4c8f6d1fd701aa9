// Runs the official Anthropic client: node anthropic.mjs FOLDER BASE_URL PACKAGE
// A header carries each scenario's name and selects the fake provider's response.
import { File } from 'node:buffer'
import { createHash } from 'node:crypto'
import { baseURL, headers, load, report } from './report.mjs'

// Node 18 has no global File.
globalThis.File ??= File

const Anthropic = load(process.argv[4])
const { toFile } = Anthropic
const MESSAGE = { model: 'claude-sonnet-5-5', max_tokens: 256, messages: [{ role: 'user', content: 'Grüße, 世界' }] }
const STREAMS = ['complete', 'delta-output-only', 'thinking-tool-use', 'error-midway', 'truncated', 'reset', 'gzip']
const PIECES = [1, 7, 37, 0]
const ERRORS = ['rate-limit', 'spend-cap', 'overloaded', 'own-spend-limit', 'unauthorized', 'too-large', 'not-json']

function client(scenario, options = {}) {
  return new Anthropic({
    apiKey: 'sk-ant-api03-dummy',
    baseURL,
    maxRetries: 0,
    timeout: 20_000,
    defaultHeaders: { 'x-scenario': scenario, 'x-usage-category': `js-${scenario.replaceAll(/[^a-z]/g, '')}` },
    ...options,
  })
}

async function withHeaders(promise) {
  const { data, response, request_id } = await promise.withResponse()
  return { data, request_id, status: response.status, headers: headers(response) }
}

function failure(error) {
  return {
    class: error.constructor.name,
    status: error.status,
    type: error.type,
    message: error.message,
    body: error.error,
    requestId: error.requestID ?? error.request_id,
    headers: error.headers === undefined ? undefined : headers(error),
  }
}

/** Iterates over the raw events, so that those before a failure are observed too. */
async function stream(scenario) {
  const seen = { events: [] }
  try {
    const { data, response } = await client(scenario)
      .messages.create({ ...MESSAGE, stream: true })
      .withResponse()
    seen.status = response.status
    seen.headers = headers(response)
    for await (const event of data) seen.events.push(event)
  } catch (error) {
    seen.failure = failure(error)
  }
  // A reset may overtake the data sent before it.
  if (scenario.startsWith('stream-reset')) delete seen.events
  return seen
}

/** Uses the helper that accumulates the message. */
async function accumulated(scenario) {
  const seen = { texts: [] }
  const running = client(scenario).messages.stream(MESSAGE)
  running.on('text', (text) => seen.texts.push(text))
  try {
    seen.message = await running.finalMessage()
  } catch (error) {
    seen.failure = failure(error)
  }
  seen.requestId = running.request_id
  return seen
}

async function batchResults(scenario) {
  const seen = []
  for await (const result of await client(scenario).messages.batches.results('msgbatch_01SampleBatch0000000001')) {
    seen.push(result)
  }
  return seen
}

async function batchPages(scenario) {
  const seen = []
  for await (const batch of client(scenario).messages.batches.list({ limit: 2 })) seen.push(batch.id)
  return seen
}

const scenarios = {
  cached: (name) => withHeaders(client(name).messages.create(MESSAGE)),
  minimal: (name) => withHeaders(client(name).messages.create(MESSAGE)),
  'gzip-json': (name) => withHeaders(client(name).messages.create(MESSAGE)),
  'count-tokens': (name) =>
    withHeaders(client(name).messages.countTokens({ model: MESSAGE.model, messages: MESSAGE.messages })),
  beta: (name) => withHeaders(client(name).beta.messages.create({ ...MESSAGE, betas: ['one-2026-01-01', 'two-2026-02-02'] })),
  models: (name) => withHeaders(client(name).models.list()),
  large: async (name) => {
    const content = 'ü'.repeat(3 << 20)
    const { usage } = await client(name).messages.create({ ...MESSAGE, messages: [{ role: 'user', content }] })
    return usage
  },
  upload: async (name) => {
    const file = await toFile(Buffer.alloc(1 << 20, 'f'), 'f.txt', { type: 'text/plain' })
    return withHeaders(client(name).beta.files.upload({ file }))
  },
  download: async (name) => {
    const response = await client(name).beta.files.download('file_01Sample')
    const bytes = Buffer.from(await response.arrayBuffer())
    return { hash: createHash('sha256').update(bytes).digest('hex'), headers: headers(response) }
  },
  'batch-create': (name) =>
    withHeaders(client(name).messages.batches.create({ requests: [{ custom_id: 'a', params: MESSAGE }] })),
  'batch-get': async (name) => {
    const seen = await withHeaders(client(name).messages.batches.retrieve('msgbatch_01SampleBatch0000000001'))
    // The length varies with the URL of the results in the body.
    return { ...seen, headers: seen.headers.filter(([header]) => header !== 'content-length') }
  },
  'batch-list': batchPages,
  'batch-results': batchResults,
  'retried-twice': (name) => withHeaders(client(name, { maxRetries: 2 }).messages.create(MESSAGE)),
  'trailing-slash': (name) => withHeaders(client(name, { baseURL: `${baseURL}/` }).messages.create(MESSAGE)),
  'versioned-base': (name) => withHeaders(client(name, { baseURL: `${baseURL}/v1` }).messages.create(MESSAGE)),
}
for (const piece of PIECES) {
  for (const name of STREAMS) scenarios[`stream-${name}-${piece}`] = stream
}
for (const name of ['complete', 'thinking-tool-use', 'error-midway', 'truncated']) {
  scenarios[`helper-${name}`] = accumulated
}
for (const name of ERRORS) scenarios[`error-${name}`] = (scenario) => withHeaders(client(scenario).messages.create(MESSAGE))
if (client('legacy').completions !== undefined) {
  const PROMPT = { model: 'claude-2.1', max_tokens_to_sample: 10, prompt: '\n\nHuman: Hi\n\nAssistant:' }
  scenarios.legacy = (name) => withHeaders(client(name).completions.create(PROMPT))
}

await report(scenarios, failure)
