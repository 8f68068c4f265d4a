// What MySQL has of something small, in this process's memory, so that nobody waits for it and it holds while the stores are away.
// MySQL is asked now and then whether there is news, and at once when the bus says so.
import type { Db } from './db.ts'
import { factOf } from './facts.ts'
import { Repeated } from './repeated.ts'

export interface MemoryCopyDeps {
  db: Db
  /** The fact that counts its changes (facts.ts, `countChange`), so that nothing is read where nothing has changed. */
  fact: string
  everyMs: number
  /** Reads all of it and replaces what was there before. */
  take: (version: string) => Promise<void>
  onError: (error: unknown) => void
}

export class MemoryCopy {
  readonly #deps: MemoryCopyDeps
  #asking: Repeated | undefined
  #version: string | undefined
  #reading: Promise<void> = Promise.resolve()

  constructor(deps: MemoryCopyDeps) {
    this.#deps = deps
  }

  /** Reads what there is, and from then on what changes. @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    const { everyMs, onError } = this.#deps
    this.#asking ??= new Repeated({ everyMs, run: () => this.read(), onError })
  }

  /** There is news, or there may be. */
  soon(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  /** One read after the other: what was read earlier never replaces what was read later. @throws a lost connection */
  read(): Promise<void> {
    const read = this.#reading.then(() => this.#read())
    this.#reading = read.catch(() => undefined)
    return read
  }

  async #read(): Promise<void> {
    const { db, fact, take } = this.#deps
    // Before the rows: a change that comes in between is read again.
    const version = (await factOf(db, fact)) ?? '0'
    if (version === this.#version) return
    await take(version)
    this.#version = version
  }
}
