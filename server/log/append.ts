// The way into the log: one Lua script numbers and keeps entries. An answer means kept; no answer means unknown, and is
// asked again with the same cid.
import { cidTime } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { whenReady, type Redis } from '../redis/client.ts'
import { AppendBatches, inTime } from './append-batches.ts'
import { archivedUse, cidUse, isSameUse } from './cid-use.ts'
import type { Appended, Draft } from './entry.ts'
import type { Archive } from './epoch.ts'
import { isRefusedForNow } from './rights.ts'

/** What a process knows of one shard's log. */
export interface KnownLog {
  /** Undefined while the log is not open: nothing is appended without it. */
  readonly epoch: string | undefined
  /** True while nothing more may wait for MySQL. */
  readonly isFull: boolean
  /** The newest number of a room that this process has read: a log that is behind it was rolled back. */
  head(room: string): number
  /** The log is behind what this process has read of it. */
  contradict(): void
}

export interface AppendDeps {
  /** A writer (see redis/provider.ts) for appends alone: no queue, no resend; the time limit is kept here. */
  redis: Redis
  /** Replicas that must have an entry before it is acknowledged; none without it. */
  replicas?: number
  shard: number
  known: KnownLog
  /** Where a cid older than Redis's memory is looked up. Throws when MySQL cannot tell. */
  archive: Pick<Archive, 'findCid'>
  /** A call of append.lua has ended, after so many ms. */
  onAppend?: ((ms: number) => void) | undefined
  /** The clock, in milliseconds since 1970. */
  now?: () => number
}

/** Appends to one shard. */
export class Appender {
  readonly #deps: AppendDeps
  readonly #batches: AppendBatches
  readonly #now: () => number
  #isGivenUp = false

  constructor(deps: AppendDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
    this.#batches = new AppendBatches(deps.redis, { replicas: deps.replicas, onCall: deps.onAppend })
    deps.redis.on('ready', () => {
      this.#isGivenUp = false
    })
  }

  /** See Log.append. Answers within limits.sendAnsweredMs. */
  async append(draft: Draft): Promise<Appended | Refusal> {
    const { known } = this.#deps
    const { epoch } = known
    if (epoch === undefined) return { code: 'log_unavailable' }
    if (known.isFull) return { code: 'overloaded', retryAfterMs: limits.overloadedRetryMs }
    // Invariant: a cid that Redis may have forgotten is looked up where it is kept for ever. Redis says which it has
    // forgotten; what is as old as that is asked for at once.
    const isOld = Math.abs(this.#now() - cidTime(draft.cid)) > limits.cidWindowMs
    const kept = isOld ? await this.#archived(draft) : undefined
    if (kept !== undefined) return kept
    const began = performance.now()
    const first = await this.#attempt(epoch, draft, isOld)
    if (!('code' in first) || first.code !== 'log_unknown') return first
    // It had to wait for its call: there is no time for another.
    if (performance.now() - began > limits.sendAnsweredMs - limits.appendRetryMs - limits.appendTimeoutMs)
      return first
    // Unknown: perhaps kept, perhaps not. The same cid gives the same number, so asking again is safe.
    await whenReady(this.#deps.redis, limits.appendRetryMs).catch(() => undefined)
    const again = await this.#attempt(epoch, draft, isOld)
    return 'code' in again && again.code === 'log_unavailable' ? first : again
  }

  /** What MySQL has under its cid: undefined, nothing. */
  async #archived(draft: Draft): Promise<Appended | Refusal | undefined> {
    try {
      const kept = await inTime(this.#deps.archive.findCid(draft.user.id, draft.cid))
      if (kept === undefined) return undefined
      return isSameUse(archivedUse(kept.room, kept.kind), cidUse(draft)) ? pick(kept) : usedBy(kept.seq)
    } catch {
      // MySQL cannot tell.
      return { code: 'log_unavailable' }
    }
  }

  async #attempt(epoch: string, draft: Draft, isNew: boolean): Promise<Appended | Refusal> {
    const { shard, known } = this.#deps
    try {
      return await this.#batches.append(shard, epoch, { draft, read: known.head(draft.room), isNew })
    } catch (error) {
      const { message } = error as Error
      if (/^FORGOTTEN/.test(message))
        return (await this.#archived(draft)) ?? this.#attempt(epoch, draft, true)
      if (/^(OOM|FULL)/.test(message)) return { code: 'overloaded', retryAfterMs: limits.overloadedRetryMs }
      if (/^USED/.test(message)) return usedBy(message.slice('USED '.length))
      if (/^BEHIND/.test(message)) known.contradict()
      if (/^(EPOCH|BEHIND)/.test(message) || isRefusedForNow(message)) return { code: 'log_unavailable' }
      if (notSent(message)) return { code: 'log_unavailable' }
      // It is kept, and a fail-over may lose it: with the same cid it is asked for again.
      if (/^FEWREPLICAS/.test(message)) return { code: 'log_unknown' }
      if (!isUnanswered(message)) throw error
      this.#giveUpConnection()
      return { code: 'log_unknown' }
    }
  }

  /** A connection that owes an answer is not used again. Many appends time out together; the first one ends it. */
  #giveUpConnection(): void {
    const { redis } = this.#deps
    if (this.#isGivenUp || redis.status !== 'ready') return
    this.#isGivenUp = true
    redis.disconnect(true)
  }
}

const pick = ({ seq, at }: Appended): Appended => ({ seq, at })

const usedBy = (seq: number | string): Refusal => ({ code: 'cid_used', detail: `number ${seq}` })

/** ioredis refused to write because there is no connection: the command never left. */
const notSent = (message: string): boolean => /isn't writeable/.test(message)

const isUnanswered = (message: string): boolean =>
  /timed out|Connection is closed|max retries|ECONNRESET|EPIPE|ECONNREFUSED|ENOENT/.test(message)
