// A page of a thread: its newest replies from memory, the rest from MySQL, as with a room.
import type { Queryable } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message, SpokenMessage, ThreadAnswer } from '../protocol/http.ts'
import { isReply, toMessage } from '../protocol/timeline.ts'
import { asItIs } from './as-it-is.ts'
import { repliesBetween } from './sql/replies.ts'

/** At most one of `before` and `after` (both exclusive); none means the newest page. */
export interface ThreadQuery {
  before?: number
  after?: number
  limit: number
}

export async function threadPage(
  { db, tail }: { db: Queryable; tail: Tail },
  root: { room: string; message: SpokenMessage | Refusal | undefined },
  { before, after, limit }: ThreadQuery,
): Promise<ThreadAnswer | Refusal> {
  const { room, message } = root
  if (message === undefined) return { code: 'no_such_message' }
  if ('code' in message) return message
  if (message.thread !== undefined) return { code: 'bad_thread' }
  const upTo = tail.head(room)
  const first = tail.first(room)
  const memory = tail
    .changesOf(room, message.seq)
    .flatMap((effect): Message[] =>
      isReply(effect) ? [toMessage(effect)].filter((made) => made !== undefined) : [],
    )
  const kept = (
    stretch: { after: number; before: number; newest: boolean },
    lacking: number,
  ): Promise<Message[]> =>
    lacking <= 0 || stretch.after + 1 >= stretch.before
      ? Promise.resolve([])
      : repliesBetween(db, room, message.seq, { ...stretch, limit: lacking })

  if (after !== undefined) {
    const older = await kept({ after, before: first, newest: false }, limit + 1)
    const found = [...older, ...memory.filter(({ seq }) => seq > after)]
    return {
      root: message,
      messages: asItIs(tail, room, found.slice(0, limit)),
      upTo,
      hasBefore: after > message.seq,
      hasAfter: found.length > limit,
    }
  }
  const below = before ?? upTo + 1
  const newest = memory.filter(({ seq }) => seq < below).reverse()
  const older = await kept(
    { after: 0, before: Math.min(below, first), newest: true },
    limit + 1 - newest.length,
  )
  const found = [...newest, ...older]
  return {
    root: message,
    messages: asItIs(tail, room, found.slice(0, limit).reverse()),
    upTo,
    hasBefore: found.length > limit,
    hasAfter: below <= (message.threaded?.lastSeq ?? 0),
  }
}
