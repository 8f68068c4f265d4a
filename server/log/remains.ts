// What a log that is started anew still knows above what MySQL has: numbers, people and rooms, and what is lost between them.
import type { Redis } from '../redis/client.ts'
import { personNumber, type StreamId } from './entry.ts'
import { readThrough } from './follow.ts'
import type { Keys } from './keys.ts'

/** A room's newest number, and its time in milliseconds since 1970. */
export interface Head {
  seq: number
  at: number
}

/** Numbers of a room that were given, and that neither MySQL nor the log has. */
export interface Lost {
  room: string
  from: number
  to: number
}

/** The highest ids that were ever given, as far as the log knows; 0: none. */
export interface HighestIds {
  people: number
  rooms: number
}

export interface Remains {
  lost: Lost[]
  highest: HighestIds
}

/** Raises `heads`, which are MySQL's, to what the log holds after the checkpoint. */
export async function readRemains(
  redis: Redis,
  keys: Keys,
  checkpoint: StreamId,
  heads: Map<string, Head>,
): Promise<Remains> {
  const lost: Lost[] = []
  const highest = { people: Number((await redis.get(keys.people)) ?? 0), rooms: 0 }
  const headOf = (room: string): number => heads.get(room)?.seq ?? 0
  const note = (room: string, below: number): void => {
    if (below > headOf(room) + 1) lost.push({ room, from: headOf(room) + 1, to: below - 1 })
  }
  for await (const entries of readThrough(redis, keys, checkpoint))
    for (const entry of entries) {
      const { room, seq, id } = entry
      highest.people = Math.max(highest.people, personNumber(entry))
      note(room, seq)
      if (seq > headOf(room)) heads.set(room, { seq, at: id.ms })
    }
  for (const [room, seq] of Object.entries(await redis.hgetall(keys.numbers))) {
    highest.rooms = Math.max(highest.rooms, Number(room))
    note(room, Number(seq) + 1)
  }
  return { lost, highest }
}
