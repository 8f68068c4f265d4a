// A connection to Redis as its users know it. provider.ts makes them.
import type { Redis } from 'ioredis'

export type { Redis } from 'ioredis'

/** True if Redis could not be reached, or owes the answer, as opposed to a command that it refused. */
export const isRedisLost = (error: unknown): boolean =>
  /timed out|Connection is closed|isn't writeable|max retries|Redis has said nothing|out of step|^(LOADING|MASTERDOWN|CLUSTERDOWN|MOVED|ASK|TRYAGAIN)|on another node now|^(connect|read|write) E[A-Z]+|getaddrinfo/.test(
    error instanceof Error ? error.message : '',
  )

/** Resolves when the client is ready, or rejects after `withinMs` saying what it last heard. */
export async function whenReady(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((resolve, reject) => {
    let last = 'no answer'
    const hear = (error: Error): void => {
      last = error.message
    }
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      redis.off('ready', ready).off('error', hear)
      settle()
    }
    const ready = (): void => end(resolve)
    const timer = setTimeout(() => end(() => reject(new Error(`Redis did not answer: ${last}`))), withinMs)
    redis.on('ready', ready).on('error', hear)
  })
}
