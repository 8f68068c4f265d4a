// Decides one shard of the log, in the process that holds its lease: what memory has after the cursor, or MySQL below that;
// then what is new, as it comes. Rows and cursor are one transaction. Phases of a pass: 1. the lease; 2. the log up to its end;
// 3. polls whose time is over; 4. the lease is renewed.
import type { Db } from '../db.ts'
import type { StreamId } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { FencedOut, LeasedCursor } from '../log-reader/leased-cursor.ts'
import type { ShardReader } from '../log-reader/shard-readers.ts'
import { archivedAfter, type FromArchiveDeps } from '../log-reader/from-archive.ts'
import { decide, type DecideDeps } from './decide.ts'
import { emptyDecision, writeDecision, type Decision, type Written } from './decision.ts'
import { endedPoll } from './poll-ends.ts'

export interface ShardNotifierDeps extends FromArchiveDeps, DecideDeps {
  db: Db
  log: Pick<Log, 'tail' | 'shardTail'>
  shard: number
  holder: string
  /** After each commit that has told somebody, or taken something away. */
  onWritten: (written: Written) => void
  /** The shard is decided here from now on: what the one before was about to tell may have got lost. */
  onTaken: () => void
  onError: (error: unknown, where: string) => void
  /** So many entries were decided, in so many ms. */
  onDecided?: (entries: number, ms: number) => void
}

const { batch, renewMs, restMs, leaseSeconds } = limits.notify
export const notifyCursors = { table: 'notify_cursors', leaseSeconds } as const
/** Polls of one pass; a second later the next ones. */
const pollsAtOnce = 50

export class ShardNotifier implements ShardReader {
  readonly #deps: ShardNotifierDeps
  readonly #passes: Repeated
  #cursor: LeasedCursor | undefined
  #writtenAt = 0
  /** For polls that are over. */
  #lookedAt = 0

  constructor(deps: ShardNotifierDeps) {
    this.#deps = deps
    const onError = (error: unknown): void => deps.onError(error, 'deciding who is told')
    this.#passes = new Repeated({ everyMs: renewMs, restMs, run: () => this.#pass(), onError })
  }

  get holds(): boolean {
    return this.#cursor !== undefined
  }

  soon(): void {
    this.#passes.soon()
  }

  async close(): Promise<void> {
    await this.#passes.close()
    await this.#cursor?.release(this.#deps.db).catch(() => undefined)
    this.#cursor = undefined
  }

  async #pass(): Promise<void> {
    const { db, shard, holder, log, onTaken } = this.#deps
    if (log.shardTail(shard) === undefined) return
    try {
      if (this.#cursor === undefined) {
        this.#cursor = await LeasedCursor.take(db, { ...notifyCursors, shard, holder })
        if (this.#cursor === undefined) return
        onTaken()
      }
      while (await this.#next(this.#cursor));
      if (performance.now() - this.#lookedAt >= renewMs / 2) await this.#endPolls(this.#cursor)
      if (performance.now() - this.#writtenAt >= renewMs / 2) await this.#cursor.renew(db)
    } catch (error) {
      // Whatever it was: who knows what the cursor is now.
      const cursor = this.#cursor
      this.#cursor = undefined
      if (error instanceof FencedOut) return
      await cursor?.release(db).catch(() => undefined)
      throw error
    }
  }

  /** False: there is nothing more for now. */
  async #next(cursor: LeasedCursor): Promise<boolean> {
    const { shard, log, onDecided } = this.#deps
    const entries = log.shardTail(shard)?.after(cursor.at, batch) ?? []
    if ('inMysqlTo' in entries) {
      await this.#catchUp(cursor, entries.inMysqlTo)
      return true
    }
    const last = entries.at(-1)
    if (last === undefined) return false
    const began = performance.now()
    await this.#write(cursor, await decide(this.#deps, entries), last.id)
    onDecided?.(entries.length, performance.now() - began)
    return entries.length === batch
  }

  /** The cursor moves once all of it is written: whoever is interrupted begins again, and nobody is told twice. */
  async #catchUp(cursor: LeasedCursor, to: StreamId): Promise<void> {
    const { shard } = this.#deps
    for await (const entries of archivedAfter(this.#deps, { shard, after: cursor.at, page: batch }))
      await this.#write(cursor, await decide(this.#deps, entries), cursor.at)
    await this.#write(cursor, emptyDecision(), to)
  }

  async #endPolls(cursor: LeasedCursor): Promise<void> {
    const { db, shard } = this.#deps
    this.#lookedAt = performance.now()
    const due = await db.rows<{ room_id: number | string; seq: number; due_ms: number | string }>(
      'SELECT room_id, seq, due_ms FROM notify_due WHERE shard = ? AND due_ms <= ? ORDER BY due_ms LIMIT ?',
      [shard, Date.now(), pollsAtOnce],
    )
    for (const { room_id, seq, due_ms } of due) {
      const poll = { room: String(room_id), seq: Number(seq) }
      const told = await endedPoll(this.#deps, { ...poll, at: Number(due_ms) })
      await this.#write(cursor, { told, taken: [], ends: [{ ...poll, at: undefined }] }, cursor.at)
    }
  }

  async #write(cursor: LeasedCursor, decision: Decision, to: StreamId): Promise<void> {
    const { db, shard, onWritten } = this.#deps
    const written = await db.transaction(async (tx) => {
      await cursor.guard(tx)
      const isEmpty = decision.told.length + decision.taken.length + decision.ends.length === 0
      // Invariant: rows of all shards become visible in the order of their ids, because one after the other is written.
      if (!isEmpty) await tx.rows('SELECT one FROM notify_head WHERE one = 1 FOR UPDATE')
      const done = isEmpty ? undefined : await writeDecision(tx, decision, { shard, now: Date.now() })
      await cursor.move(tx, to)
      return done
    })
    cursor.at = to
    this.#writtenAt = performance.now()
    if (written !== undefined && written.told.length + written.gone.length + written.changed.length > 0)
      onWritten(written)
  }
}
