// A process samples its own metrics every two seconds, keeps the last minute of them, and tells Redis.
import type { Metrics } from '../metrics.ts'
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import { Repeated } from '../repeated.ts'
import { happened, readFigures, type Reading } from './figures.ts'
import { stepOf, type Point, type Sample, type Samples, type Who } from './samples.ts'

const { sampleEveryMs, rateOverMs, timesOverMs, stepMs, keptMs } = pipelineLimits

/** What a sample has besides the metrics. */
export type Besides = Pick<Sample, 'isDeaf' | 'isFull' | 'hook'>

export interface PublisherDeps {
  who: Who
  metrics: Pick<Metrics, 'series'>
  samples: Samples
  besides?: () => Besides
  onError: (error: unknown) => void
}

const nothingBesides = (): Besides => ({ isDeaf: false, isFull: false, hook: null })

export class Publisher {
  readonly #deps: PublisherDeps
  readonly #repeated: Repeated
  #readings: Reading[] = []
  #latest: Sample | undefined
  #stepped: { step: number; reading: Reading } | undefined
  #hour: Point[] = []

  constructor(deps: PublisherDeps) {
    this.#deps = deps
    this.#repeated = new Repeated({
      everyMs: sampleEveryMs,
      run: () => this.#sample(),
      onError: deps.onError,
    })
    this.#repeated.soon()
  }

  /** What this process knows of itself while Redis is away: its last sample, and its hour. */
  get own(): { sample: Sample | undefined; hour: readonly Point[] } {
    return { sample: this.#latest, hour: this.#hour }
  }

  async close(): Promise<void> {
    await this.#repeated.close()
    await this.#deps.samples.withdraw(this.#deps.who.name).catch(() => undefined)
  }

  async #sample(): Promise<void> {
    const { who, metrics, samples, besides = nothingBesides } = this.#deps
    const reading = await readFigures(metrics, who.kind)
    this.#readings = [...this.#readings.filter(({ at }) => reading.at - at <= timesOverMs), reading]
    const since = (ms: number): Reading => this.#readings.find(({ at }) => reading.at - at <= ms) ?? reading
    this.#latest = {
      ...who,
      at: Date.now(),
      perSecond: happened(since(rateOverMs + sampleEveryMs), reading).perSecond,
      timed: happened(since(timesOverMs), reading).timed,
      gauged: reading.gauged,
      ...besides(),
    }
    const point = this.#step(reading)
    await samples.put(this.#latest)
    if (point !== undefined) await samples.keep(who.name, point)
  }

  /** The point of the step that has just ended. */
  #step(reading: Reading): Point | undefined {
    const step = stepOf(Date.now())
    const before = this.#stepped
    if (before?.step === step) return undefined
    this.#stepped = { step, reading }
    if (before === undefined) return undefined
    const { perSecond, timed } = happened(before.reading, reading)
    const point = { step: before.step, values: { ...reading.gauged, ...perSecond }, timed }
    this.#hour = [...this.#hour, point].slice(-keptMs / stepMs)
    return point
  }
}
