// What was created or changed in a room after a number, however old it is: from memory as far as that reaches, from
// MySQL below.
import type { Entry } from '../log/entry.ts'
import type { ChangesAnswer } from '../protocol/http.ts'
import { manyMessages } from '../protocol/entries/erased.ts'
import { isChange, isErasure, isReply } from '../protocol/timeline.ts'
import { touchedAfter } from './sql/messages.ts'
import { readMessages, type RoomSource } from './page.ts'

/** `after` is exclusive; at most `limit` entries are read. */
export interface ChangesQuery {
  after: number
  limit: number
}

export function readChanges(source: RoomSource, query: ChangesQuery): Promise<ChangesAnswer> {
  const missed = source.tail.since(source.room, query.after)
  return missed === undefined ? changedLongAgo(source, query) : changedLately(source, missed, query.limit)
}

/** What these entries of memory created or changed, at most `limit` entries of them. */
async function changedLately(
  source: RoomSource,
  missed: readonly Entry[],
  limit: number,
): Promise<ChangesAnswer> {
  const head = source.tail.head(source.room)
  const reached = missed[limit - 1]?.seq ?? head
  const some = missed.slice(0, limit)
  const seqs = new Set(some.flatMap(touched))
  const isAnew = some.some(({ event }) => isErasure(event))
  return {
    messages: await readMessages(source, [...seqs]),
    head: reached,
    more: reached < head,
    ...(isAnew ? { anew: true as const } : {}),
  }
}

/** For a number that memory does not reach back to: MySQL's entries first, then memory's. */
async function changedLongAgo(source: RoomSource, { after, limit }: ChangesQuery): Promise<ChangesAnswer> {
  const { db, tail, room } = source
  const first = tail.first(room)
  const memory = tail.since(room, first - 1) ?? []
  const archived = (await touchedAfter(db, room, after, limit)).filter(({ at }) => at < first)
  const fresh = memory.slice(0, limit - archived.length)
  const head = tail.head(room)
  const reached =
    archived.length === limit
      ? (archived.at(-1)?.at ?? head)
      : (memory[limit - archived.length - 1]?.seq ?? head)
  const seqs = [
    ...archived.flatMap(({ message, thread }) => (thread === null ? [message] : [message, thread])),
    ...fresh.flatMap(touched),
  ]
  const messages = await readMessages(source, [...new Set(seqs)])
  const isAnew =
    archived.some(({ message }) => message === manyMessages) || fresh.some(({ event }) => isErasure(event))
  return { messages, head: reached, more: reached < head, ...(isAnew ? { anew: true as const } : {}) }
}

/** The numbers of the messages that an entry created or changed. */
const touched = ({ seq, event }: Entry): number[] =>
  isChange(event) ? [event.target] : isReply(event) ? [seq, event.thread] : [seq]
