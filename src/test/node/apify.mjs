// Runs the official Apify client: node apify.mjs FOLDER BASE_URL
// The client has no option for headers, so the user agent's suffix carries each scenario's name.
import { createHash } from 'node:crypto'
import { baseURL, load, report } from './report.mjs'

const { ApifyClient } = load('apify-client')
const RUN = 'Rn0SampleRunId001'

function client(scenario, options = {}) {
  return new ApifyClient({
    baseUrl: baseURL,
    token: 'apify_api_dummy',
    maxRetries: 0,
    minDelayBetweenRetriesMillis: 1,
    userAgentSuffix: `scenario/${scenario}`,
    ...options,
  })
}

function failure(error) {
  return {
    class: error.constructor.name,
    status: error.statusCode,
    type: error.type,
    message: error.message,
    method: error.httpMethod,
    // Without the base URL's path.
    path: error.path?.replace(new URL(baseURL).pathname.replace(/\/$/, ''), ''),
    attempt: error.attempt,
  }
}

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex')
const run = (scenario) => client(scenario).run(RUN).get()

const scenarios = {
  // Starts a run and waits until it has finished, as most applications do.
  call: (name) => client(name).actor('apify/instagram-scraper').call({ directUrls: ['https://example.com/ü'] }, { log: null }),
  start: (name) => client(name).actor('apify/instagram-scraper').start({ search: 'x'.repeat(5000) }),
  task: (name) => client(name).task('acme~weekly').start(),
  actor: (name) => client(name).actor('shu8hvrXbJbY3Eb9W').get(),
  'runs-list': (name) => client(name).runs().list({ desc: true, limit: 1000 }),
  items: async (name) => {
    const { items, total, count } = await client(name).dataset('Ds0SampleData0001').listItems({ limit: 10 })
    return { items, total, count }
  },
  csv: async (name) => hash(await client(name).dataset('Ds0SampleData0001').downloadItems('csv')),
  record: (name) => client(name).keyValueStore('Kv0SampleStore001').setRecord({ key: 'K', value: { text: 'ü'.repeat(1 << 20) } }),
  'get-record': (name) => client(name).keyValueStore('Kv0SampleStore001').getRecord('K'),
  'no-record': (name) => client(name).keyValueStore('Kv0SampleStore001').getRecord('NONE'),
  push: (name) => client(name).dataset('Ds0SampleData0001').pushItems([{ id: 1, text: 'y'.repeat(3000) }]),
  abort: (name) => client(name).run(RUN).abort(),
  resurrect: (name) => client(name).run(RUN).resurrect(),
  limits: (name) => client(name).user('me').limits(),
  'rate-limit': run,
  unauthorized: run,
  'retried-twice': (name) => client(name, { maxRetries: 2 }).run(RUN).get(),
  'trailing-slash': (name) => client(name, { baseUrl: `${baseURL}/` }).run(RUN).get(),
  'gzip-run': run,
}
for (const state of ['ready', 'running', 'succeeded', 'succeeded-preliminary', 'succeeded-without-token', 'failed', 'aborted', 'timed-out']) {
  scenarios[`run-${state}`] = run
}

await report(scenarios, failure)
