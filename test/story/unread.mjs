// Plays random rooms and compares every screen with a plain model. Needs a built web app.
//   node test/story/unread.mjs [--rooms 1000] [--from 1] [--together 20]
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const unread = fileURLToPath(new URL('./unread.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', unread, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
child.once('exit', (code) => (process.exitCode = code ?? 1))
