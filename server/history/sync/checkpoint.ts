// How far the archive reaches, and who may write to it. The truth of sync, and what the log is checked against.
import type { Db, Queryable } from '../../db.ts'
import { type StreamId } from '../../log/entry.ts'
import type { Archive } from '../../log/epoch.ts'
import { shardOf } from '../../log/shard.ts'
import { installationId } from '../../installation.ts'
import { leaseEnd, shardCursors, takeLease } from '../../lease-row.ts'
import { alone, type HeldLock } from '../../lock-row.ts'
import { headsOf } from './heads.ts'
import { describeEpoch, keepEpoch, noteLosses, raiseIds } from './epochs.ts'
import { cidsSince, findCid } from '../sql/messages.ts'

interface CheckpointRow {
  epoch: string
  log_ms: number
  log_n: number
  fence: number
}

/** A holder that does not write for this long may be replaced; a sync takes over from a dead one within 15 s. */
export const leaseSeconds = 10
const leaseMs = leaseSeconds * 1_000

/** Longer than the lock of a recovery whose process was killed: the next one opens the log then. */
const recoveryWaitMs = 12_000

/** Another sync holds the shard, or has taken it over: this one writes nothing more. */
export class FencedOut extends Error {
  override name = 'FencedOut'
}

/** What the log asks of MySQL about a shard; see log/epoch. `onAnew`: one line for an operator. */
export function archiveOf(db: Db, shards: number, onAnew: (line: string) => void = () => undefined): Archive {
  return {
    checkpoint: async (shard) => {
      const row = await readCheckpoint(db, shard)
      return row && { epoch: row.epoch, id: { ms: row.log_ms, n: row.log_n } }
    },
    heads: async (shard) => {
      const all = [...(await headsOf(db))]
      return new Map(all.filter(([room]) => shardOf(room, shards) === shard))
    },
    cids: (rooms, since) => cidsSince(db, rooms, since),
    findCid: (userId, cid) => findCid(db, userId, cid),
    saveEpoch: async (shard, epoch) => {
      const sql = `INSERT INTO sync_checkpoints (shard, epoch, log_ms, log_n, fence, holder, lease_until)
        VALUES (?, ?, 0, 0, 0, '', NOW(3)) ON DUPLICATE KEY UPDATE epoch = VALUES(epoch)`
      await db.run(sql, [shard, epoch])
    },
    readFrom: async (shard, { ms, n }) => {
      for (const table of shardCursors)
        await db.run(
          `UPDATE ${table} SET log_ms = ?, log_n = ? WHERE shard = ? AND (log_ms > ? OR (log_ms = ? AND log_n > ?))`,
          [ms, n, shard, ms, ms, n],
        )
    },
    installation: () => installationId(db),
    raiseIds: (highest) => raiseIds(db, highest),
    startedAnew: async (shard, what) => {
      onAnew(describeEpoch(shard, what))
      await keepEpoch(db, shard, what)
      await noteLosses(db, what)
    },
    alone: async (shard, work) => {
      const isAlone = async ({ signal }: HeldLock) => ({ result: await work(signal) })
      const done = await alone(db, `epoch.${shard}`, isAlone, { waitMs: recoveryWaitMs })
      if (done === undefined) throw new Error('another process is opening the log')
      return done.result
    },
  }
}

/** Who may write to a shard's archive, and for how many ms more; nobody when the lease has run out. */
export async function holderOf(
  db: Queryable,
  shard: number,
): Promise<{ holder: string | null; leaseMs: number }> {
  const [row] = await db.rows<{ holder: string; left: number }>(
    `SELECT holder, TIMESTAMPDIFF(MICROSECOND, NOW(3), lease_until) DIV 1000 AS \`left\`
     FROM sync_checkpoints WHERE shard = ? AND lease_until > NOW(3)`,
    [shard],
  )
  return { holder: row?.holder ?? null, leaseMs: Number(row?.left ?? 0) }
}

async function readCheckpoint(db: Queryable, shard: number): Promise<CheckpointRow | undefined> {
  const [row] = await db.rows<CheckpointRow>(
    'SELECT epoch, log_ms, log_n, fence FROM sync_checkpoints WHERE shard = ?',
    [shard],
  )
  return row
}

/** The right to archive a shard: a lease with a rising fence. Whoever lets it run out is fenced out for good. */
export class Lease {
  readonly fence: number
  readonly #shard: number
  readonly #holder: string

  private constructor(shard: number, holder: string, fence: number) {
    this.#shard = shard
    this.#holder = holder
    this.fence = fence
  }

  /** The lease, or undefined while another holder's has not run out. */
  static async take(db: Db, shard: number, holder: string): Promise<Lease | undefined> {
    return db.transaction(async (tx) => {
      const row = { table: 'sync_checkpoints', key: 'shard', id: shard } as const
      if (!(await takeLease(tx, { ...row, holder, ms: leaseMs, isOwnFree: true }))) return undefined
      const taken = await readCheckpoint(tx, shard)
      return new Lease(shard, holder, Number(taken?.fence))
    })
  }

  /**
   * Holds the shard's row until the transaction ends, and gives the checkpoint. Invariant: rows are written only after
   * this, in the same transaction, so a sync that was replaced cannot write, nor one that read from an older epoch.
   * @throws FencedOut
   */
  async guard(tx: Queryable, epoch: string): Promise<StreamId> {
    const sql = 'SELECT epoch, log_ms, log_n, fence FROM sync_checkpoints WHERE shard = ? FOR UPDATE'
    const [row] = await tx.rows<CheckpointRow>(sql, [this.#shard])
    if (row === undefined || Number(row.fence) !== this.fence)
      throw new FencedOut('another sync has taken over')
    if (row.epoch !== epoch) throw new FencedOut('the log was started anew')
    return { ms: row.log_ms, n: row.log_n }
  }

  /** Moves the checkpoint; the lease lives on from here. */
  async move(tx: Queryable, { ms, n }: StreamId): Promise<void> {
    await tx.run(
      `UPDATE sync_checkpoints SET log_ms = ?, log_n = ?, lease_until = ${leaseEnd(leaseMs)}
       WHERE shard = ?`,
      [ms, n, this.#shard],
    )
  }

  /** Keeps the lease of an idle sync. False: it is lost. */
  async renew(db: Db): Promise<boolean> {
    const kept = await db.run(
      `UPDATE sync_checkpoints SET lease_until = ${leaseEnd(leaseMs)} WHERE shard = ? AND fence = ?`,
      [this.#shard, this.fence],
    )
    return kept.affectedRows === 1
  }

  /** Gives the shard to whoever asks next, at once. */
  async release(db: Db): Promise<void> {
    await db.run(
      'UPDATE sync_checkpoints SET lease_until = NOW(3) WHERE shard = ? AND fence = ? AND holder = ?',
      [this.#shard, this.fence, this.#holder],
    )
  }
}
