// The pipeline as a whole, for whoever asks: the samples of all processes, what the stores say, and what is stuck.
import type { Db } from '../db.ts'
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import type { PipelineAnswer } from '../protocol/pipeline.ts'
import { partsOf, processesOf, sharedValues } from './parts.ts'
import { stepOf, type Point, type Sample, type Samples } from './samples.ts'
import { inTime, type Shared, type SharedFacts } from './shared-facts.ts'
import { troublesOf, waitingHook, type RedisTrouble } from './troubles.ts'

const { stepMs } = pipelineLimits

/** Where the hour of what all processes see alike is kept, beside theirs. */
const sharedName = 'shared'

export interface PipelineDeps {
  db: Db
  samples: Samples
  facts: Pick<SharedFacts, 'look'>
  syncPeriodMs: number
  /** Undefined: Redis is well, as far as this process knows. */
  redisTrouble: () => RedisTrouble | undefined
  /** What this process knows of itself while Redis is away. */
  own: () => { sample: Sample | undefined; hour: readonly Point[] }
}

interface Hours {
  step: number
  hours: Point[][]
  sharedHour: Point[]
}

export class Pipeline {
  readonly #deps: PipelineDeps
  /** An hour changes once in a step. */
  #hours: Hours | undefined

  constructor(deps: PipelineDeps) {
    this.#deps = deps
  }

  /** Never rejects: what is not known is null, and what does not answer is among the troubles. */
  async look(): Promise<PipelineAnswer> {
    const { samples: kept, facts, own, redisTrouble, syncPeriodMs } = this.#deps
    const [shared, told] = await Promise.all([facts.look(), inTime(kept.all(Date.now()))])
    const at = Date.now()
    const redis =
      redisTrouble() ??
      (told === undefined
        ? ({ code: 'redis_away', why: 'Redis does not answer', forMs: undefined } as const)
        : undefined)
    const samples = told ?? [own().sample ?? []].flat()
    const troubles = troublesOf({
      at,
      syncPeriodMs,
      redis,
      samples,
      shared,
      hookHost: await this.#hookHost(samples, shared),
    })
    const hours = await this.#hour(samples, at)
    const known = { at, samples, shared, troubles, ...hours }
    return { at, stepMs, troubles, parts: partsOf(known), processes: processesOf(samples, at) }
  }

  /** Keeps the step that has ended, of what all processes see alike; the first process that comes to it does. */
  async keepStep(): Promise<void> {
    const { samples, facts } = this.#deps
    const now = Date.now()
    const step = stepOf(now) - 1
    const kept = await samples.hourOf(sharedName, now)
    if (kept.some((point) => point.step === step)) return
    const values = sharedValues(await facts.look(), await samples.all(now))
    const known = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
    await samples.keep(sharedName, { step, values: Object.fromEntries(known) as Point['values'] })
  }

  async #hour(samples: readonly Sample[], at: number): Promise<Omit<Hours, 'step'>> {
    const { samples: kept, own } = this.#deps
    const step = stepOf(at)
    const isFresh = this.#hours?.step === step && this.#hours.hours.length === samples.length
    if (this.#hours !== undefined && isFresh) return this.#hours
    const read = Promise.all(
      [sharedName, ...samples.map(({ name }) => name)].map((name) => kept.hourOf(name, at)),
    )
    const [sharedHour, ...hours] = (await inTime(read)) ?? []
    if (sharedHour === undefined) return { sharedHour: [], hours: [[...own().hour]] }
    this.#hours = { step, hours, sharedHour }
    return this.#hours
  }

  /** Without the path of its address, which may hold a token. */
  async #hookHost(samples: readonly Sample[], { mysql }: Shared): Promise<string | undefined> {
    const hook = waitingHook(samples)
    if (hook === undefined || mysql.why !== undefined) return undefined
    const rows = this.#deps.db.rows<{ url: string }>('SELECT url FROM outgoing_hooks WHERE id = ?', [
      BigInt(hook.id),
    ])
    const url = (await inTime(rows))?.[0]?.url
    return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined
  }
}
