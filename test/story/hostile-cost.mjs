// What each hostile text costs a browser to read and draw: node test/story/hostile-cost.mjs. Needs a built web app
// (npm run build). Exits 1 if one takes more than 50 ms, or does what no text may do.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./hostile-cost.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: 'inherit' })
child.once('exit', (code) => (process.exitCode = code ?? 1))
