// Which webhooks deliver at once in this process. A receiver that answers late holds a slot, so that nobody keeps others from
// theirs: one owner and one room have a few slots each, and webhooks that are not known to answer quickly have half of all and
// half of those. Uses no store.
import { limits } from '../protocol/limits.ts'

export interface Candidate {
  id: string
  room: string
  /** Who created it; null if that is not known: then only its room counts. */
  owner: string | null
}

export interface DeliverySlotsOptions {
  /** In total, and of one owner or one room. */
  all: number
  ofOne: number
  /** Milliseconds: an answer after this is late, and a webhook that others wait for gives its slot back after this. */
  slowMs: number
  now?: () => number
}

type Lane = 'quick' | 'slow'

interface Running {
  parties: string[]
  lane: Lane
  since: number
}

export class DeliverySlots {
  readonly #options: DeliverySlotsOptions
  readonly #now: () => number
  readonly #running = new Map<string, Running>()
  /** Whose last answer came in time. */
  readonly #quick = new Set<string>()
  /** When each last had a slot: whoever waits longest is next. */
  readonly #servedAt = new Map<string, number>()
  /** Slots taken in all (''), by each owner and in each room; the slow ones of each under `slow`. */
  readonly #taken = { quick: new Map<string, number>(), slow: new Map<string, number>() }
  #areOthersWaiting = false

  constructor(options: DeliverySlotsOptions = limits.hooks.slots) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** Some webhooks have found no slot. */
  get areOthersWaiting(): boolean {
    return this.#areOthersWaiting
  }

  isRunning(id: string): boolean {
    return this.#running.has(id)
  }

  /** Takes slots for as many as there are, first for those whose owner and room have the fewest, and returns these. */
  begin<Hook extends Candidate>(hooks: readonly Hook[]): Hook[] {
    const waiting = hooks.filter(({ id }) => !this.isRunning(id)).sort((a, b) => this.#order(a, b))
    const begun: Hook[] = []
    // Rounds, because each slot that is taken changes who has the fewest.
    for (let fewest = 0; fewest < this.#options.ofOne; fewest += 1)
      for (const hook of waiting) if (this.#mayBegin(hook, fewest)) begun.push(this.#take(hook))
    this.#areOthersWaiting = begun.length < waiting.length
    return begun
  }

  /** Others wait, and this one has had its slot for a while. */
  isOver(id: string): boolean {
    const running = this.#running.get(id)
    return (
      this.#areOthersWaiting && running !== undefined && this.#now() - running.since >= this.#options.slowMs
    )
  }

  /** The receiver has answered, or has failed to, after so many milliseconds. */
  answered(id: string, ms: number): void {
    if (ms < this.#options.slowMs) this.#quick.add(id)
    else this.#quick.delete(id)
  }

  end(id: string): void {
    const running = this.#running.get(id)
    if (running === undefined) return
    this.#running.delete(id)
    this.#count(running, -1)
    this.#servedAt.set(id, this.#now())
  }

  /** Forgets all webhooks but these. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const known of [this.#quick, this.#servedAt])
      for (const id of known.keys()) if (!ids.has(id) && !this.isRunning(id)) known.delete(id)
  }

  #order(a: Candidate, b: Candidate): number {
    return (this.#servedAt.get(a.id) ?? -Infinity) - (this.#servedAt.get(b.id) ?? -Infinity) || 0
  }

  /** Whether neither its owner nor its room has more than `fewest` slots, and there is one in its lane. */
  #mayBegin(hook: Candidate, fewest: number): boolean {
    if (this.isRunning(hook.id)) return false
    const { all, ofOne } = this.#options
    const isSlow = !this.#quick.has(hook.id)
    const has = (party: string): number => this.#has(party, 'quick') + this.#has(party, 'slow')
    if (has('') >= all || (isSlow && this.#has('', 'slow') >= all / 2)) return false
    return partiesOf(hook).every(
      (party) => has(party) <= fewest && (!isSlow || this.#has(party, 'slow') < ofOne / 2),
    )
  }

  #take<Hook extends Candidate>(hook: Hook): Hook {
    const lane = this.#quick.has(hook.id) ? 'quick' : 'slow'
    const running: Running = { parties: ['', ...partiesOf(hook)], lane, since: this.#now() }
    this.#running.set(hook.id, running)
    this.#count(running, 1)
    return hook
  }

  #has(party: string, lane: Lane): number {
    return this.#taken[lane].get(party) ?? 0
  }

  #count({ parties, lane }: Running, by: 1 | -1): void {
    for (const party of parties) {
      const count = this.#has(party, lane) + by
      if (count > 0) this.#taken[lane].set(party, count)
      else this.#taken[lane].delete(party)
    }
  }
}

const partiesOf = ({ room, owner }: Candidate): string[] => [
  `room ${room}`,
  ...(owner === null ? [] : [`owner ${owner}`]),
]
