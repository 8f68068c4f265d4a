// Everything that is counted, in one place and in Prometheus' words. What other processes did is read when asked for.
import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Aggregator } from 'prom-client'
import type { BatchCounts } from './channel/batch.ts'
import type { FlightWatch } from './channel/single-flight.ts'
import type { Log } from './log/log.ts'
import { failures } from './rpc/outcome.ts'
import { fullness } from './log/pressure.ts'
import type { Looked } from './room/mentions.ts'

/** The numbers of one process, plain, so that they can be sent to another. */
export type Numbers = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

export interface Counted {
  log: Log
  sockets: () => number
  rooms: () => number
  hookLag: () => number
  readMarkers: { counts: Readonly<BatchCounts>; waiting: number }
  /** Calls to other processes that this one waits for. */
  calls: () => number
  /** Bots' polls that wait. */
  botWaits: () => number
  /** Archived messages that the index of search lacks. */
  searchLag: () => Promise<number>
  /** The numbers of all processes behind this port; undefined: there is no other. */
  gather: (() => Promise<Numbers[]>) | undefined
}

export interface Metrics {
  /** An incoming webhook was answered, by the word it was given. */
  hookAnswer: (word: string) => void
  /** An outgoing webhook's receiver took a message, or did not. */
  hookTaken: () => void
  hookFailed: () => void
  /** A frame was written to a socket. */
  frame: (bytes: number) => void
  /** A reader was too slow and was closed. */
  tooSlow: () => void
  /** The tail has read entries. */
  entries: (count: number) => void
  /** A call to another process has ended: `ok` or the code of its failure. */
  call: (fn: string, outcome: string, seconds: number) => void
  /** Somebody searched. */
  searched: (outcome: string, seconds: number) => void
  /** Names were looked for in a text that has an @. */
  looked: (outcome: Looked) => void
  /** A bot was told entries. */
  told: (entries: number) => void
  /** Somebody wanted to read this, and did so or shared the read of another. */
  flight: FlightWatch
  /** An export has written messages. */
  exported: (messages: number) => void
  numbers: () => Promise<Numbers>
  /** The text of GET /metrics: of this process, or what all behind its port come to. */
  text: () => Promise<string>
  contentType: string
}

export function openMetrics({
  log,
  sockets,
  rooms,
  hookLag,
  readMarkers,
  calls,
  botWaits,
  searchLag,
  gather,
}: Counted): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const gauge = (
    name: string,
    help: string,
    read: () => number | undefined,
    aggregator: Aggregator = 'sum',
  ): void => {
    new Gauge({
      ...{ name, help, registers, aggregator },
      collect() {
        const value = read()
        if (value === undefined) this.reset()
        else this.set(value)
      },
    })
  }
  /** What every process sees of the same stores: of several that share a port the highest counts, not their sum. */
  const seen = (name: string, help: string, read: () => number | undefined): void =>
    gauge(name, help, read, 'max')
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }
  const frames = new Counter({ name: 'brook_frames_total', help: 'Frames written to sockets', registers })
  const bytes = new Counter({ name: 'brook_frame_bytes_total', help: 'Bytes of those frames', registers })
  const tooSlow = new Counter({ name: 'brook_too_slow_total', help: 'Readers closed as too slow', registers })
  const entries = new Counter({ name: 'brook_entries_total', help: 'Entries read from the log', registers })
  const ended = new Counter({
    ...{ name: 'brook_calls_total', help: 'Calls to other processes that ended', registers },
    labelNames: ['fn', 'outcome'],
  })
  const took = new Histogram({
    ...{ name: 'brook_call_seconds', help: 'How long they took', registers },
    labelNames: ['fn'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 30],
  })
  gauge('brook_calls_under_way', 'Calls to other processes that are waited for', calls)
  const toBots = new Counter({
    name: 'brook_bot_entries_total',
    help: 'Entries given to bots over HTTP',
    registers,
  })
  gauge('brook_bot_waits', 'Polls of bots that wait for something to happen', botWaits)
  const hookPosts = new Counter({
    name: 'brook_hooks_received_total',
    help: 'Posts to incoming webhooks, by answer',
    ...{ labelNames: ['answer'], registers },
  })
  const hookTaken = new Counter({
    ...{ name: 'brook_hooks_delivered_total', help: 'Messages that receivers of webhooks took', registers },
  })
  const hookFailed = new Counter({
    ...{ name: 'brook_hooks_failures_total', help: 'Deliveries that are tried again or paused', registers },
  })
  seen('brook_hooks_lag_entries', 'Entries after the cursor of the webhook that is furthest behind', hookLag)
  const searches = new Counter({
    ...{ name: 'brook_searches_total', help: 'Searches, by outcome', labelNames: ['outcome'], registers },
  })
  const searchTook = new Histogram({
    ...{ name: 'brook_search_seconds', help: 'How long they took', registers },
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  })
  for (const outcome of ['found', 'nothing', 'refused']) searches.inc({ outcome }, 0)
  const looks = new Counter({
    name: 'brook_mention_looks_total',
    help: 'Texts with an @ in which names were looked for, by outcome; late and failed ones name nobody',
    ...{ labelNames: ['outcome'], registers },
  })
  for (const outcome of ['found', 'nobody', 'late', 'failed']) looks.inc({ outcome }, 0)
  const exported = new Counter({
    ...{ name: 'brook_exported_messages_total', help: 'Messages written by exports', registers },
  })
  const flights = {
    read: new Counter({
      ...{
        name: 'brook_single_flight_reads_total',
        help: 'Reads that were made',
        labelNames: ['kind'],
        registers,
      },
    }),
    shared: new Counter({
      ...{ name: 'brook_single_flight_shared_total', help: 'Readers that shared one of them' },
      ...{ labelNames: ['kind'], registers },
    }),
  }
  for (const kind of ['pages', 'changes', 'moments', 'rooms', 'members', 'sessions', 'pins'])
    for (const outcome of Object.values(flights)) outcome.inc({ kind }, 0)
  gauge('brook_workers', 'Processes that serve this port and are open', () => 1)
  gauge('brook_sockets', 'Open WebSocket connections', sockets)
  gauge('brook_rooms_open', 'Rooms with a listener, of each process', rooms)
  const takesEntries = (): number => (log.state === 'open' && log.isReachable ? 1 : 0)
  gauge('brook_log_open', '1 when the log takes entries, at every process', takesEntries, 'min')
  for (const [count, help] of [
    ['values', 'Read markers that people moved'],
    ['merged', 'Those that met an older one of the same person and room before it was written'],
    ['refused', 'Those that found no place; a later read tells them again'],
    ['flushes', 'Statements that wrote them, many rows each'],
    ['retries', 'Those statements that failed and were tried again'],
  ] as const)
    counter(`brook_read_marker_${count}_total`, help, () => readMarkers.counts[count])
  gauge('brook_read_markers_waiting', 'Read markers that MySQL has yet to be told', () => readMarkers.waiting)
  seen('brook_unarchived_entries', 'Entries that MySQL does not have yet', () => log.unarchived)
  seen('brook_backlog_fullness', 'Share of the backlog that is used; sends are refused from 0.75', () =>
    fullness(log.backlog),
  )
  seen('brook_unarchived_seconds', 'Age of the oldest of them', () => lagSeconds(log))

  let unindexed: number | undefined
  seen('brook_search_lag', 'Numbers of archived messages that the index of search lacks', () => unindexed)
  let archiving: Awaited<ReturnType<Log['archiving']>> | undefined
  const told = (
    name: string,
    help: string,
    read: (facts: NonNullable<typeof archiving>) => number | undefined,
  ): void => seen(name, help, () => archiving && read(archiving))
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
  const look = async (): Promise<void> => {
    archiving = await log.archiving().catch(() => undefined)
    unindexed = await searchLag().catch(() => undefined)
  }
  const numbers = async (): Promise<Numbers> => {
    await look()
    return registry.getMetricsAsJSON()
  }

  return {
    frame: (size) => {
      frames.inc()
      bytes.inc(size)
    },
    tooSlow: () => tooSlow.inc(),
    hookAnswer: (answer) => hookPosts.inc({ answer }),
    hookTaken: () => hookTaken.inc(),
    hookFailed: () => hookFailed.inc(),
    entries: (count) => entries.inc(count),
    call: (fn, outcome, seconds) => {
      // A function of many (command:roll, sync:now@host) is counted by its first word: names are not bounded.
      const [label = fn] = fn.split(/[:@]/)
      ended.inc({ fn: label, outcome: isWord(outcome) ? outcome : 'refused' })
      took.observe({ fn: label }, seconds)
    },
    searched: (outcome, seconds) => {
      searches.inc({ outcome })
      searchTook.observe(seconds)
    },
    looked: (outcome) => looks.inc({ outcome }),
    told: (count) => toBots.inc(count),
    exported: (messages) => exported.inc(messages),
    flight: (kind, outcome) => flights[outcome].inc({ kind }),
    numbers,
    text: async () => {
      const all = (await gather?.()) ?? []
      if (all.length > 0) return AggregatorRegistry.aggregate(all).metrics()
      await look()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

/** Seconds since the oldest entry that is in no table was said; 0 when there is none. */
export const lagSeconds = (log: Pick<Log, 'waitingSince'>, now = Date.now()): number =>
  log.waitingSince === undefined ? 0 : Math.max(0, (now - log.waitingSince) / 1_000)

/** A worker's own codes are not bounded; they count as one. */
const isWord = (outcome: string): boolean => outcome === 'ok' || Object.hasOwn(failures, outcome)
