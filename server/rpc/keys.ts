// The names of what calls have in Redis. All share one hash tag, so that Redis Cluster keeps them together.

const key = (name: string): string => `{brook:rpc}:${name}`

/** A hash: fn, params, until (ms), worker, answer, and a field `>process` for each process that waits for it. */
export const callKey = (id: string): string => key(`call:${id}`)
/** A list: ids of calls that no worker has taken, the oldest first. */
export const queueKey = (fn: string): string => key(`queue:${fn}`)
/** A sorted set: who serves the function, by the time (ms) at which they count as gone. */
export const workersKey = (fn: string): string => key(`workers:${fn}`)
/** A sorted set like it: what living processes say of themselves under a topic, as `process text`. */
export const announcedKey = (topic: string): string => key(`announced:${topic}`)
/** What a process hears: `a ID ANSWER` (an answer), `c ID` (a call it works on is not waited for any more). */
export const channelOf = (process: string): string => `${channelPrefix}${process}`
export const channelPrefix = key('to:')

/** The function at one worker alone. Every worker serves its functions under both names. */
export const at = (fn: string, worker: string): string => `${fn}@${worker}`
