// A room's log as it was sent, read back out of MySQL: each message as it was first said, and each change of it, under its own
// number. Of a message that was deleted since, the number and the place are left, as in memory.
import type { Queryable } from '../../db.ts'
import {
  blanked,
  toEvent,
  saysSomething,
  type ChangeEvent,
  type EntryEvent,
} from '../../protocol/entries/index.ts'
import { isSpoken } from '../../protocol/timeline.ts'
import { changesAt } from './kept-changes.ts'
import { firstMessages, touchedAfter } from './messages.ts'

export interface ArchivedPart {
  /** Oldest first. Rows of kinds that this version does not know show nothing. */
  events: EntryEvent[]
  /** All numbers up to here were read. */
  upTo: number
  more: boolean
}

/** At most `limit` entries between two numbers (both exclusive). All of them are archived. */
export async function archivedLog(
  db: Queryable,
  room: string,
  { after, before, limit }: { after: number; before: number; limit: number },
): Promise<ArchivedPart> {
  const touches = await touchedAfter(db, room, after, limit)
  const found = touches.filter(({ at }) => at < before)
  const made = found.flatMap(({ at, message }) => (at === message ? at : []))
  const changed = found.flatMap(({ at, message }) => (at === message ? [] : at))
  const messages = (await firstMessages(db, room, made)).flatMap((message) => {
    const event = toEvent(room, message)
    if (event === undefined) return []
    return isSpoken(message) && message.deletedAt !== null ? blanked(event) : event
  })
  const more = found.length === limit
  const changes = await withoutErased(db, room, await changesAt(db, room, changed))
  return {
    events: [...messages, ...changes].sort((a, b) => a.seq - b.seq),
    upTo: more ? (found.at(-1)?.at ?? after) : before - 1,
    more,
  }
}

/** What was edited in a message that is deleted with everything of its author says nothing, though the row still has it. */
async function withoutErased(
  db: Queryable,
  room: string,
  changes: readonly ChangeEvent[],
): Promise<EntryEvent[]> {
  const edited = changes.filter(saysSomething).map(({ target }) => target)
  if (edited.length === 0) return [...changes]
  const rows = await db.rows<{ seq: number }>(
    'SELECT seq FROM messages WHERE room_id = ? AND seq IN (?) AND erased_seq IS NOT NULL',
    [BigInt(room), edited],
  )
  const hidden = new Set(rows.map(({ seq }) => seq))
  return changes.map((change) => (hidden.has(change.target) ? blanked(change) : change))
}
