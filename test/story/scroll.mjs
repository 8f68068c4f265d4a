// How the list scrolls: worst jump over prepends, dropped frames, time per frame, memory. Needs a built web app.
//   node test/story/scroll.mjs [--messages 100000] [--prepends 50] [--scroll 10000] [--width 1440 | --phone] [--by thrown,home,wheel,touch]
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const scroll = fileURLToPath(new URL('./scroll.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', scroll, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
child.once('exit', (code) => (process.exitCode = code ?? 1))
