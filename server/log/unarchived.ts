// A shard's log as a backup sees it: what MySQL does not have yet, what it has refused, and the numbers that were given.
import type { Redis } from '../redis/client.ts'
import type { EntryArray } from '../redis/stream-reads.ts'
import { compareIds, formatStreamId, parseStreamId, type StreamId } from './entry.ts'
import { lastId } from './epoch.ts'
import { keysOf } from './keys.ts'

const pageEntries = 500

/** Entries after `from` and up to now, oldest first, as the stream has them; pages. */
export async function* rawAfter(redis: Redis, shard: number, from: StreamId): AsyncGenerator<EntryArray[]> {
  const keys = keysOf(shard)
  const last = await lastId(redis, keys)
  if (last === undefined || compareIds(last, from) <= 0) return
  yield* pages(redis, keys.log, formatStreamId(from), formatStreamId(last))
}

/** Dead letters: their own ids, and their fields. */
export const deadEntries = (redis: Redis, shard: number): AsyncGenerator<EntryArray[]> =>
  pages(redis, keysOf(shard).dead, '0-0', '+')

async function* pages(redis: Redis, key: string, from: string, to: string): AsyncGenerator<EntryArray[]> {
  for (let after = from; ;) {
    const page = (await redis.xrange(key, `(${after}`, to, 'COUNT', pageEntries)) as EntryArray[]
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last[0]
  }
}

/** Puts a dead letter back; one that is there stays. */
export async function keepDead(redis: Redis, shard: number, [id, fields]: EntryArray): Promise<void> {
  const { dead } = keysOf(shard)
  const info = (await redis.exists(dead)) === 0 ? [] : ((await redis.xinfo('STREAM', dead)) as unknown[])
  const newest = parseStreamId(String(info[info.indexOf('last-generated-id') + 1] ?? '0-0'))
  if (compareIds(parseStreamId(id), newest) > 0) await redis.xadd(dead, id, ...(fields ?? []))
}

/** The newest number that each room of a shard was given. */
export async function numbersOf(redis: Redis, shard: number): Promise<Map<string, number>> {
  const numbers = await redis.hgetall(keysOf(shard).numbers)
  return new Map(Object.entries(numbers).map(([room, seq]) => [room, Number(seq)]))
}

/** What another Redis knows of numbers and people, so that none of them is given again. To be called before the log is opened. */
export async function carryNumbers(from: Redis, to: Redis, shard: number): Promise<void> {
  const keys = keysOf(shard)
  for (const key of [keys.numbers, keys.times]) {
    const all = await from.hgetall(key)
    if (Object.keys(all).length > 0) await to.hset(key, all)
  }
  const people = await from.get(keys.people)
  if (people !== null) await to.set(keys.people, people)
}
