// Makes the cards of one shard of the log, in the process that holds its lease. Phases of a pass: 1. the lease; 2. the log up to its
// end becomes tasks, which are written with the cursor; 3. the lease is renewed; 4. tasks that are due begin. A page takes seconds, and
// no pass waits for one.
import type { Db } from '../../db.ts'
import type { StreamId } from '../../log/entry.ts'
import type { Log } from '../../log/log.ts'
import { archivedAfter, type FromArchiveDeps } from '../../log-reader/from-archive.ts'
import { FencedOut, LeasedCursor } from '../../log-reader/leased-cursor.ts'
import type { ShardReader } from '../../log-reader/shard-readers.ts'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'
import { Repeated } from '../../repeated.ts'
import { lookAtMessage, NotTaken, type LookDeps } from './look-at-message.ts'
import { dueTasks, endTask, keyOf, putOff, writeTasks, type Task } from './tasks.ts'
import { tasksOf } from './which-messages.ts'

export interface ShardCardsDeps extends FromArchiveDeps, LookDeps {
  db: Db
  log: Pick<Log, 'tail' | 'shardTail' | 'append'>
  shard: number
  holder: string
  onError: (error: unknown, where: string) => void
}

const { batch, renewMs, restMs, leaseSeconds, placeMs, atOnce, retryMs } = linkCardLimits
export const linkCardCursors = { table: 'link_card_cursors', leaseSeconds } as const

export class ShardCards implements ShardReader {
  readonly #deps: ShardCardsDeps
  readonly #passes: Repeated
  /** By the messages they are about. */
  readonly #running = new Map<string, Promise<void>>()
  /** Ends what is asked when another process has taken over. */
  #abort = new AbortController()
  #cursor: LeasedCursor | undefined
  /** Everything up to here has become tasks; the cursor may be behind where there were none. */
  #reached: StreamId = { ms: 0, n: 0 }
  #writtenAt = 0
  /** For tasks that are due; 0: at once. */
  #lookedAt = 0

  constructor(deps: ShardCardsDeps) {
    this.#deps = deps
    const onError = (error: unknown): void => deps.onError(error, 'looking for links')
    this.#passes = new Repeated({ everyMs: renewMs, restMs, run: () => this.#pass(), onError })
  }

  get holds(): boolean {
    return this.#cursor !== undefined
  }

  soon(): void {
    this.#passes.soon()
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#passes.close()
    await Promise.all(this.#running.values())
    await this.#cursor?.release(this.#deps.db).catch(() => undefined)
    this.#cursor = undefined
  }

  async #pass(): Promise<void> {
    const { db, shard, holder, log } = this.#deps
    if (log.shardTail(shard) === undefined) return
    try {
      if (this.#cursor === undefined) {
        this.#cursor = await LeasedCursor.take(db, { ...linkCardCursors, shard, holder })
        if (this.#cursor === undefined) return
        this.#reached = this.#cursor.at
      }
      while (await this.#next(this.#cursor));
      if (performance.now() - this.#writtenAt >= renewMs / 2) await this.#renew(this.#cursor)
      await this.#begin()
    } catch (error) {
      const cursor = this.#cursor
      this.#cursor = undefined
      this.#abort.abort()
      this.#abort = new AbortController()
      if (error instanceof FencedOut) return
      await cursor?.release(db).catch(() => undefined)
      throw error
    }
  }

  /** False: there is nothing more for now. */
  async #next(cursor: LeasedCursor): Promise<boolean> {
    const { shard, log } = this.#deps
    const entries = log.shardTail(shard)?.after(this.#reached, batch) ?? []
    if ('inMysqlTo' in entries) {
      await this.#catchUp(cursor, entries.inMysqlTo)
      return true
    }
    const last = entries.at(-1)
    if (last === undefined) return false
    const tasks = tasksOf(log, entries)
    if (tasks.length > 0) await this.#write(cursor, tasks, last.id)
    this.#reached = last.id
    return entries.length === batch
  }

  async #catchUp(cursor: LeasedCursor, to: StreamId): Promise<void> {
    const { shard, log } = this.#deps
    for await (const entries of archivedAfter(this.#deps, { shard, after: this.#reached, page: batch })) {
      const tasks = tasksOf(log, entries)
      if (tasks.length > 0) await this.#write(cursor, tasks, cursor.at)
    }
    await this.#write(cursor, [], to)
    this.#reached = to
  }

  /** Also how far the log was read, now and then: reading it again changes nothing. */
  async #renew(cursor: LeasedCursor): Promise<void> {
    if (this.#reached.ms > cursor.at.ms + placeMs) return this.#write(cursor, [], this.#reached)
    await cursor.renew(this.#deps.db)
    this.#writtenAt = performance.now()
  }

  async #write(cursor: LeasedCursor, tasks: readonly Task[], to: StreamId): Promise<void> {
    const { db, shard } = this.#deps
    await db.transaction(async (tx) => {
      await cursor.guard(tx)
      await writeTasks(tx, shard, tasks)
      await cursor.move(tx, to)
    })
    cursor.at = to
    this.#writtenAt = performance.now()
    if (tasks.length > 0) this.#lookedAt = 0
  }

  async #begin(): Promise<void> {
    const free = atOnce - this.#running.size
    const isSoon = this.#lookedAt > 0 && performance.now() - this.#lookedAt < renewMs / 2
    if (free <= 0 || isSoon) return
    const { db, shard } = this.#deps
    this.#lookedAt = performance.now()
    const due = await dueTasks(db, shard, new Set(this.#running.keys()))
    for (const task of due.slice(0, free)) {
      const key = keyOf(task)
      const running = this.#run(task, this.#abort.signal).finally(() => {
        this.#running.delete(key)
        this.#lookedAt = 0
        if (this.holds) this.soon()
      })
      this.#running.set(key, running)
    }
  }

  /** Never rejects. */
  async #run(task: Task, signal: AbortSignal): Promise<void> {
    const { db, onError } = this.#deps
    try {
      const later = await lookAtMessage(this.#deps, task, signal)
      if (later === undefined) await endTask(db, task)
      else await putOff(db, task, { afterMs: later.againMs, isFailed: false })
    } catch (error) {
      // Whoever has taken over does it.
      if (signal.aborted) return
      if (!(error instanceof NotTaken)) onError(error, 'making the cards of a message')
      await putOff(db, task, { afterMs: retryMs, isFailed: true }).catch((failed: unknown) =>
        onError(failed, 'putting off the cards of a message'),
      )
    }
  }
}
