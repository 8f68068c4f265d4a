// `brook bots` as it ships, with test hooks: with DIE_AT set, the process kills itself when it first passes that
// point. The hooks wrap the product's classes; the product does not know about them.
import { runToEnd } from '../../server/cli/main.ts'
import { Reminders } from '../../server/builtin-bot/reminders.ts'

/** @param {string | undefined} at */
function pass(at) {
  if (at !== undefined && process.env['DIE_AT'] === at) process.kill(process.pid, 'SIGKILL')
}

/**
 * @param {'keep' | 'begin' | 'end' | 'show'} name
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
wrap('show', { before: 'showing', after: 'shown' })

await runToEnd(['bots'])
