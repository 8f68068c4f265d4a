// One room's part of a search: the candidates, newest first. Above the index these are all numbers; below it those that
// the index returns, block by block.
import type { SpokenMessage } from '../protocol/http.ts'
import { blockOf, blockSize, firstOf, unpack, type Block, type Postings } from './postings.ts'
import type { Question } from './match.ts'
import type { Span } from './tokens.ts'

export interface Found {
  room: string
  message: SpokenMessage
  ranges: [number, number][]
}

export class RoomScan {
  readonly room: string
  /** Hits in the order they were found, newest first. */
  readonly found: Found[] = []
  /** Every number from here on has been examined. */
  reached: number
  /** No remaining message is newer than this. */
  bound = Infinity
  readonly #start: number
  readonly #question: Question
  readonly #indexed: number
  #blocks: Block[]
  /** Numbers to examine, newest first, and the first number of their range. */
  #waiting: number[] = []
  #stretch: number

  /** `below`: only numbers below this one. `blocks`: newest first. */
  constructor(room: string, below: number, blocks: readonly Block[], question: Question) {
    this.room = room
    this.reached = below
    this.#start = below
    this.#stretch = below
    this.#question = question
    this.#indexed = blocks[0]?.upto ?? 0
    this.#blocks = blocks.filter(({ block, from, to }) => {
      const { since, until } = question
      return firstOf(block) < below && to >= (since ?? 0) && (until === undefined || from < until)
    })
    this.#settle()
  }

  get hasMoved(): boolean {
    return this.reached < this.#start
  }

  get isOver(): boolean {
    return this.bound === -Infinity
  }

  /** The blocks to read next; none while there are numbers to examine. */
  wants(max: number): Block[] {
    return this.#waiting.length > 0 || this.#isFresh ? [] : this.#blocks.slice(0, max)
  }

  /** The index's rows for the requested blocks; undefined: it cannot narrow them. */
  give(blocks: readonly Block[], postings: (block: Block) => Postings | undefined): void {
    const below = this.reached
    for (const block of blocks) {
      this.#waiting.push(...candidates(postings(block), this.#question, block).filter((seq) => seq < below))
      this.#stretch = firstOf(block.block)
    }
    this.#blocks = this.#blocks.slice(blocks.length)
    this.#settle()
  }

  /** The next numbers to examine. */
  next(max: number): number[] {
    if (this.#waiting.length > 0) return this.#waiting.slice(0, max)
    if (!this.#isFresh) return []
    const first = Math.max(this.#indexed + 1, this.reached - max)
    return Array.from({ length: this.reached - first }, (_, i) => this.reached - 1 - i)
  }

  /** They were examined; `oldest`: the time of the oldest of them, if any. */
  looked(seqs: readonly number[], oldest: number | undefined): void {
    const last = seqs.at(-1)
    if (last === undefined) return
    if (oldest !== undefined) this.bound = Math.min(this.bound, oldest)
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.slice(seqs.length)
    else this.#stretch = last
    this.reached = last
    this.#settle()
  }

  get #isFresh(): boolean {
    return this.reached > this.#indexed + 1
  }

  #settle(): void {
    if (this.#waiting.length > 0 || this.#isFresh) return
    this.reached = Math.min(this.reached, this.#stretch)
    const next = this.#blocks[0]
    this.bound = next === undefined ? -Infinity : Math.min(this.bound, next.to)
  }
}

/** The candidates of a block, newest first. */
function candidates(postings: Postings | undefined, { needs }: Question, { block, upto }: Block): number[] {
  const first = firstOf(block)
  if (postings === undefined) {
    const last = Math.min(upto, first + blockSize - 1)
    return Array.from({ length: last - first + 1 }, (_, i) => last - i).filter(
      (seq) => blockOf(seq) === block,
    )
  }
  let left: Set<number> | undefined
  for (const need of needs) {
    const either = new Set<number>()
    for (const all of need)
      for (const offset of together(all.map((span) => offsetsIn(postings, span)))) either.add(offset)
    const before = left
    left = before === undefined ? either : new Set([...before].filter((offset) => either.has(offset)))
    if (left.size === 0) return []
  }
  return [...(left ?? [])].sort((a, b) => b - a).map((offset) => first + offset)
}

/** The offsets of all tokens of a span, each once. */
function offsetsIn(postings: Postings, { from, to }: Span): ReadonlySet<number> {
  if (from === to) return new Set(unpack(postings.get(from) ?? Buffer.alloc(0)))
  const offsets = new Set<number>()
  for (const [token, bytes] of postings)
    if (token >= from && token <= to) for (const offset of unpack(bytes)) offsets.add(offset)
  return offsets
}

function together(sets: ReadonlySet<number>[]): number[] {
  const [smallest = new Set<number>(), ...others] = sets.toSorted((a, b) => a.size - b.size)
  return [...smallest].filter((offset) => others.every((set) => set.has(offset)))
}
