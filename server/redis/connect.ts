// How a connection to Redis is made: its queueing, its time limits, its reconnects. Only provider.ts makes one.
import { Redis, type RedisOptions as AllOptions } from 'ioredis'
import type { RedisAddress } from '../config.ts'
import { limits } from '../protocol/limits.ts'
import { endWhenSilent } from './silence.ts'
import { cutStreamReads } from './stream-reads.ts'

export interface RedisOptions extends Omit<AllOptions, 'replyMapping'> {
  /** Reads of streams are answered for `entriesOf` alone (see stream-reads.ts). */
  readsStreams?: boolean
  /** Its commands block for up to this long, so it may be silent for longer. */
  blocksMs?: number
}

/**
 * A writer: nothing is queued while Redis is away and nothing is sent twice behind our back.
 * Trap: with its defaults ioredis repeats an XADD whose reply was lost; with autoResend off alone, the promise never
 * settles. So commands have a timeout, and a timeout means unknown.
 */
export const writerOptions = (commandTimeoutMs?: number): RedisOptions => ({
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
})

/**
 * A reader that blocks (up to 2 s): a lost connection fails its read at once, and its own loop asks again from its own
 * position. The timeout stands above the blocking time.
 */
export const readerOptions: RedisOptions = { ...writerOptions(6_000), blocksMs: 2_000 }

/** ... of a shard's log. */
export const logReaderOptions: RedisOptions = { ...readerOptions, readsStreams: true }

/** A writer that reads a shard's log as well, page by page. */
export const archiverOptions = (commandTimeoutMs: number): RedisOptions => ({
  ...writerOptions(commandTimeoutMs),
  readsStreams: true,
})

/** A subscriber, which its owner subscribes after each connect (see bus.ts). */
export const subscriberOptions: RedisOptions = { ...writerOptions(2_000), autoResubscribe: false }

const reconnectMs = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 5), 1_000) * (0.5 + Math.random() / 2)

/** A lazily connecting client. Connection errors are told to `onError`; commands fail by themselves. */
export function connectRedis(
  address: RedisAddress,
  { readsStreams = false, blocksMs = 0, ...options }: RedisOptions,
  onError: (error: Error) => void = () => undefined,
): Redis {
  const all: RedisOptions = {
    ...options,
    connectTimeout: 2_000,
    disconnectTimeout: limits.silence.closeMs,
    keepAlive: 10_000,
    retryStrategy: reconnectMs,
  }
  const redis = 'url' in address ? new Redis(address.url, all) : new Redis({ ...all, ...address })
  redis.on('error', onError)
  if (readsStreams) cutStreamReads(redis)
  endWhenSilent(redis, blocksMs + limits.silence.silentMs)
  // Every send that waits for a reconnect listens for it; there may be hundreds.
  redis.setMaxListeners(0)
  return redis
}
