// The way into the log: one Lua script numbers and keeps entries. An answer means kept; no answer means unknown, and is
// asked again with the same cid.
import { cidTime } from '../protocol/cid.ts'
import { limits } from '../protocol/limits.ts'
import { whenReady, type Redis } from '../redis.ts'
import { AppendBatches, inTime } from './append-batches.ts'
import type { Append, Appended, Draft } from './entry.ts'
import { shardOf } from './shard.ts'

/** Where a cid older than Redis's memory is looked up. Throws when MySQL cannot tell. */
export type FindCid = (userId: string, cid: string) => Promise<Appended | undefined>

export interface AppendOptions {
  /** A writer (see writerOptions) for appends alone: no queue, no resend; the time limit is kept here. */
  redis: Redis
  shards: number
  /** The epoch of a shard as this process knows it; undefined while the log is not open. */
  epochOf: (shard: number) => string | undefined
  findCid: FindCid
  /** True while nothing more may wait for MySQL. */
  isFull: () => boolean
  /** The newest number of a room that this process has read: a log that is behind it was rolled back. */
  headOf?: (room: string) => number
  /** The log is behind what this process has read of it. */
  onBehind?: (shard: number) => void
  now?: () => number
}

export function openAppend({
  redis,
  shards,
  epochOf,
  findCid,
  isFull,
  headOf = () => 0,
  onBehind,
  now = Date.now,
}: AppendOptions): Append {
  let isGivenUp = false
  redis.on('ready', () => {
    isGivenUp = false
  })
  /** A connection that owes an answer is not used again. Many appends time out together; the first one ends it. */
  const giveUpConnection = (): void => {
    if (isGivenUp || redis.status !== 'ready') return
    isGivenUp = true
    redis.disconnect(true)
  }
  const batches = new AppendBatches(redis, now)
  const run = (shard: number, epoch: string, draft: Draft): Promise<Appended> =>
    batches.append(shard, epoch, { draft, read: headOf(draft.room) })

  return async (draft) => {
    const shard = shardOf(draft.room, shards)
    const epoch = epochOf(shard)
    if (epoch === undefined) return { code: 'log_unavailable' }
    if (isFull()) return { code: 'overloaded', retryAfterMs: limits.overloadedRetryMs }
    // Invariant: a cid that Redis may have forgotten is looked up where it is kept for ever.
    if (Math.abs(now() - cidTime(draft.cid)) > limits.cidWindowMs) {
      const kept = await inTime(findCid(draft.user.id, draft.cid)).catch(() => 'unknown' as const)
      if (kept === 'unknown') return { code: 'log_unavailable' }
      if (kept !== undefined) return kept
    }
    const began = now()
    const first = await attempt(shard, () => run(shard, epoch, draft))
    if (!('code' in first) || first.code !== 'log_unknown') return first
    // It had to wait for its call: there is no time for another.
    if (now() - began > limits.sendAnsweredMs - limits.appendRetryMs - limits.appendTimeoutMs) return first
    // Unknown: perhaps kept, perhaps not. The same cid gives the same number, so asking again is safe.
    await whenReady(redis, limits.appendRetryMs).catch(() => undefined)
    const again = await attempt(shard, () => run(shard, epoch, draft))
    return 'code' in again && again.code === 'log_unavailable' ? first : again
  }

  async function attempt(shard: number, append: () => Promise<Appended>): ReturnType<Append> {
    try {
      return await append()
    } catch (error) {
      const { message } = error as Error
      if (/^(OOM|FULL)/.test(message)) return { code: 'overloaded', retryAfterMs: limits.overloadedRetryMs }
      if (/^BEHIND/.test(message)) onBehind?.(shard)
      if (/^(EPOCH|BEHIND|LOADING|READONLY|MISCONF|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/.test(message))
        return { code: 'log_unavailable' }
      if (notSent(message)) return { code: 'log_unavailable' }
      if (!isUnanswered(message)) throw error
      giveUpConnection()
      return { code: 'log_unknown' }
    }
  }
}

/** ioredis refused to write because there is no connection: the command never left. */
const notSent = (message: string): boolean => /isn't writeable/.test(message)

const isUnanswered = (message: string): boolean =>
  /timed out|Connection is closed|max retries|ECONNRESET|EPIPE|ECONNREFUSED|ENOENT/.test(message)
