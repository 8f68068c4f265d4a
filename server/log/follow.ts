// Reads a shard's log forward from a concrete place, for ever. A trouble is told, waited out, and reading goes on from
// the same place.
import { setTimeout as gather } from 'node:timers/promises'
import type { Redis } from '../redis/client.ts'
import { entriesOf, rawEntry, type EntryArray, type RawEntry } from '../redis/stream-reads.ts'
import { decodeEntry } from './decode.ts'
import { BadEntry, formatStreamId, type Entry, type StreamId } from './entry.ts'
import type { Keys } from './keys.ts'

export type { RawEntry } from '../redis/stream-reads.ts'

/** Entries of one read: some 2 MB at most of usual messages, and one turn of the rooms. */
const readCount = 1_000
const blockMs = 2_000
/**
 * A read costs as much as thirty entries, and each frame it leads to a system call for each socket. So where a read brings
 * few, what comes within the next milliseconds is read together; what comes alone is read at once.
 */
const few = 30
const gatherMs = 2

export interface Follow {
  /** A connection of its own: it blocks. */
  redis: Redis
  keys: Keys
  signal: AbortSignal
  onError: (error: unknown) => void
}

/** Yields what comes after `from`, in order. Trap: never asks from `$`, which would lose what came between two reads. */
export async function* follow(
  { redis, keys, signal, onError }: Follow,
  from: StreamId,
): AsyncGenerator<Entry[]> {
  let position = formatStreamId(from)
  while (!signal.aborted) {
    try {
      const answer = await redis.xread('COUNT', readCount, 'BLOCK', blockMs, 'STREAMS', keys.log, position)
      const raw = entriesOf(redis, answer)
      const last = raw.at(-1)
      if (last === undefined) continue
      const entries = decodeAll(raw, onError)
      position = last.id
      yield entries
      if (raw.length < few) await gather(gatherMs)
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      await pause(signal)
    }
  }
}

/** Everything the log holds after `from` and up to now, page by page. */
export async function* readThrough(redis: Redis, keys: Keys, from: StreamId): AsyncGenerator<Entry[]> {
  let position = formatStreamId(from)
  for (;;) {
    const page = await redis.xrange(keys.log, `(${position}`, '+', 'COUNT', readCount)
    const raw = (page as EntryArray[]).map(rawEntry)
    const last = raw.at(-1)
    if (last === undefined) return
    position = last.id
    yield decodeAll(raw, () => undefined)
  }
}

/** A bad entry is passed over here: sync keeps it as a dead letter with its reason. */
function decodeAll(raw: readonly RawEntry[], onError: (error: unknown) => void): Entry[] {
  const entries: Entry[] = []
  for (const { id, fields } of raw) {
    try {
      if (fields !== null) entries.push(decodeEntry(id, fields))
    } catch (error) {
      if (!(error instanceof BadEntry)) throw error
      onError(error)
    }
  }
  return entries
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
