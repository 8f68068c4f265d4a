// Entries that MySQL refused by their content, set aside by sync with the reason: listed, looked at, tried again, dropped.
import type { Redis } from '../redis/client.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { keysOf } from './keys.ts'

export interface DeadLetter {
  /** Its place among the dead letters: what a person names. */
  id: string
  shard: number
  /** Its place in the log. */
  entry: string
  reason: string
  /** The entry's flat fields; null when it had been trimmed away. */
  fields: string[] | null
}

export class DeadLetters {
  /** By shard. */
  readonly #askers: readonly Redis[]

  constructor(redis: RedisProvider, shards: number) {
    this.#askers = Array.from({ length: shards }, (_, shard) => redis.shard(shard).asker)
  }

  /** The newest `most` of each shard, oldest first. */
  async list(max: number): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = []
    for (const [shard, redis] of this.#askers.entries()) {
      const raw = await redis.xrevrange(keysOf(shard).dead, '+', '-', 'COUNT', max)
      letters.push(...raw.reverse().map(([id, fields]) => letterOf(id, shard, fields)))
    }
    return letters
  }

  async find(id: string): Promise<DeadLetter | undefined> {
    if (!/^\d+-\d+$/.test(id)) return undefined
    for (const [shard, redis] of this.#askers.entries()) {
      const [raw] = await redis.xrange(keysOf(shard).dead, id, id)
      if (raw !== undefined) return letterOf(raw[0], shard, raw[1])
    }
    return undefined
  }

  async drop({ id, shard }: DeadLetter): Promise<void> {
    await this.#askers[shard]?.xdel(keysOf(shard).dead, id)
  }
}

function letterOf(id: string, shard: number, flat: string[]): DeadLetter {
  const field = (name: string): string => flat[flat.indexOf(name) + 1] ?? ''
  return {
    id,
    shard,
    entry: field('id'),
    reason: field('reason'),
    fields: JSON.parse(field('entry') || 'null') as string[] | null,
  }
}
