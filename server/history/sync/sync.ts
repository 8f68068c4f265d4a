// Carries one shard of the log into MySQL: own pending first, then what is new, until there is no more. Twice changes
// nothing; a sync that was replaced writes nothing; an entry that MySQL refuses by its content is set aside.
import type { Db } from '../../db.ts'
import { ArchiveReader } from '../../log/archive-reader.ts'
import {
  BadEntry,
  compareIds,
  decodeEntry,
  parseStreamId,
  type Entry,
  type StreamId,
} from '../../log/entry.ts'
import { openEpoch, type Archive } from '../../log/epoch.ts'
import type { RawEntry } from '../../log/follow.ts'
import { limits } from '../../protocol/limits.ts'
import type { Redis } from '../../redis.ts'
import { FencedOut, Lease } from './checkpoint.ts'
import { writeEntries } from './archive.ts'
import { isContentError } from './mysql-errors.ts'

export interface SyncOptions {
  db: Db
  redis: Redis
  shard: number
  archive: Archive
  /** Who holds the lease: a name of this process that no other has. */
  holder: string
  /** Called after each commit with the new checkpoint. */
  onArchived: (shard: number, checkpoint: StreamId) => void
  onProgress?: (progress: { done: number; left: number | undefined }) => void
  onTrouble: (error: unknown, where: string) => void
}

/** `archived`: all there was is in MySQL. `waiting`: another sync holds the shard. */
export type SyncOutcome = 'archived' | 'waiting'

/** Between two trims: often enough that the stream stays small, rarely enough to cost nothing. */
const trimEveryMs = 5_000
const renewEveryMs = 3_000

/** An entry of a batch, raw and understood, or the reason why it cannot be; neither: nothing of it is kept in a table. */
interface Pending {
  raw: RawEntry
  entry: Entry | undefined
  bad?: string
}

export class Sync {
  readonly counts = { rows: 0, dead: 0, runs: 0, failures: 0 }
  readonly #options: SyncOptions
  readonly #reader: ArchiveReader
  #lease: Lease | undefined
  #epoch = ''
  /** What this sync last wrote; a checkpoint below it is one that MySQL has lost. */
  #reached: StreamId = { ms: 0, n: 0 }
  #isAstray = false
  #trimmedAt = 0
  #renewedAt = 0
  /** What Redis is being told of the last commit, while the next batch is written. */
  #telling: Promise<void> = Promise.resolve()

  constructor(options: SyncOptions) {
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
        done += batch.length
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
    const { db, redis, shard, archive, holder } = this.#options
    const epoch = await openEpoch(redis, shard, archive)
    const isSame = this.#lease !== undefined && epoch === this.#epoch && !this.#isAstray
    this.#lease ??= await Lease.take(db, shard, holder)
    if (this.#lease === undefined) return false
    if (Date.now() - this.#renewedAt > renewEveryMs) {
      if (!(await this.#lease.renew(db))) throw new FencedOut('the lease ran out and was taken')
      this.#renewedAt = Date.now()
    }
    this.#epoch = epoch
    if (isSame) return true
    this.#reached = (await archive.checkpoint(shard))?.id ?? { ms: 0, n: 0 }
    await this.#reader.open(this.#reached)
    this.#isAstray = false
    return true
  }

  /**
   * Phase 1: what was read and not acknowledged. Phase 2: what is new. The next batch is read and understood while MySQL
   * writes one.
   */
  async *#batches(): AsyncGenerator<Pending[]> {
    const { rows } = limits.sync
    let pending = await this.#reader.pending('0-0', rows)
    while (pending.length > 0) {
      const next = this.#reader.pending(pending.at(-1)?.[0] ?? '0-0', rows)
      next.catch(() => undefined)
      yield pending.map(understand)
      pending = await next
    }
    const read = async (): Promise<Pending[]> => (await this.#reader.fresh(rows)).map(understand)
    let fresh = await read()
    while (fresh.length > 0) {
      const next = read()
      next.catch(() => undefined)
      yield fresh
      fresh = await next
    }
  }

  async #archive(batch: readonly Pending[]): Promise<void> {
    for (const part of byBytes(batch)) {
      const forgotten = await this.#write(await this.#setAside(part))
      const ids = part.map(({ raw: [id] }) => id)
      await this.#telling
      this.#telling = this.#tell(this.#reached, forgotten, ids)
      this.#telling.catch(() => undefined)
    }
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
  async #setAside(batch: readonly Pending[]): Promise<readonly Pending[]> {
    for (const { raw, bad } of batch) {
      const [id, fields] = raw
      // What is archived may be gone from the log: its words were deleted.
      const isLost = fields === null && compareIds(parseStreamId(id), this.#reached) > 0
      const reason = isLost ? `entry ${id} was trimmed away before it was archived` : bad
      if (reason !== undefined) await this.#bury(raw, reason)
    }
    return batch
  }

  /**
   * Writes entries and checkpoint in one transaction; halves a batch that MySQL refuses by its content until one is left.
   * Answers what the log must forget.
   */
  async #write(pending: readonly Pending[]): Promise<StreamId[]> {
    try {
      return await this.#commit(pending)
    } catch (error) {
      const [first] = pending
      if (!isContentError(error) || first === undefined) throw error
      if (pending.length === 1) {
        await this.#bury(first.raw, (error as Error).message)
        return this.#commit([{ raw: first.raw, entry: undefined }])
      }
      const half = Math.ceil(pending.length / 2)
      const older = await this.#write(pending.slice(0, half))
      return [...older, ...(await this.#write(pending.slice(half)))]
    }
  }

  async #commit(pending: readonly Pending[]): Promise<StreamId[]> {
    const { db } = this.#options
    const lease = this.#lease
    const last = pending.at(-1)
    if (lease === undefined || last === undefined) return []
    const entries = pending.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
    const { checkpoint, forgotten } = await db.transaction(async (tx) => {
      const before = await lease.guard(tx, this.#epoch)
      this.#isAstray = compareIds(before, this.#reached) < 0
      if (this.#isAstray)
        throw new Error('MySQL has lost what was archived last; it is read again from the checkpoint')
      const deleted = await writeEntries(tx, entries)
      const reached = parseStreamId(last.raw[0])
      const after = compareIds(reached, before) > 0 ? reached : before
      await lease.move(tx, after)
      return { checkpoint: after, forgotten: deleted }
    })
    this.#renewedAt = Date.now()
    this.#reached = checkpoint
    this.counts.rows += entries.length
    return forgotten
  }

  async #bury([id, fields]: RawEntry, reason: string): Promise<void> {
    this.counts.dead += 1
    this.#options.onTrouble(new Error(reason), 'an entry was set aside')
    await this.#reader.bury(id, fields, reason)
  }

  async #housekeeping(): Promise<void> {
    const now = Date.now()
    if (now - this.#trimmedAt < trimEveryMs) return
    this.#trimmedAt = now
    const { shard, archive } = this.#options
    const checkpoint = (await archive.checkpoint(shard))?.id
    if (checkpoint !== undefined) await this.#reader.trim(checkpoint, now)
    await this.#reader.report({ ...this.counts, at: now })
  }
}

function understand(raw: RawEntry): Pending {
  const [id, fields] = raw
  if (fields === null) return { raw, entry: undefined }
  try {
    return { raw, entry: decodeEntry(id, fields) }
  } catch (error) {
    if (!(error instanceof BadEntry)) throw error
    return { raw, entry: undefined, bad: error.message }
  }
}

/** Parts of a batch that stay below one transaction's bytes; an entry larger than that is a part of its own. */
function byBytes(batch: readonly Pending[]): Pending[][] {
  const parts: Pending[][] = []
  let part: Pending[] = []
  let bytes = 0
  for (const pending of batch) {
    let size = 64
    for (const field of pending.raw[1] ?? []) size += 3 * field.length
    if (part.length > 0 && bytes + size > limits.sync.bytes) {
      parts.push(part)
      part = []
      bytes = 0
    }
    part.push(pending)
    bytes += size
  }
  if (part.length > 0) parts.push(part)
  return parts
}
