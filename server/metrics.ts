// The metrics of this process, in Prometheus' format. Each feature adds its own; those of other processes are read on
// request.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Aggregator } from 'prom-client'
import type { FlightWatch } from './channel/single-flight.ts'
import { root } from './root.ts'

/** The metrics of one process as plain data, so that they can be sent to another. */
export type Numbers = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** One series of a metric: of a histogram also its buckets (`le`), `_sum` and `_count`, as `metricName` says. */
export interface Series {
  value: number
  labels: Readonly<Record<string, string | number | undefined>>
  metricName?: string
}

/** A label's name, and its values that exist from the start; others appear when they are first counted. */
export type Labels<Name extends string> = Record<Name, readonly string[]>

const flightKinds = ['pages', 'changes', 'moments', 'rooms', 'members', 'sessions', 'pins', 'previews']

/** Sums of another series, which Prometheus takes for counters by their names; `sum(nodejs_active_handles)` is the same. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }

export class Metrics {
  readonly #registry = new Registry()
  readonly #registers = [this.#registry]
  readonly #gather: (() => Promise<Numbers[]>) | undefined
  readonly #looks: (() => Promise<void>)[] = []
  /** Counts readers: those that started a read, and those that shared one. */
  readonly flights: FlightWatch

  /** `gather`: the metrics of all processes behind this port, this one included; undefined: there is no other. */
  constructor(gather?: () => Promise<Numbers[]>) {
    this.#gather = gather
    collectDefaultMetrics({ register: this.#registry })
    for (const name of misnamed) this.#registry.removeSingleMetric(name)
    this.total(
      'brook_busy_seconds_total',
      'Time in which the event loop had something to do; its rate is the share of a core',
      () => performance.eventLoopUtilization().active / 1_000,
    )
    new Gauge({
      name: 'brook_build_info',
      help: 'What runs: the version of Brook and of Node',
      labelNames: ['version', 'node'],
      registers: this.#registers,
      aggregator: 'max',
    }).set({ version, node: process.versions.node }, 1)
    const labels = { kind: flightKinds }
    const flights = {
      read: this.counter('brook_single_flight_reads_total', 'Reads that were made', labels),
      shared: this.counter('brook_single_flight_shared_total', 'Readers that shared one of them', labels),
    }
    this.flights = (kind, outcome) => flights[outcome].inc({ kind })
  }

  /** Counts something as it happens. */
  counter<Name extends string = never>(name: string, help: string, labels?: Labels<Name>): Counter<Name> {
    const labelNames = Object.keys(labels ?? {}) as Name[]
    const counter = new Counter<Name>({ name, help, labelNames, registers: this.#registers })
    // A rate over a series that does not exist yet would miss its first event.
    for (const [label, values] of Object.entries<readonly string[]>(labels ?? {}))
      for (const value of values) counter.inc({ [label]: value } as Record<Name, string>, 0)
    return counter
  }

  /** How long something took, in seconds. `buckets`: their upper bounds. The same name gives the same one. */
  histogram<Name extends string = never>(
    name: string,
    help: string,
    { buckets, labelNames = [] }: { buckets: number[]; labelNames?: Name[] },
  ): Histogram<Name> {
    const known = this.#registry.getSingleMetric(name) as Histogram<Name> | undefined
    return known ?? new Histogram<Name>({ name, help, buckets, labelNames, registers: this.#registers })
  }

  /** Something that is counted elsewhere and read on request. */
  total(name: string, help: string, read: () => number): void {
    const registers = this.#registers
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }

  /**
   * A current value, read on request; undefined: it is not known now. The values of the processes of one port are
   * summed.
   */
  gauge(
    name: string,
    help: string,
    read: () => number | undefined,
    { aggregator = 'sum' }: { aggregator?: Aggregator } = {},
  ): void {
    const registers = this.#registers
    new Gauge({
      name,
      help,
      registers,
      aggregator,
      collect() {
        const value = read()
        if (value === undefined) this.reset()
        else this.set(value)
      },
    })
  }

  /**
   * A value that every process sees in the same stores: of several processes that share a port, the highest counts,
   * not the sum.
   */
  seen(name: string, help: string, read: () => number | undefined): void {
    this.gauge(name, help, read, { aggregator: 'max' })
  }

  /** Called before each reading, for what a store knows. If it fails, the last known values stay. */
  before(look: () => Promise<void>): void {
    this.#looks.push(look)
  }

  /** This process alone. */
  async numbers(): Promise<Numbers> {
    await this.#look()
    return this.#registry.getMetricsAsJSON()
  }

  /** One metric of this process, by what it knows without asking a store; empty if there is none of this name. */
  async series(name: string): Promise<readonly Series[]> {
    const metric = await this.#registry.getSingleMetric(name)?.get()
    return (metric?.values ?? []) as Series[]
  }

  /** The text of GET /metrics: of this process, or of all processes behind its port together. */
  async text(): Promise<string> {
    const all = (await this.#gather?.()) ?? []
    if (all.length > 0) return AggregatorRegistry.aggregate(all).metrics()
    await this.#look()
    return this.#registry.metrics()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  async #look(): Promise<void> {
    await Promise.allSettled(this.#looks.map((look) => look()))
  }
}
