// `brook bots` with doors that exist only here: with DIE_AT set the process kills itself when it first comes by that point.
// The product's classes are wrapped from outside; the product knows nothing of it.
import { register } from 'tsx/esm/api'

register()
const { Reminders } = await import('../../server/house-bot/reminders.ts')
const { runToEnd } = await import('../../server/cli/main.ts')

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
