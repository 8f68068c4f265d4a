// Polls over HTTP, and `/poll`.
import { isRefusal } from '../answer.ts'
import type { Asked, OwnCommand } from '../commands/commands.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Gate, Passed } from '../posting/gate.ts'
import { readTypedPoll } from '../protocol/typed-poll.ts'
import { Polls, type PollDeps } from './polls.ts'
import { pollRoutes } from './routes.ts'
import { pollHelp, pollUsage } from './words.ts'

export function pollFeature(
  { keys }: Core,
  { gate, ...deps }: Omit<PollDeps, 'keys'> & { gate: Gate },
): Feature & { command: OwnCommand } {
  const polls = new Polls({ ...deps, keys })
  return {
    command: { name: 'poll', ...pollHelp, run: (by, asked) => run(polls, by, asked) },
    routes: (app) => pollRoutes(app, { polls, gate }),
  }
}

/** "question | a | b": a poll of the person who typed it; if it is not valid, only they are told. */
async function run(
  polls: Polls,
  by: Passed,
  { room, thread, cid, args }: Asked,
): ReturnType<OwnCommand['run']> {
  const { question, options } = readTypedPoll(args)
  const place = thread === undefined ? { room, cid } : { room, cid, thread }
  const made = await polls.make(by, { ...place, question, options })
  if (!isRefusal(made)) return { message: made }
  if (made.code !== 'bad_poll') return made
  return { note: { type: 'note', ...place, at: Date.now(), text: pollUsage(args), failed: true } }
}
