// Who is told that a poll is over: who made it, and those who voted where that can be seen.
import type { History } from '../history/history.ts'
import type { Audience } from './audience.ts'
import type { Told } from './told.ts'

export interface PollDeps {
  history: Pick<History, 'find'>
  audience: Pick<Audience, 'among'>
  /** Of these people, those whom each of these authors does not reach. */
  blockers: (
    authors: readonly string[],
    users: readonly string[],
  ) => Promise<ReadonlyMap<string, ReadonlySet<string>>>
}

export interface EndedPoll {
  room: string
  seq: number
  /** When it ended, in ms since 1970. */
  at: number
  /** Who has closed it; undefined: its time was over. */
  by?: string
}

/** Nobody where it is not there any more. */
export async function endedPoll(
  { history, audience, blockers }: PollDeps,
  ended: EndedPoll,
): Promise<Told[]> {
  const { room, seq, at, by } = ended
  const poll = await history.find(room, seq)
  if (poll === undefined) return []
  if ('code' in poll) throw new Error(`a poll could not be read: ${poll.code}`)
  if (poll.deletedAt !== null || poll.poll === undefined) return []
  const voters = poll.poll.anonymous === true ? [] : (poll.votes ?? []).map(({ voter }) => voter)
  const wanted = [...new Set([poll.user.id, ...voters])].filter((user) => user !== by)
  const members = await audience.among(room, wanted)
  const blocking = (await blockers([poll.user.id], [...members.keys()])).get(poll.user.id)
  const users = [...members].flatMap(([user, { level, mutedUntil }]) => {
    const isQuiet = level === 'nothing' || (mutedUntil !== null && mutedUntil > at)
    return isQuiet || blocking?.has(user) === true ? [] : [user]
  })
  if (users.length === 0) return []
  const { thread } = poll
  const place = thread === undefined ? {} : { thread }
  return [
    {
      mark: { room, seq, event: 'ended', cause: 'poll', readBy: 'hand', ...place },
      by: poll.user.id,
      at,
      users,
    },
  ]
}
