// What there is at one moment: each room's newest number, and how far MySQL has it. What is said while the doctor looks is above
// these numbers, so that it is no difference, and neither is what is only not archived yet.
import type { Db } from '../db.ts'
import { archiveOf } from '../history/sync/checkpoint.ts'
import type { StreamId } from '../log/entry.ts'
import { readThrough } from '../log/follow.ts'
import { keysOf } from '../log/keys.ts'
import type { RedisProvider } from '../redis/provider.ts'

export interface RoomMoment {
  id: string
  /** Empty: MySQL has no such room. */
  name: string
  /** The newest number that the log has given. */
  head: number
  /** Up to this number everything is in MySQL. */
  archived: number
}

export interface Moment {
  /** By their ids. */
  rooms: readonly RoomMoment[]
  /** By shard: what is up to here in the log is in MySQL. */
  checkpoints: readonly StreamId[]
}

const start: StreamId = { ms: 0, n: 0 }

/**
 * Phases, whose order keeps what is being archived from being missed: 1. the rooms; 2. the log's numbers; 3. the checkpoint; 4. what
 * the log has after it, of which only the lowest number of each room is remembered.
 */
export async function readMoment(db: Db, redis: RedisProvider, shards: number): Promise<Moment> {
  const rows = await db.rows<{ id: number | string; name: string }>('SELECT id, name FROM rooms')
  const rooms = new Map(
    rows.map(({ id, name }) => [String(id), { id: String(id), name, head: 0, archived: 0 }]),
  )
  const checkpoints: StreamId[] = []
  for (let shard = 0; shard < shards; shard += 1) {
    const { asker } = redis.shard(shard)
    const keys = keysOf(shard)
    for (const [id, seq] of Object.entries(await asker.hgetall(keys.numbers)))
      rooms.set(id, { id, name: rooms.get(id)?.name ?? '', head: Number(seq), archived: Number(seq) })
    const checkpoint = (await archiveOf(db, shards).checkpoint(shard))?.id ?? start
    checkpoints.push(checkpoint)
    for await (const entries of readThrough(asker, keys, checkpoint))
      for (const { room, seq } of entries) {
        const known = rooms.get(room)
        if (known !== undefined) known.archived = Math.min(known.archived, seq - 1)
      }
  }
  const byId = (a: RoomMoment, b: RoomMoment): number => a.id.length - b.id.length || (a.id < b.id ? -1 : 1)
  return { rooms: [...rooms.values()].sort(byId), checkpoints }
}
