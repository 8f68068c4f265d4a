// Polls over HTTP, and `/poll`.
import { isRefusal } from '../answer.ts'
import type { Asked, OwnCommand } from '../commands/commands.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Gate, Passed } from '../posting/gate.ts'
import { languageOf, ownCommands } from '../protocol/own-commands.ts'
import { pollProblem, pollWords, readTypedPoll } from '../protocol/typed-poll.ts'
import { Polls, type PollDeps } from './polls.ts'
import { pollRoutes } from './routes.ts'

export function pollFeature(
  { keys }: Core,
  { gate, ...deps }: Omit<PollDeps, 'keys'> & { gate: Gate },
): Feature & { command: OwnCommand } {
  const polls = new Polls({ ...deps, keys })
  return {
    command: { name: 'poll', ...ownCommands.poll, run: (by, asked) => run(polls, by, asked) },
    routes: (app) => pollRoutes(app, { polls, gate }),
  }
}

/** "question | a | b": a poll of the person who typed it; if it is not valid, only they are told. */
async function run(
  polls: Polls,
  by: Passed,
  { room, thread, cid, args }: Asked,
): ReturnType<OwnCommand['run']> {
  const place = thread === undefined ? { room, cid } : { room, cid, thread }
  const made = await polls.make(by, { ...place, ...readTypedPoll(args) })
  if (!isRefusal(made)) return { message: made }
  if (made.code !== 'bad_poll') return made
  return { note: { type: 'note', ...place, at: Date.now(), text: explained(args), failed: true } }
}

function explained(args: string): string {
  const language = languageOf(args)
  const words = pollWords[language]
  const problem = words[pollProblem(readTypedPoll(args)) ?? 'tooFew']
  return language === 'zh' ? problem + words.example : `${problem} ${words.example}`
}
