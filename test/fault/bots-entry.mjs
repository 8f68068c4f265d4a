// `brook bots` as it ships, with doors that exist only here: with DIE_AT set the process kills itself when it first comes by that point.
// The product's classes are wrapped from outside; the product knows nothing of it.
import { runToEnd } from '../../dist/server/cli/main.js'
import { Reminders } from '../../dist/server/house-bot/reminders.js'

/** @param {string | undefined} at */
function pass(at) {
  if (at !== undefined && process.env['DIE_AT'] === at) process.kill(process.pid, 'SIGKILL')
}

/**
 * @param {'keep' | 'begin' | 'end'} name
 * @param {{ before?: string, after?: string }} points
 */
function wrap(name, { before, after }) {
  /** @type {any} */
  const kind = Reminders.prototype
  const real = kind[name]
  kind[name] = async function (/** @type {unknown[]} */ ...given) {
    pass(before)
    const answer = await real.apply(this, given)
    pass(after)
    return answer
  }
}

wrap('keep', { before: 'asked', after: 'kept' })
wrap('begin', { after: 'begun' })
wrap('end', { before: 'said', after: 'ended' })

await runToEnd(['bots'])
