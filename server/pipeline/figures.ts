// What a process's metrics say of the pipeline: read now and then, and compared with what they said before.
import type { Metrics, Series } from '../metrics.ts'

/** `server` is one that browsers connect to; `sync` archives. One process may be both, on the same metrics. */
export type Kind = 'server' | 'sync'

/** What happens again and again, and whose it is. */
const counted = {
  entries: { of: 'server', metric: 'brook_entries_total' },
  frames: { of: 'server', metric: 'brook_frames_total' },
  decided: { of: 'server', metric: 'brook_decided_entries_total' },
  delivered: { of: 'server', metric: 'brook_hooks_delivered_total' },
  pushed: { of: 'server', metric: 'brook_push_sent_total' },
  fileBytes: { of: 'server', metric: 'brook_file_bytes_total' },
  rows: { of: 'sync', metric: 'brook_sync_process_rows_total' },
  indexed: { of: 'sync', metric: 'brook_search_indexed_total' },
  busy: { of: 'both', metric: 'brook_busy_seconds_total' },
} as const
/** What is so now. */
const gauged = {
  sockets: { of: 'server', metric: 'brook_sockets' },
  tailLag: { of: 'server', metric: 'brook_tail_lag_seconds' },
  unarchived: { of: 'server', metric: 'brook_unarchived_entries' },
  unarchivedFor: { of: 'server', metric: 'brook_unarchived_seconds' },
  clocksApart: { of: 'server', metric: 'brook_clocks_apart_seconds' },
  diskFree: { of: 'server', metric: 'brook_file_disk_free_bytes' },
  memory: { of: 'both', metric: 'process_resident_memory_bytes' },
} as const
/** What takes time. */
const timed = {
  ack: { of: 'server', metric: 'brook_send_ack_seconds' },
  append: { of: 'server', metric: 'brook_append_seconds' },
  turn: { of: 'server', metric: 'brook_turn_seconds' },
  archive: { of: 'server', metric: 'brook_archive_seconds' },
} as const

export type Counted = keyof typeof counted
export type Gauged = keyof typeof gauged
export type Timed = keyof typeof timed

/** Upper bound of a bucket in seconds, and how many took at most that long. */
export type Bucket = [upTo: number | null, count: number]

export interface Reading {
  /** ms of performance.now. */
  at: number
  counted: Record<Counted, number>
  gauged: Record<Gauged, number>
  timed: Record<Timed, Bucket[]>
}

/** What has happened between two readings. */
export interface Happened {
  perSecond: Record<Counted, number>
  timed: Record<Timed, Bucket[]>
}

type Table = Record<string, { of: Kind | 'both'; metric: string }>

async function read<Name extends string, Value>(
  { metrics, kind }: { metrics: Pick<Metrics, 'series'>; kind: Kind },
  table: Table,
  make: (series: readonly Series[]) => Value,
): Promise<Record<Name, Value>> {
  const named = Object.entries(table).map(
    async ([name, { of, metric }]) =>
      [name, make(of === kind || of === 'both' ? await metrics.series(metric) : [])] as const,
  )
  return Object.fromEntries(await Promise.all(named)) as Record<Name, Value>
}

const sum = (series: readonly Series[]): number => series.reduce((total, { value }) => total + value, 0)

/** Of the part `server` alone, where a metric has parts: the bots and sync have their own. */
function bucketsOf(series: readonly Series[]): Bucket[] {
  const buckets = new Map<number, number>()
  for (const { value, labels, metricName } of series) {
    const { le, part = 'server' } = labels
    if (metricName?.endsWith('_bucket') !== true || part !== 'server') continue
    const upTo = le === '+Inf' ? Infinity : Number(le)
    buckets.set(upTo, (buckets.get(upTo) ?? 0) + value)
  }
  return [...buckets].sort(([a], [b]) => a - b).map(([upTo, n]) => [Number.isFinite(upTo) ? upTo : null, n])
}

export async function readFigures(metrics: Pick<Metrics, 'series'>, kind: Kind): Promise<Reading> {
  const from = { metrics, kind }
  const [counts, gauges, times] = await Promise.all([
    read<Counted, number>(from, counted, sum),
    read<Gauged, number>(from, gauged, sum),
    read<Timed, Bucket[]>(from, timed, bucketsOf),
  ])
  return { at: performance.now(), counted: counts, gauged: gauges, timed: times }
}

/** `before` and `now` are of the same process. */
export function happened(before: Reading, now: Reading): Happened {
  const seconds = Math.max(0.001, (now.at - before.at) / 1_000)
  const perSecond = Object.fromEntries(
    Object.entries(now.counted).map(([name, count]) => [
      name,
      round((count - before.counted[name as Counted]) / seconds),
    ]),
  ) as Record<Counted, number>
  const times = Object.fromEntries(
    Object.entries(now.timed).map(([name, buckets]) => {
      const earlier = before.timed[name as Timed]
      return [name, buckets.map(([upTo, n], at): Bucket => [upTo, n - (earlier[at]?.[1] ?? 0)])]
    }),
  ) as Record<Timed, Bucket[]>
  return { perSecond, timed: times }
}

const round = (n: number): number => Math.round(n * 1_000) / 1_000

/** The buckets of several processes, or spans of time, as one. */
export function together(all: readonly (readonly Bucket[])[]): Bucket[] {
  const buckets = new Map<number | null, number>()
  for (const one of all) for (const [upTo, n] of one) buckets.set(upTo, (buckets.get(upTo) ?? 0) + n)
  return [...buckets].sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity))
}

/**
 * The time within which a share (0 to 1) was done, in ms: between the bounds of its bucket as if it were evenly filled. Above
 * the last bound only that bound is known. Undefined: nothing was measured.
 */
export function quantile(buckets: readonly Bucket[], share: number): number | undefined {
  const total = buckets.at(-1)?.[1] ?? 0
  if (total === 0) return undefined
  const wanted = share * total
  let [from, below] = [0, 0]
  for (const [upTo, count] of buckets) {
    if (upTo === null) break
    if (count >= wanted) {
      const part = count === below ? 1 : (wanted - below) / (count - below)
      return 1_000 * (from + (upTo - from) * part)
    }
    ;[from, below] = [upTo, count]
  }
  return 1_000 * from
}
