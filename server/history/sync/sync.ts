// Carries one shard of the log into MySQL: own pending first, then what is new, until there is no more. Twice changes
// nothing; a sync that was replaced writes nothing; an entry that MySQL refuses by its content is set aside.
import type { Db } from '../../db.ts'
import { ArchiveReader } from '../../log/archive-reader.ts'
import { compareIds, parseStreamId, type StreamId } from '../../log/entry.ts'
import { openEpoch, type Archive } from '../../log/epoch.ts'
import type { RawEntry } from '../../log/follow.ts'
import { limits } from '../../protocol/limits.ts'
import type { Redis } from '../../redis/client.ts'
import { FencedOut, Lease } from './checkpoint.ts'
import { highestPersonIn } from './epochs.ts'
import { writeArchivable } from './archive.ts'
import { batchesOf, batchOf, emptied, type Batch } from './batch.ts'
import { isContentError } from './mysql-errors.ts'

export interface SyncDeps {
  db: Db
  redis: Redis
  /** RedisProvider.common; undefined where it is the Redis that has the shard. */
  common?: Redis
  shard: number
  archive: Archive
  /** Who holds the lease: a name of this process that no other has. */
  holder: string
  /** Called after each commit with the new checkpoint. */
  onArchived: (shard: number, checkpoint: StreamId) => void
  onProgress?: (progress: { done: number; left: number | undefined }) => void
  onError: (error: unknown, where: string) => void
}

/** `archived`: all there was is in MySQL. `waiting`: another sync holds the shard. */
export type SyncOutcome = 'archived' | 'waiting'

/** Between two trims: often enough that the stream stays small, rarely enough to cost nothing. */
const trimEveryMs = 5_000
const renewEveryMs = 3_000

/** Entries that were read at once. */
interface Page {
  /** The id of its last entry; undefined: there are no more. */
  last: string | undefined
  batches: AsyncIterable<Batch>
}

export class Sync {
  readonly counts = { rows: 0, dead: 0, runs: 0, failures: 0 }
  readonly #options: SyncDeps
  readonly #reader: ArchiveReader
  #lease: Lease | undefined
  #epoch = ''
  /** What this sync last wrote; a checkpoint below it is one that MySQL has lost. */
  #reached: StreamId = { ms: 0, n: 0 }
  #isAstray = false
  /** By the process's own timer: a clock that steps back must keep neither from happening. */
  #trimmedAt = -Infinity
  #renewedAt = -Infinity
  #highestPerson = 0
  /** What Redis is being told of the last commit, while the next batch is written. */
  #telling: Promise<void> = Promise.resolve()

  constructor(options: SyncDeps) {
    this.#options = options
    this.#reader = new ArchiveReader(options.redis, options.shard)
  }

  get shard(): number {
    return this.#options.shard
  }

  /** True while it may write to the archive, as far as it knows. */
  get holds(): boolean {
    return this.#lease !== undefined
  }

  /** One run. Throws what a store said when it could not go on; the next run goes on from the checkpoint. */
  async run(): Promise<SyncOutcome> {
    this.counts.runs += 1
    try {
      if (!(await this.#hold())) return 'waiting'
      // What the last run could not tell; those of its entries that are not acknowledged are pending, and are met again.
      this.#telling = this.#telling.catch(() => this.#tell(this.#reached, [], []))
      await this.#telling
      let done = 0
      for await (const batch of this.#batches()) {
        await this.#archive(batch)
        done += batch.raws.length
        const { lag } = this.#options.onProgress === undefined ? { lag: 0 } : await this.#reader.backlog()
        this.#options.onProgress?.({ done, left: lag })
      }
      await this.#telling
      await this.#housekeeping()
      return 'archived'
    } catch (error) {
      if (error instanceof FencedOut) {
        this.#lease = undefined
        return 'waiting'
      }
      this.counts.failures += 1
      if ((error as Error).message.startsWith('NOGROUP')) this.#isAstray = true
      throw error
    }
  }

  /** Gives the shard to whoever asks next. */
  async close(): Promise<void> {
    await this.#lease?.release(this.#options.db)
    this.#lease = undefined
  }

  /** Holds the lease of a sound log. A new epoch or a new lease starts from the checkpoint again. */
  async #hold(): Promise<boolean> {
    const { db, redis, common, shard, archive, holder } = this.#options
    const epoch = await openEpoch(redis, shard, archive, { common })
    const isSame = this.#lease !== undefined && epoch === this.#epoch && !this.#isAstray
    this.#lease ??= await Lease.take(db, shard, holder)
    if (this.#lease === undefined) return false
    if (performance.now() - this.#renewedAt > renewEveryMs) {
      if (!(await this.#lease.renew(db))) throw new FencedOut('the lease ran out and was taken')
      this.#renewedAt = performance.now()
    }
    this.#epoch = epoch
    if (isSame) return true
    this.#reached = (await archive.checkpoint(shard))?.id ?? { ms: 0, n: 0 }
    await this.#reader.open(this.#reached)
    this.#highestPerson = await this.#reader.highestPerson()
    await this.#keepHighestPerson(await highestPersonIn(db))
    this.#isAstray = false
    return true
  }

  /** Phase 1: what was read and not acknowledged. Phase 2: what is new. */
  async *#batches(): AsyncGenerator<Batch> {
    const { rows } = limits.sync
    yield* this.#pages((last) => this.#reader.pending(last, rows))
    yield* this.#pages(() => this.#reader.fresh(rows))
  }

  /** The next page is read, and its first batch made, while MySQL writes one. */
  async *#pages(read: (last: string) => Promise<RawEntry[]>): AsyncGenerator<Batch> {
    let page = await toPage(await read('0-0'))
    while (page.last !== undefined) {
      const next = read(page.last).then(toPage)
      next.catch(() => undefined)
      yield* page.batches
      page = await next
    }
  }

  async #archive(batch: Batch): Promise<void> {
    await this.#setAside(batch)
    await this.#keepHighestPerson(batch.highestPerson)
    const forgotten = await this.#write(batch)
    const ids = batch.raws.map(({ id }) => id)
    await this.#telling
    this.#telling = this.#tell(this.#reached, forgotten, ids)
    this.#telling.catch(() => undefined)
  }

  /** Before the commit: what is archived may be trimmed, and then the log tells of nobody in it. */
  async #keepHighestPerson(id: number): Promise<void> {
    if (id <= this.#highestPerson) return
    await this.#reader.keepHighestPerson(id)
    this.#highestPerson = id
  }

  /** Tells Redis, and then everybody, what is archived. A run ends when this has. */
  async #tell(checkpoint: StreamId, forgotten: readonly StreamId[], ids: readonly string[]): Promise<void> {
    const { shard, onArchived } = this.#options
    const announced = this.#reader.announce(checkpoint)
    announced.catch(() => undefined)
    // Before the acknowledgement: a sync that dies in between meets the deletion again.
    if (forgotten.length > 0) await this.#reader.forget(forgotten)
    const acked = this.#reader.ack(ids)
    acked.catch(() => undefined)
    await announced
    onArchived(shard, checkpoint)
    await acked
  }

  /** Sets aside what is no entry of ours, and what was trimmed away while it was pending: that one is an alarm. */
  async #setAside({ gone, bad }: Batch): Promise<void> {
    for (const raw of gone)
      // What is archived may be gone from the log: its words were deleted.
      if (compareIds(parseStreamId(raw.id), this.#reached) > 0)
        await this.#bury(raw, `entry ${raw.id} was trimmed away before it was archived`)
    for (const [raw, reason] of bad) await this.#bury(raw, reason)
  }

  /**
   * Writes entries and checkpoint in one transaction; halves a batch that MySQL refuses by its content until one is left.
   * Answers what the log must forget.
   */
  async #write(batch: Batch): Promise<StreamId[]> {
    try {
      return await this.#commit(batch)
    } catch (error) {
      const { raws } = batch
      const [first] = raws
      if (!isContentError(error) || first === undefined) throw error
      if (raws.length === 1) {
        await this.#bury(first, (error as Error).message)
        return this.#commit(emptied(batch))
      }
      const half = Math.ceil(raws.length / 2)
      const older = await this.#write(await batchOf(raws.slice(0, half)))
      return [...older, ...(await this.#write(await batchOf(raws.slice(half))))]
    }
  }

  async #commit({ raws, archivable }: Batch): Promise<StreamId[]> {
    const { db } = this.#options
    const lease = this.#lease
    const last = raws.at(-1)
    if (lease === undefined || last === undefined) return []
    const { checkpoint, forgotten } = await db.transaction(async (tx) => {
      const before = await lease.guard(tx, this.#epoch)
      this.#isAstray = compareIds(before, this.#reached) < 0
      if (this.#isAstray)
        throw new Error('MySQL has lost what was archived last; it is read again from the checkpoint')
      const deleted = await writeArchivable(tx, archivable)
      const reached = parseStreamId(last.id)
      const after = compareIds(reached, before) > 0 ? reached : before
      await lease.move(tx, after)
      return { checkpoint: after, forgotten: deleted }
      // What it writes is read once: the next run reads it again.
    }, 1)
    this.#renewedAt = performance.now()
    this.#reached = checkpoint
    this.counts.rows += archivable.entries
    return forgotten
  }

  async #bury({ id, fields }: RawEntry, reason: string): Promise<void> {
    this.counts.dead += 1
    this.#options.onError(new Error(reason), 'an entry was set aside')
    await this.#reader.bury(id, fields, reason)
  }

  async #housekeeping(): Promise<void> {
    if (performance.now() - this.#trimmedAt < trimEveryMs) return
    this.#trimmedAt = performance.now()
    const { shard, archive } = this.#options
    const checkpoint = (await archive.checkpoint(shard))?.id
    if (checkpoint !== undefined) {
      const now = await this.#reader.now()
      await this.#reader.trim(checkpoint, now)
      // By the clock that is behind, for MySQL is asked for what was forgotten too early: Redis's, ours, and ours as it was when
      // this process started.
      const started = performance.timeOrigin + performance.now()
      await this.#reader.forgetCids(checkpoint, Math.min(now, Date.now(), started))
    }
    await this.#reader.report({ ...this.counts, at: Date.now() })
  }
}

/** Its first batch is made at once. */
async function toPage(raws: readonly RawEntry[]): Promise<Page> {
  const batches = batchesOf(raws)
  const first = await batches.next()
  return { last: raws.at(-1)?.id, batches: first.done === true ? batches : chain(first.value, batches) }
}

async function* chain(first: Batch, others: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  yield first
  yield* others
}
