// What is done once for each entry: a reader for each shard of the log, of which one process at a time holds the lease.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Core } from '../core.ts'
import type { Entry } from '../log/entry.ts'
import { beginCursor, type CursorTable } from './leased-cursor.ts'

export interface ShardReader {
  /** True while this process reads the shard, as far as it knows. */
  readonly holds: boolean
  /** There is something new, perhaps. */
  soon(): void
  close(): Promise<void>
}

/** A name of this process that no other has. */
export const newHolder = (): string => `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`

export class ShardReaders {
  readonly #core: Pick<Core, 'db' | 'log'>
  readonly #cursors: CursorTable
  readonly #readers: readonly ShardReader[]

  constructor(core: Pick<Core, 'db' | 'log'>, cursors: CursorTable, readers: readonly ShardReader[]) {
    this.#core = core
    this.#cursors = cursors
    this.#readers = readers
  }

  /** This process reads at least one shard, as far as it knows. */
  get holds(): boolean {
    return this.#readers.some(({ holds }) => holds)
  }

  /** Called once the log is open, and before anybody is served. */
  async open(): Promise<void> {
    const { db, log } = this.#core
    for (const [shard, reader] of this.#readers.entries()) {
      const tail = log.shardTail(shard)
      if (tail === undefined) throw new Error('the log is not open')
      await beginCursor(db, this.#cursors, shard, tail.position)
      reader.soon()
    }
  }

  /** Wakes those that this process holds; the others look once a second whether they may. */
  hear(entries: readonly Entry[]): void {
    const shards = new Set(entries.map(({ room }) => this.#core.log.shardOf(room)))
    for (const shard of shards) {
      const reader = this.#readers[shard]
      if (reader?.holds === true) reader.soon()
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()))
  }
}
