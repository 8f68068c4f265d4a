// What could not be taken and why: all of it in a file, the first of it and the sums for the screen.
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { NotTaken } from './source.ts'

/** Lines for the screen: more would push the sums off it. */
const shown = 20
/** Kinds of reasons that are summed one by one. */
const kinds = 200

export class Report {
  readonly path: string
  readonly #first: NotTaken[] = []
  readonly #sums = new Map<string, { count: number; expected: boolean }>()
  #file: WriteStream | undefined
  #losses = 0

  /** The file is made with the first line; an old one of the same name is replaced. */
  constructor(path: string) {
    this.path = path
  }

  /** What was meant to be taken and was not. */
  get losses(): number {
    return this.#losses
  }

  readonly add = (refused: NotTaken): void => {
    const { place, why, expected } = refused
    const known = this.#sums.get(why)
    const key = known === undefined && this.#sums.size >= kinds ? 'other reasons' : why
    const sum = this.#sums.get(key) ?? { count: 0, expected }
    this.#sums.set(key, { count: sum.count + 1, expected: sum.expected && expected })
    if (!expected) {
      this.#losses += 1
      if (this.#first.length < shown) this.#first.push(refused)
    }
    this.#file ??= createWriteStream(this.path, { mode: 0o600 }).on('error', () => undefined)
    this.#file.write(`${place}: ${why}\n`)
  }

  /** Writes the last lines, and answers what to show. */
  async close(): Promise<string[]> {
    if (this.#file !== undefined) {
      const closed = once(this.#file, 'close').catch(() => undefined)
      this.#file.end()
      await closed
    }
    if (this.#sums.size === 0) return []
    const sums = [...this.#sums].sort(([, a], [, b]) => Number(a.expected) - Number(b.expected))
    const more = this.#losses - this.#first.length
    return [
      'Not taken:',
      ...sums.map(([why, { count }]) => `  ${count} x ${why}`),
      ...(this.#first.length === 0 ? [] : ['Where:']),
      ...this.#first.map(({ place, why }) => `  ${place}: ${why}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      `All of it, line by line: ${this.path}`,
    ]
  }
}
