// The names of the calls' keys in Redis. All share one hash tag, so that Redis Cluster keeps them together.
import type { Redis } from '../redis/client.ts'
import { rpcTag } from '../redis/slots.ts'

const key = (name: string): string => `${rpcTag}:${name}`

/** A hash: fn, params, until (ms), worker, answer, and a field `>process` for each process that waits for it. */
export const callKey = (id: string): string => key(`call:${id}`)
/** A list: ids of calls that no worker has taken, oldest first. */
export const queueKey = (fn: string): string => key(`queue:${fn}`)
/** A sorted set: the workers of the function, by the time (ms) at which they count as gone. */
export const workersKey = (fn: string): string => key(`workers:${fn}`)
/** A sorted set like it: what running processes announce under a topic, as `process text`. */
export const announcedKey = (topic: string): string => key(`announced:${topic}`)
/**
 * What a process receives: `a ID ANSWER` (an answer), `c ID` (a call it works on was cancelled). Trap: a channel belongs to
 * the whole Redis, not to one of its databases, where another Brook may be.
 */
export const channelOf = (redis: Redis, process: string): string => `${channelPrefix(redis)}${process}`
export const channelPrefix = ({ options: { db = 0 } }: Redis): string => key(db === 0 ? 'to:' : `to:${db}:`)

/** The function at one worker only. Every worker serves its functions under both names. */
export const at = (fn: string, worker: string): string => `${fn}@${worker}`
