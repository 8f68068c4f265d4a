// How full a Redis is.
import type { Redis } from '../redis/client.ts'

/** used_memory over maxmemory; 0 where Redis has no limit of its own. */
export async function redisFullness(redis: Redis): Promise<number> {
  const info = await redis.info('memory')
  const read = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
  const max = read('maxmemory')
  return max === 0 ? 0 : read('used_memory') / max
}
