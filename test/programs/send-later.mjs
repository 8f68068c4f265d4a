// A Brook server as a process of its own that kills itself around the sending of a scheduled message: with DIE_AT set,
// right before it (`marked`) or right after the log has it (`said`).
import { runServer } from '../../server/main.ts'
import { Say } from '../../server/posting/say.ts'

/** @param {string} at */
function pass(at) {
  if (process.env['DIE_AT'] === at) process.kill(process.pid, 'SIGKILL')
}

/** @type {any} */
const kind = Say.prototype
const real = kind.say
kind.say = async function (/** @type {unknown[]} */ ...given) {
  pass('marked')
  const answer = await real.apply(this, given)
  pass('said')
  return answer
}

const server = await runServer(JSON.parse(process.argv[2] ?? ''))
process.stdout.write(`${server.address}\n`)
