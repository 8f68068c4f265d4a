// Runs a script of this folder on a built server. Plain JavaScript, so that plain Node can run it.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareTests } from '../../server/cli/prepare.mjs'
import { getStores } from '../support/get-stores.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param {string} script its name, without its extension */
export async function run(script) {
  await prepareTests()
  await getStores()
  const program = path.join('test/fault', `${script}.ts`)
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', program, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
