// What a note says, in the reader's language.
import { pollProblem, readTypedPoll } from '../../../server/protocol/typed-poll.ts'
import { isolate, type useSay } from '../../words/say.ts'
import type { Note } from '../lines/line.ts'

type Say = Pick<ReturnType<typeof useSay>, 't' | 'refusal' | 'dayTime'>

export function noteWords(note: Note, { t, refusal: sayRefusal, dayTime }: Say): string | undefined {
  const { name = '', state, refusal, code, text } = note
  const command = isolate(`/${name}`)
  if (state === 'asking') return t('commands.asking', { command })
  if (note.done) return doneWords(note.done, { t, dayTime })
  if (refusal) return t('commands.refused', { command, why: sayRefusal(refusal) })
  if (state === 'failed' && code === undefined) return invalidPoll(note, t) ?? text
  return code ? t(`commands.${code}`, { command }) : text
}

/** What is wrong with a `/poll`; undefined: the server's words say it. */
function invalidPoll({ name, args = '' }: Note, t: Say['t']): string | undefined {
  const problem = name === 'poll' ? pollProblem(readTypedPoll(args)) : undefined
  return problem && `${t(`polls.problem.${problem}`)}\n${t('polls.problem.example')}`
}

/** Times are those of the reader's clock, which the server does not know. */
function doneWords(
  { what, until }: NonNullable<Note['done']>,
  { t, dayTime }: Pick<Say, 't' | 'dayTime'>,
): string {
  if (typeof until === 'number' && (what === 'muted' || what === 'paused'))
    return t(`commands.done.${what}Until`, { when: dayTime(until) })
  return t(`commands.done.${what}`)
}
