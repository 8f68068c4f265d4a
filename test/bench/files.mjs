// node test/bench/files.mjs [--megabytes N] [--nginx PATH] [--json FILE]: files up and down, beside nginx; hands over to files.ts.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { prepareTests } from '../../server/cli/prepare.mjs'
import { getStores } from '../support/get-stores.mjs'

await prepareTests()
await getStores()
const script = fileURLToPath(new URL('./files.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'))
child.once('exit', (code) => process.exit(code ?? 1))
