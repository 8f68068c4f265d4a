// How the archive stands, over all processes: what MySQL and Redis have of it, what each sync process says of itself,
// and asking them to archive now.
import type { Db } from '../../db.ts'
import { ArchiveReader } from '../../log/archive-reader.ts'
import { compareIds, formatStreamId } from '../../log/entry.ts'
import { newCid } from '../../protocol/cid.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { SyncAnswer, SyncNowAnswer, SyncProcess, SyncShard } from '../../protocol/sync.ts'
import type { RedisProvider } from '../../redis/provider.ts'
import { at, type Outcome, type Rpc } from '../../rpc/rpc.ts'
import { archiveOf, holderOf } from './checkpoint.ts'
import { readEpochs } from './epochs.ts'
import { functions, type NowAnswer, type NowQuestion } from './sync-calls.ts'

export interface OverviewDeps {
  db: Db
  redis: RedisProvider
  shards: number
  rpc: Rpc
}

/** A sync process that does not say how it is within this time is shown as silent. */
const statusWithinMs = 2_000

export class ArchiveOverview {
  readonly #deps: OverviewDeps
  readonly #readers: ArchiveReader[]

  constructor(deps: OverviewDeps) {
    this.#deps = deps
    this.#readers = Array.from(
      { length: deps.shards },
      (_, shard) => new ArchiveReader(deps.redis.shard(shard).asker, shard),
    )
  }

  /** @throws what a store says that is away */
  async look(): Promise<SyncAnswer> {
    const { rpc } = this.#deps
    const [names, ...shards] = await Promise.all([
      rpc.workers(functions.status),
      ...this.#readers.map((reader, shard) => this.#shard(reader, shard)),
    ])
    const processes = await Promise.all(names.map((name) => this.#process(name)))
    return { at: Date.now(), shards, processes }
  }

  /**
   * Everything that is in the log when this is asked is in MySQL when it is answered. All sync processes are asked, for
   * any of them may hold a shard; the checkpoints say whether it was done.
   */
  async archiveNow(withinMs: number): Promise<SyncNowAnswer | Refusal> {
    const { rpc } = this.#deps
    const began = Date.now()
    const names = await rpc.workers(functions.now)
    if (names.length === 0) return { code: 'no_sync' }
    const targets = await Promise.all(this.#readers.map((reader) => reader.newest()))
    const question: NowQuestion = { upTo: targets.map(formatStreamId) }
    const outcomes = (await Promise.all(
      names.map((name) => rpc.request(newCid(), at(functions.now, name), question, { timeoutMs: withinMs })),
    )) as Outcome<NowAnswer>[]
    const archive = archiveOf(this.#deps.db, this.#deps.shards)
    const reached = await Promise.all(targets.map((_, shard) => archive.checkpoint(shard)))
    const isArchived = targets.every((target, shard) => {
      const id = reached[shard]?.id ?? { ms: 0, n: 0 }
      return compareIds(id, target) >= 0
    })
    const rows = outcomes.reduce((sum, outcome) => sum + ('data' in outcome ? outcome.data.rows : 0), 0)
    if (isArchived) return { rows, tookMs: Date.now() - began }
    const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []))
    const store = failed.find(({ code }) => code === 'store')
    if (store !== undefined) return { code: 'sync_failed', detail: store.message, retryAfterMs: 5_000 }
    return {
      code: failed.some(({ code }) => code === 'no_worker') ? 'no_sync' : 'sync_late',
      retryAfterMs: 2_000,
    }
  }

  async #process(name: string): Promise<SyncProcess | { name: string; silent: true }> {
    const { rpc } = this.#deps
    const asked = rpc.request(newCid(), at(functions.status, name), null, { timeoutMs: statusWithinMs })
    const outcome = (await asked) as Outcome<SyncProcess>
    return 'data' in outcome ? outcome.data : { name, silent: true }
  }

  async #shard(reader: ArchiveReader, shard: number): Promise<SyncShard> {
    const { db, shards } = this.#deps
    const [checkpoint, held, epochs] = await Promise.all([
      archiveOf(db, shards).checkpoint(shard),
      holderOf(db, shard),
      readEpochs(db, shard),
    ])
    const id = checkpoint?.id ?? { ms: 0, n: 0 }
    const [backlog, next, dead] = await Promise.all([reader.backlog(), reader.after(id), reader.dead()])
    return {
      shard,
      ...held,
      dead,
      epochs,
      entries: backlog.length,
      unarchived: next === undefined ? 0 : backlog.pending + (backlog.lag ?? backlog.length),
      archivedAt: id.ms === 0 ? null : id.ms,
      waitingSince: next?.ms ?? null,
    }
  }
}
