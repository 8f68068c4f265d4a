// The programs of the stores for whatever runs on stores of its own: tests, bench and torture. Plain JavaScript, because it
// runs before anything is compiled but the programs of the tests.
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Fetches what this machine lacks, as `npm start` does, and lets every process that is started from here find it, through PATH
 * or STORES_PATH. After prepareTests. @throws if they cannot be fetched
 */
export async function getStores() {
  const cache = path.join(root, 'node_modules/.cache/brook')
  const { getPrograms } = await import(pathToFileURL(path.join(root, 'dist/test/fetch.js')).href)
  const say = (/** @type {string} */ line, /** @type {string | undefined} */ kind) => {
    if (kind === undefined) console.log(line)
  }
  const { redis, mariadb } = await getPrograms({ redis: true, mariadb: true }, cache, say)
  const folders = [redis.server, mariadb.server, mariadb.install].map((file) => path.dirname(file))
  const name = process.env['STORES_PATH'] === undefined ? 'PATH' : 'STORES_PATH'
  process.env[name] = [...new Set([...folders, process.env[name]])].join(path.delimiter)
  const libraries = mariadb.env['LD_LIBRARY_PATH']
  if (libraries !== undefined) process.env['LD_LIBRARY_PATH'] = libraries
}
