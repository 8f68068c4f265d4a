// The parts of the way a message takes, each with its figures: sums over the processes, now and for each step of an hour. Pure.
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import type {
  PipelinePart,
  PipelinePartName,
  PipelineProcess,
  PipelineTrouble,
} from '../protocol/pipeline.ts'
import { parts as names } from '../protocol/pipeline.ts'
import { quantile, together, type Bucket, type Counted, type Timed } from './figures.ts'
import { stepOf, type Point, type Sample } from './samples.ts'
import type { Shared } from './shared-facts.ts'
import { waitingHook } from './troubles.ts'

const { stepMs, keptMs, silentMs } = pipelineLimits

/** What all processes see alike, as one point of an hour. */
export type SharedValue =
  | 'streamLength'
  | 'archiveLagMs'
  | 'searchWaiting'
  | 'notifyLagMs'
  | 'hookLagMs'
  | 'pushWaiting'

export function sharedValues(shared: Shared, samples: readonly Sample[]): Record<SharedValue, number | null> {
  const { sync, search, notify, push, at } = shared
  const hook = waitingHook(samples)
  return {
    streamLength: sync === undefined ? null : sync.shards.reduce((sum, { entries }) => sum + entries, 0),
    archiveLagMs: archiveLagMs(shared) ?? null,
    searchWaiting: search?.waiting ?? null,
    notifyLagMs: notify?.lagMs ?? null,
    hookLagMs: samples.length === 0 ? null : hook === undefined ? 0 : Math.max(0, at - hook.since),
    pushWaiting: push?.waiting ?? null,
  }
}

function archiveLagMs({ sync, at }: Shared): number | undefined {
  const since = sync?.shards.flatMap(({ waitingSince }) => waitingSince ?? [])
  if (since === undefined) return undefined
  return since.length === 0 ? 0 : Math.max(0, at - Math.min(...since))
}

export interface Known {
  at: number
  samples: readonly Sample[]
  shared: Shared
  /** Of each process; and of what all see alike. */
  hours: readonly (readonly Point[])[]
  sharedHour: readonly Point[]
  troubles: readonly PipelineTrouble[]
}

/** What the headline of a part is made of. */
type Shown = { sum: 'sockets' } | { rate: Counted } | { p99: Timed } | { shared: SharedValue }

interface Plan {
  value: Shown
  rate?: Counted
  /** Its rate is that of what took time. */
  times?: Timed
  waiting?: (known: Known) => number | undefined
}

const plans: Record<PipelinePartName, Plan> = {
  people: { value: { sum: 'sockets' } },
  sends: { value: { p99: 'ack' }, times: 'ack' },
  rooms: { value: { p99: 'turn' }, rate: 'frames', times: 'turn' },
  log: { value: { p99: 'append' }, rate: 'entries', times: 'append' },
  stream: { value: { shared: 'streamLength' }, rate: 'entries' },
  archive: {
    value: { shared: 'archiveLagMs' },
    rate: 'rows',
    times: 'archive',
    waiting: ({ shared: { sync } }) => sync?.shards.reduce((sum, { unarchived }) => sum + unarchived, 0),
  },
  search: {
    value: { shared: 'searchWaiting' },
    rate: 'indexed',
    waiting: ({ shared }) => shared.search?.waiting,
  },
  notifications: { value: { shared: 'notifyLagMs' }, rate: 'decided' },
  webhooks: {
    value: { shared: 'hookLagMs' },
    rate: 'delivered',
    waiting: ({ samples }) => waitingHook(samples)?.entries ?? 0,
  },
  push: { value: { shared: 'pushWaiting' }, rate: 'pushed', waiting: ({ shared }) => shared.push?.waiting },
  files: { value: { rate: 'fileBytes' } },
}

/** Every server reads every entry, so these are not summed: the one that has read most counts. */
const alike: ReadonlySet<Counted> = new Set(['entries'])

function ratePerSecond(all: readonly Pick<Sample, 'perSecond'>[], name: Counted): number {
  const rates = all.map(({ perSecond }) => perSecond[name])
  return alike.has(name) ? Math.max(0, ...rates) : rates.reduce((sum, one) => sum + one, 0)
}

const bucketsIn = (all: readonly { timed?: Sample['timed'] }[], name: Timed): Bucket[] =>
  together(all.flatMap(({ timed }) => (timed === undefined ? [] : [timed[name]])))

function timesOf(buckets: readonly Bucket[]): PipelinePart['minute'] {
  const [p50Ms, p99Ms] = [quantile(buckets, 0.5), quantile(buckets, 0.99)]
  return p50Ms === undefined || p99Ms === undefined ? null : { p50Ms, p99Ms }
}

/** The points of one step, over all processes. */
function valueAt(shown: Shown, points: readonly Point[], alikePoint: Point | undefined): number | null {
  if ('shared' in shown) return alikePoint?.values[shown.shared] ?? null
  if (points.length === 0) return null
  if ('p99' in shown) return timesOf(bucketsIn(points, shown.p99))?.p99Ms ?? null
  const name = 'sum' in shown ? shown.sum : shown.rate
  return points.reduce((sum, { values }) => sum + (values[name] ?? 0), 0)
}

function valueNow(shown: Shown, known: Known, live: readonly Sample[]): number | null {
  if ('shared' in shown) return sharedValues(known.shared, live)[shown.shared]
  if ('p99' in shown) return timesOf(bucketsIn(live, shown.p99))?.p99Ms ?? null
  if ('rate' in shown) return ratePerSecond(live, shown.rate)
  return live.reduce((sum, { gauged }) => sum + gauged[shown.sum], 0)
}

export function partsOf(known: Known): PipelinePart[] {
  const live = known.samples.filter(({ at }) => known.at - at <= silentMs)
  const all = known.hours.flat()
  const byStep = new Map<number, Point[]>()
  for (const point of all) byStep.set(point.step, [...(byStep.get(point.step) ?? []), point])
  const alikeByStep = new Map(known.sharedHour.map((point) => [point.step, point]))
  // The step that goes on is not over.
  const last = stepOf(known.at) - 1
  const steps = Array.from({ length: keptMs / stepMs }, (_, at) => last - keptMs / stepMs + 1 + at)
  return names.map((part) => {
    const { value, rate, times, waiting } = plans[part]
    return {
      part,
      isStuck: known.troubles.some((one) => one.part === part),
      value: valueNow(value, known, live),
      rate: rate === undefined ? null : ratePerSecond(live, rate),
      waiting: waiting?.(known) ?? null,
      minute: times === undefined ? null : timesOf(bucketsIn(live, times)),
      hour: times === undefined ? null : timesOf(bucketsIn(all, times)),
      steps: steps.map((step) => valueAt(value, byStep.get(step) ?? [], alikeByStep.get(step))),
    }
  })
}

export const processesOf = (samples: readonly Sample[], at: number): PipelineProcess[] =>
  samples
    .map(({ name, kind, host, pid, worker, since, ...one }) => ({
      name,
      kind,
      host,
      pid,
      worker,
      since,
      agoMs: Math.max(0, at - one.at),
      state: at - one.at > silentMs ? ('silent' as const) : one.isDeaf ? ('deaf' as const) : ('ok' as const),
      sockets: one.gauged.sockets,
      tailLagMs: 1_000 * one.gauged.tailLag,
      busy: one.perSecond.busy,
      memoryBytes: one.gauged.memory,
    }))
    .sort((a, b) => a.kind.localeCompare(b.kind) || a.host.localeCompare(b.host) || a.since - b.since)
