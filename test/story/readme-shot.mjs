// Takes the screenshots of the README: node test/story/readme-shot.mjs. Needs a built web app (npm run build).
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const shot = fileURLToPath(new URL('./readme-shot.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', shot], { stdio: 'inherit' })
child.once('exit', (code) => (process.exitCode = code ?? 1))
