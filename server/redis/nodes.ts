// Which node has which keys, by what the nodes (or the Sentinels) say of each other, all of which are asked, again and again.
// One alone may be the one that was cut off: a primary that was paused takes itself for one when it wakes.
import type { ManyRedis, NodeAddress } from '../config-redis.ts'
import { nameOfNode, Witness, type View } from './view.ts'

/** A fail-over takes seconds; whoever waits for it learns of it within this. */
const lookEveryMs = 500
/** Longer than a healthy node ever takes to say who has what. */
const answerWithinMs = 500

const nobody: View = { version: -1, ranges: [] }

export class Nodes {
  readonly #address: ManyRedis
  readonly #witnesses = new Map<string, Witness>()
  readonly #listeners = new Set<() => void>()
  #view = nobody
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #lastError: unknown
  #isClosed = false

  constructor(address: ManyRedis) {
    this.#address = address
    for (const node of address.nodes) this.#knows(node)
  }

  /** Who takes the writes of a slot, as far as is known. */
  primaryOf(slot: number): NodeAddress | undefined {
    return this.#view.ranges.find(({ first, last }) => first <= slot && slot <= last)?.primary
  }

  /** Each once, the primaries of a cluster in the order of their slots. */
  get primaries(): NodeAddress[] {
    return once(this.#view.ranges.map(({ primary }) => primary))
  }

  get replicas(): NodeAddress[] {
    return once(this.#view.ranges.flatMap(({ replicas }) => replicas))
  }

  /** The fewest replicas that a primary has. */
  get fewestReplicas(): number {
    return Math.min(...this.#view.ranges.map(({ replicas }) => replicas.length))
  }

  /** Why nobody could say anything at the last look. */
  get lastError(): Error {
    return this.#lastError instanceof Error ? this.#lastError : new Error('no node of Redis answers')
  }

  /** `listener`: somebody has other keys than before. Looks on from now on, until it is closed. */
  onMove(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#lookSoon()
    return () => this.#listeners.delete(listener)
  }

  /** Asks everybody, at most half a second; who asks meanwhile is answered by the same look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const witness of this.#witnesses.values()) witness.close()
  }

  #lookSoon(): void {
    if (this.#isClosed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      void this.look().finally(() => {
        this.#timer = undefined
        this.#lookSoon()
      })
    }, lookEveryMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return
    const answers = await Promise.allSettled([...this.#witnesses.values()].map((witness) => witness.asks()))
    const views = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    const newest = views.reduce((best, view) => (view.version > best.version ? view : best), nobody)
    if (newest === nobody) {
      this.#lastError = answers.find((answer) => answer.status === 'rejected')?.reason
      return
    }
    // Older than what was known: a few who were cut off; or most, where an operator has set up everything anew.
    if (newest.version < this.#view.version && 2 * views.length <= this.#witnesses.size) return
    this.#view = newest
    this.#learn()
    for (const listener of this.#listeners) listener()
  }

  /** Everybody in a cluster can be asked. Who has left it is asked no more, unless REDIS_URL names them. */
  #learn(): void {
    if (this.#isClosed || this.#address.kind !== 'cluster') return
    const there = [...this.#address.nodes, ...this.primaries, ...this.replicas]
    for (const node of there) this.#knows(node)
    const names = new Set(there.map(nameOfNode))
    for (const [name, witness] of this.#witnesses) {
      if (names.has(name)) continue
      witness.close()
      this.#witnesses.delete(name)
    }
  }

  #knows(node: NodeAddress): void {
    const name = nameOfNode(node)
    if (!this.#witnesses.has(name))
      this.#witnesses.set(name, new Witness(this.#address, node, answerWithinMs))
  }
}

const once = (nodes: readonly NodeAddress[]): NodeAddress[] => [
  ...new Map(nodes.map((node) => [nameOfNode(node), node])).values(),
]
