// How fast the app opens and rooms are switched, from what is on the device and from the network alone. Needs a built web app.
//   node test/story/from-copy.mjs [--messages 1000] [--runs 5] [--cpu 4]
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./from-copy.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
child.once('exit', (code) => (process.exitCode = code ?? 1))
