// How a connection to Redis is made: its queueing, its time limits, its reconnects. Only provider.ts makes one.
import { Redis, type RedisOptions as AllOptions } from 'ioredis'
import {
  isMany,
  type ManyRedis,
  type NodeAddress,
  type OneRedis,
  type RedisAddress,
} from '../config-redis.ts'
import { limits } from '../protocol/limits.ts'
import { connectorTo, type Place } from './node-connector.ts'
import type { Nodes } from './nodes.ts'
import { endWhenSilent } from './silence.ts'
import { cutStreamReads } from './stream-reads.ts'
import { nameOfNode } from './view.ts'

type Options = Omit<AllOptions, 'replyMapping'>

export interface RedisOptions extends Options {
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

/** A lazily connecting client of a Redis that stands alone. Connection errors are told to `onError`; commands fail by themselves. */
export function connectRedis(
  address: RedisAddress,
  options: RedisOptions,
  onError: (error: Error) => void = () => undefined,
): Redis {
  if (isMany(address)) throw new TypeError('RedisProvider makes the connections to a cluster')
  return prepared(connectOne(address, ofIoredis(options)), options, onError)
}

/** The same, to whichever node has a place now. It follows that place where it goes. */
export function connectPlace(
  { address, nodes, place }: { address: ManyRedis; nodes: Nodes; place: Place },
  options: RedisOptions,
  onError: (error: Error) => void = () => undefined,
): Redis {
  let at: NodeAddress | undefined
  const Connector = connectorTo(nodes, place, (node) => (at = node))
  const { username, password, db, tls } = address
  const redis = new Redis({
    ...ofIoredis(options),
    Connector,
    // As soon as a node says that it has the slot no more. What it refused is not sent again behind our back.
    reconnectOnError: ({ message }) => /^(MOVED|READONLY)/.test(message),
    ...(tls ? { tls: {} } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(db === undefined ? {} : { db }),
  })
  const stopFollowing = nodes.onMove(() => {
    if (at === undefined || hasPlace(nodes, place, at)) return
    // Nobody waits for the next attempt at the one that is gone.
    if (redis.status === 'reconnecting') redis.connect().catch(() => undefined)
    else redis.stream.destroy(new Error('this part of Redis is on another node now'))
  })
  redis.on('end', stopFollowing)
  return prepared(redis, options, onError)
}

function hasPlace(nodes: Nodes, place: Place, at: NodeAddress): boolean {
  const now = place === 'any' ? nodes.primaries : [nodes.primaryOf(place.slot)]
  return now.some((node) => node !== undefined && nameOfNode(node) === nameOfNode(at))
}

const connectOne = (address: OneRedis, all: Options): Redis => {
  if ('url' in address) return new Redis(address.url, all)
  const { path, password, username } = address
  return new Redis({ ...all, path, password, ...(username === undefined ? {} : { username }) })
}

/** Without what is ours. */
function ofIoredis({ readsStreams: _reads, blocksMs: _blocks, ...options }: RedisOptions): Options {
  return {
    ...options,
    connectTimeout: 2_000,
    disconnectTimeout: limits.silence.closeMs,
    keepAlive: 10_000,
    retryStrategy: reconnectMs,
  }
}

function prepared(
  redis: Redis,
  { readsStreams = false, blocksMs = 0 }: RedisOptions,
  onError: (error: Error) => void,
): Redis {
  redis.on('error', onError)
  if (readsStreams) cutStreamReads(redis)
  endWhenSilent(redis, blocksMs + limits.silence.silentMs)
  // Every send that waits for a reconnect listens for it; there may be hundreds.
  redis.setMaxListeners(0)
  return redis
}
