// Marks a Redis as one Brook's. The id is that of the installation, which MySQL keeps.
import { StoreAway, StoreError } from '../stores/programs.ts'
import type { Redis } from './client.ts'

const idKey = 'brook:installation'

/**
 * Marks a Redis as this installation's.
 * @throws StoreError if it is another's; StoreAway if it is full and nobody's yet
 */
export async function claimRedis(redis: Redis, id: string): Promise<void> {
  // Asked first: a Redis that is full takes no write, and it is this installation's all the same.
  if ((await redis.get(idKey)) === id) return
  await redis.set(idKey, id, 'NX').catch((error: Error) => {
    if (error.message.startsWith('OOM')) throw new StoreAway('Redis is full')
    throw error
  })
  if ((await redis.get(idKey)) === id) return
  throw new StoreError(
    'Redis belongs to another Brook than MySQL. Give each Brook a Redis, or a database of one, of its own: ' +
      `redis://host:6379/1. If these two do belong together, delete the key ${idKey} in Redis.`,
  )
}
