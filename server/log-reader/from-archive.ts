// Entries that are no longer in memory, because nobody read for long: read back from MySQL, room by room.
// Limit: a message that is deleted by now is left out, and a message of an import is known by its time.
import type { Db } from '../db.ts'
import { archivedLog } from '../history/sql/archived-log.ts'
import type { Entry, StreamId } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import { shardOf } from '../log/shard.ts'
import { isSpokenEvent } from '../protocol/timeline.ts'
import type { EntryEvent } from '../protocol/events.ts'

export interface FromArchiveDeps {
  db: Db
  log: Pick<Log, 'tail' | 'shardTail'>
  shards: number
}

/** Everything of a shard after a place in the log, below what memory has; pages of one room each. */
export async function* archivedAfter(
  deps: FromArchiveDeps,
  { shard, after, page }: { shard: number; after: StreamId; page: number },
): AsyncGenerator<Entry[]> {
  const { db, log } = deps
  for (const room of await roomsAfter(deps, shard, after)) {
    const before = log.tail(room)?.first(room) ?? 0
    let from = await lastUpTo(db, room, before, after)
    for (let more = true; more;) {
      const part = await archivedLog(db, room, { after: from, before, limit: page })
      const deleted = await deletedAmong(db, room, part.events)
      const events = part.events.filter(({ seq, at }) => at >= after.ms && !deleted.has(seq))
      if (events.length > 0) yield events.map((event) => entryOf(room, event))
      from = part.upTo
      more = part.more
    }
  }
}

/** Rooms of the shard in which something has happened since. */
async function roomsAfter(
  { db, log, shards }: FromArchiveDeps,
  shard: number,
  { ms }: StreamId,
): Promise<string[]> {
  const tail = log.shardTail(shard)
  const rows = await db.rows<{ id: number | string }>('SELECT id FROM rooms ORDER BY id')
  return rows
    .map(({ id }) => String(id))
    .filter((room) => shardOf(room, shards) === shard && (tail?.headAt(room) ?? 0) >= ms)
}

/** The highest number below `before` that stands up to this place in the log; 0: none. */
async function lastUpTo(db: Db, room: string, before: number, { ms, n }: StreamId): Promise<number> {
  const last = (table: string): string => `(SELECT seq FROM ${table}
    WHERE room_id = ? AND seq < ? AND (log_ms < ? OR (log_ms = ? AND log_n <= ?)) ORDER BY seq DESC LIMIT 1)`
  const params = [BigInt(room), before, ms, ms, n]
  const rows = await db.rows<{ seq: number }>(`${last('messages')} UNION ALL ${last('changes')}`, [
    ...params,
    ...params,
  ])
  return Math.max(0, ...rows.map(({ seq }) => Number(seq)))
}

async function deletedAmong(db: Db, room: string, events: readonly EntryEvent[]): Promise<Set<number>> {
  const said = events.filter(isSpokenEvent).map(({ seq }) => seq)
  if (said.length === 0) return new Set()
  const rows = await db.rows<{ seq: number }>(
    `SELECT seq FROM messages
     WHERE room_id = ? AND seq IN (?) AND (deleted_ms IS NOT NULL OR erased_seq IS NOT NULL)`,
    [BigInt(room), said],
  )
  return new Set(rows.map(({ seq }) => Number(seq)))
}

/** Of its place in the log only the time is known. */
const entryOf = (room: string, event: EntryEvent): Entry => ({
  id: { ms: event.at, n: 0 },
  room,
  seq: event.seq,
  cid: 'cid' in event ? event.cid : '',
  event,
})
