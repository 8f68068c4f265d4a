// What could not be imported and why: everything in a file, the first lines and the totals on screen.
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { NotTaken } from './source.ts'

/** Lines on screen: more would scroll the totals away. */
const shown = 20
/** Kinds of reasons that are counted separately. */
const kinds = 200

export class Report {
  readonly path: string
  readonly #first: NotTaken[] = []
  readonly #sums = new Map<string, { count: number; expected: boolean }>()
  #file: WriteStream | undefined
  #losses = 0

  /** The file is created with the first line and replaces an older one. */
  constructor(path: string) {
    this.path = path
  }

  /** The number of items that should have been imported but were not. */
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

  /** Writes the last lines, and returns the lines to show. */
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
      'Not imported:',
      ...sums.map(([why, { count }]) => `  ${count} x ${why}`),
      ...(this.#first.length === 0 ? [] : ['Where:']),
      ...this.#first.map(({ place, why }) => `  ${place}: ${why}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
      `Full list: ${this.path}`,
    ]
  }
}
