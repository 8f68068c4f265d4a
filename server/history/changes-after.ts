// What was made or changed in a room after a number, at any age of it: from memory where that reaches, from MySQL below.
import type { Entry } from '../log/entry.ts'
import type { ChangesAnswer } from '../protocol/http.ts'
import { isChange, isReply } from '../protocol/timeline.ts'
import { touchedAfter } from './sql/messages.ts'
import { readMessages, type RoomParts } from './page.ts'

/** `after` is exclusive; at most `limit` entries are looked at. */
export interface ChangesWish {
  after: number
  limit: number
}

export function readChanges(parts: RoomParts, wish: ChangesWish): Promise<ChangesAnswer> {
  const missed = parts.tail.since(parts.room, wish.after)
  return missed === undefined ? changedLongAgo(parts, wish) : changedLately(parts, missed, wish.limit)
}

/** What these entries of memory made or changed, at most `limit` entries of them. */
async function changedLately(
  parts: RoomParts,
  missed: readonly Entry[],
  limit: number,
): Promise<ChangesAnswer> {
  const head = parts.tail.head(parts.room)
  const reached = missed[limit - 1]?.seq ?? head
  const seqs = new Set(missed.slice(0, limit).flatMap(touched))
  return { messages: await readMessages(parts, [...seqs]), head: reached, more: reached < head }
}

/** Made or changed after a number that memory does not reach back to: MySQL's entries first, then memory's. */
async function changedLongAgo(parts: RoomParts, { after, limit }: ChangesWish): Promise<ChangesAnswer> {
  const { db, tail, room } = parts
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
  const messages = await readMessages(parts, [...new Set(seqs)])
  return { messages, head: reached, more: reached < head }
}

/** The numbers of the messages that an entry made or changed. */
const touched = ({ seq, event }: Entry): number[] =>
  isChange(event) ? [event.target] : isReply(event) ? [seq, event.thread] : [seq]
