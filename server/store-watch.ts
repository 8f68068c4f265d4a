// What a process measures of its stores: how long Redis takes to append and MySQL to answer a statement, and that it is slow.
import type { Metrics } from './metrics.ts'

export interface StoreWatch {
  /** A call of append.lua has ended, `ms` after it was sent. It carries up to limits.appends.entries entries. */
  onAppend: (ms: number) => void
  /** A question to Redis that writes nothing was answered. */
  onRedis: (ms: number) => void
  /** A statement of MySQL has ended. */
  onStatement: (ms: number) => void
}

export interface StoreWatchDeps {
  metrics: Metrics
  /** The label of its figures: one process may be server, sync and bot. */
  part: 'server' | 'sync' | 'bots'
  /** How the stores are called in the log. */
  names: { redis: string; mysql: string }
  tell: (line: string) => void
}

/** A person notices a send that takes this long. */
export const slowAppendMs = 250
/** Far above any statement of a conversation; a search or an import may take it. */
const slowStatementMs = 2_000

/** Seconds; an fsync of a good disk takes less than the first. */
export const storeBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function watchStores({ metrics, part, names, tell }: StoreWatchDeps): StoreWatch {
  const timed = (name: string, help: string): ((ms: number) => void) => {
    const histogram = metrics.histogram(name, help, { buckets: storeBuckets, labelNames: ['part'] })
    // Served from the start: a rate cannot be taken of a series that only begins with the first slow moment.
    histogram.zero({ part })
    const series = histogram.labels(part)
    return (ms) => series.observe(ms / 1_000)
  }
  const append = timed('brook_append_seconds', 'Calls that append entries to the log, each of a whole batch')
  const redis = timed(
    'brook_redis_seconds',
    'Questions to Redis that write nothing: an append without its fsync',
  )
  const statement = timed('brook_mysql_seconds', 'Statements of MySQL')
  const slowAppend = tellSlow(tell, {
    what: names.redis,
    one: 'an append',
    many: 'appends',
    overMs: slowAppendMs,
  })
  const slowStatement = tellSlow(tell, {
    what: names.mysql,
    one: 'a statement',
    many: 'statements',
    overMs: slowStatementMs,
  })
  return {
    onAppend: (ms) => {
      append(ms)
      slowAppend(ms)
    },
    onRedis: redis,
    onStatement: (ms) => {
      statement(ms)
      slowStatement(ms)
    },
  }
}

const againMs = 60_000

/** Tells of the first that is slow, and then once a minute how many were. `now`: ms of a clock that never steps. */
export function tellSlow(
  tell: (line: string) => void,
  { what, one, many, overMs }: { what: string; one: string; many: string; overMs: number },
  now: () => number = () => performance.now(),
): (ms: number) => void {
  let toldAt = -Infinity
  let [times, longest] = [0, 0]
  return (ms) => {
    if (ms <= overMs) return
    times += 1
    longest = Math.max(longest, ms)
    if (now() - toldAt < againMs) return
    const span = Math.round((now() - toldAt) / 1_000)
    const facts =
      times === 1
        ? `${one} took ${Math.round(ms)} ms`
        : `${times} ${many} took over ${overMs} ms in the last ${span} s, the longest ${Math.round(longest)} ms`
    tell(`${what} is slow: ${facts}`)
    toldAt = now()
    ;[times, longest] = [0, 0]
  }
}
