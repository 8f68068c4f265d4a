// Reads a shard's log forward from a concrete place, for ever. A trouble is told, waited out, and reading goes on from
// the same place.
import type { Redis } from '../redis.ts'
import { BadEntry, decodeEntry, formatStreamId, type Entry, type StreamId } from './entry.ts'
import type { Keys } from './keys.ts'

/** A stream entry as ioredis gives it; null fields mean that a pending entry was trimmed away. */
export type RawEntry = [id: string, fields: string[] | null]

/** Entries of one read: some 2 MB at most of usual messages, and one turn of the rooms. */
const readCount = 1_000
const blockMs = 2_000

export interface Follow {
  /** A connection of its own: it blocks. */
  redis: Redis
  keys: Keys
  signal: AbortSignal
  onTrouble: (error: unknown) => void
}

/** Yields what comes after `from`, in order. Trap: never asks from `$`, which would lose what came between two reads. */
export async function* follow(
  { redis, keys, signal, onTrouble }: Follow,
  from: StreamId,
): AsyncGenerator<Entry[]> {
  let position = formatStreamId(from)
  while (!signal.aborted) {
    try {
      const answer = await redis.xread('COUNT', readCount, 'BLOCK', blockMs, 'STREAMS', keys.log, position)
      const raw = (answer?.[0]?.[1] ?? []) as RawEntry[]
      const last = raw.at(-1)
      if (last === undefined) continue
      const entries = decodeAll(raw, onTrouble)
      position = last[0]
      yield entries
    } catch (error) {
      if (signal.aborted) return
      onTrouble(error)
      await pause(signal)
    }
  }
}

/** Everything the log holds after `from` and up to now, page by page. */
export async function* readThrough(redis: Redis, keys: Keys, from: StreamId): AsyncGenerator<Entry[]> {
  let position = formatStreamId(from)
  for (;;) {
    const raw = (await redis.xrange(keys.log, `(${position}`, '+', 'COUNT', readCount)) as RawEntry[]
    const last = raw.at(-1)
    if (last === undefined) return
    position = last[0]
    yield decodeAll(raw, () => undefined)
  }
}

/** A bad entry is passed over here: sync keeps it as a dead letter with its reason. */
function decodeAll(raw: readonly RawEntry[], onTrouble: (error: unknown) => void): Entry[] {
  return raw.flatMap(([id, fields]) => {
    try {
      return fields === null ? [] : [decodeEntry(id, fields)]
    } catch (error) {
      if (!(error instanceof BadEntry)) throw error
      onTrouble(error)
      return []
    }
  })
}

/** 50 to 500 ms, so that many processes do not ask again at the same time; ends at once when the signal aborts. */
const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, 50 + Math.random() * 450)
    signal.addEventListener('abort', end, { once: true })
  })
