// Runs scenarios one after the other and prints, as JSON, all that the client saw in each.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [, , folder, baseURL] = process.argv
// They follow the connection, not the answer.
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding']

export { baseURL }

/** A package that is installed in the folder which the command line names. */
export function load(name) {
  return createRequire(join(folder, 'drivers.js'))(name)
}

export function headers(response) {
  const pairs = typeof response.headers.entries === 'function' ? [...response.headers] : Object.entries(response.headers)
  return pairs
    .map(([name, value]) => [name.toLowerCase(), String(value)])
    .filter(([name]) => !HOP_BY_HOP.includes(name))
    .sort()
}

/** The addresses differ between the provider and what stands before it, and nothing else. */
function withoutAddress(text) {
  return text.replaceAll(baseURL, 'BASE')
}

export async function report(scenarios, failure) {
  const seen = {}
  for (const [name, scenario] of Object.entries(scenarios)) {
    try {
      seen[name] = await scenario(name)
    } catch (error) {
      seen[name] = failure(error)
    }
  }
  process.stdout.write(withoutAddress(JSON.stringify(seen, null, 1)))
}
