// A tab that stays open for weeks, made short: what it holds and costs while others talk, unseen, in many rooms, among
// many people. Needs a built web app.
//   node test/story/endurance.mjs [--minutes 10] [--short] [--cpu 1,4] [--rate 30]
//     [--parts room,rooms,pane,people,switcher,dense] [--rooms 800] [--people 2000]
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const endurance = fileURLToPath(new URL('./endurance.ts', import.meta.url))
const child = spawn(process.execPath, ['--import', 'tsx', endurance, ...process.argv.slice(2)], {
  stdio: 'inherit',
})
child.once('exit', (code) => (process.exitCode = code ?? 1))
