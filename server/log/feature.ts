// The log as a feature: what is counted of it, and of its way into MySQL.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Metrics } from '../metrics.ts'
import { parseStreamId } from './entry.ts'
import type { Log } from './log.ts'
import { fullness, lagSeconds, lateAfterSeconds } from './pressure.ts'

export function logFeature({ log, metrics, logger }: Core): Feature {
  const entries = metrics.counter('brook_entries_total', 'Entries read from the log')
  const takesEntries = (): number => (log.state === 'open' && log.isReachable && !log.isDeaf ? 1 : 0)
  metrics.gauge(
    'brook_log_open',
    '1 when the log takes entries and they are heard, at every process',
    takesEntries,
    {
      aggregator: 'min',
    },
  )
  metrics.seen('brook_unarchived_entries', 'Entries that MySQL does not have yet', () => log.unarchived)
  metrics.seen(
    'brook_backlog_fullness',
    'Share of the backlog that is used; sends are refused from 0.75',
    () => fullness(log.backlog),
  )
  metrics.seen('brook_unarchived_seconds', 'Age of the oldest of them', () => lagSeconds(log))
  metrics.seen(
    'brook_tail_lag_seconds',
    'How far the reading of the log is behind its end, at the process that is furthest behind',
    () => log.tailLagMs / 1_000,
  )
  const archiving = metrics.histogram(
    'brook_archive_seconds',
    'From when the oldest entry of a batch was said until it is in MySQL',
    { buckets: archiveBuckets },
  )
  metrics.seen(
    'brook_clocks_apart_seconds',
    "How far Redis's clock, or the newest entry of the log, is from the clock of the server",
    () => Math.abs(log.clocksApartMs) / 1_000,
  )
  countArchiving(metrics, log)
  const watch = setInterval(
    tellLateness(log, (line) => logger.warn(line)),
    lookEveryMs,
  )
  return {
    close: () => clearInterval(watch),
    onEntries: (read) => entries.inc(read.length),
    onSignal: (signal) => {
      if (signal.kind !== 'archived') return
      const since = log.shardTail(signal.shard)?.waitingSince
      log.archivedUpTo(signal.shard, parseStreamId(signal.id))
      if (since !== undefined) archiving.observe(Math.max(0, Date.now() - since) / 1_000)
    },
  }
}

const lookEveryMs = 1_000

/** Seconds. Sync runs once a second by default, and after lateAfterSeconds the archive is late. */
const archiveBuckets = [0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 120]

/** Called again and again: tells once that the archive is late, and once that it has caught up. */
function tellLateness(log: Log, tell: (line: string) => void): () => void {
  let wasLate = false
  return () => {
    const seconds = Math.round(lagSeconds(log))
    const isLate = seconds > lateAfterSeconds
    if (isLate && !wasLate) tell(`the archive is late: what was sent ${seconds} s ago is not in MySQL yet`)
    if (wasLate && !isLate) tell('the archive has caught up')
    wasLate = isLate
  }
}

/** What Redis and the sync process know; nothing while Redis is away. */
function countArchiving(metrics: Metrics, log: Log): void {
  type Archiving = Awaited<ReturnType<Log['archiving']>>
  let archiving: Archiving | undefined
  metrics.before(async () => {
    archiving = await log.archiving().catch(() => undefined)
  })
  const told = (name: string, help: string, read: (facts: Archiving) => number | undefined): void =>
    metrics.seen(name, help, () => archiving && read(archiving))
  told('brook_log_length', 'Entries in the stream', ({ length }) => length)
  told('brook_sync_pending', 'Entries read by sync and not acknowledged', ({ pending }) => pending)
  told('brook_sync_lag', 'Entries not read by sync', ({ lag }) => lag)
  for (const [name, help] of [
    ['rows', 'Rows written by the sync that holds the archive'],
    ['runs', 'Runs of that sync'],
    ['failures', 'Runs that a store ended early; they are repeated'],
    ['dead', 'Entries set aside because MySQL refused them'],
  ] as const)
    told(`brook_sync_${name}`, help, ({ report }) => report[name])
  told('brook_imported_entries', 'Entries that imports have appended', ({ report }) => report['imported'])
}
