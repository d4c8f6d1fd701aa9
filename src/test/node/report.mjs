// Runs scenarios sequentially and prints what the client observed in each, as JSON.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [, , folder, baseURL] = process.argv
// These describe the connection, not the response.
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding']

export { baseURL }

/** Loads a package installed in the folder given on the command line. */
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

/** Only the addresses differ between the provider and the gateway. */
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
