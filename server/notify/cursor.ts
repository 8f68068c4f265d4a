// How far a shard of the log was decided, and who decides it: a lease with a rising fence, as sync has one for the archive.
import type { Db, Queryable } from '../db.ts'
import { leaseEnd, takeLease } from '../lease-row.ts'
import type { StreamId } from '../log/entry.ts'
import { limits } from '../protocol/limits.ts'

/** Another process decides this shard, or has decided meanwhile what this one was about to. */
export class FencedOut extends Error {
  override name = 'FencedOut'
}

interface Row {
  log_ms: number
  log_n: number
  fence: number
}

const leaseMs = limits.notify.leaseSeconds * 1_000
const leased = `lease_until = ${leaseEnd(leaseMs)}`

/** The first server that knows of notifications begins at the end of the log: nobody is told of what was said before. */
export async function beginCursor(db: Db, shard: number, { ms, n }: StreamId): Promise<void> {
  await db.run(
    `INSERT IGNORE INTO notify_cursors (shard, log_ms, log_n, fence, holder, lease_until)
     VALUES (?, ?, ?, 0, '', NOW(3))`,
    [shard, ms, n],
  )
}

export class NotifyCursor {
  /** Everything up to here is decided. */
  at: StreamId
  readonly #shard: number
  readonly #holder: string
  readonly #fence: number

  private constructor(place: { shard: number; holder: string }, row: Row) {
    this.#shard = place.shard
    this.#holder = place.holder
    this.#fence = Number(row.fence)
    this.at = { ms: Number(row.log_ms), n: Number(row.log_n) }
  }

  /** The right to decide a shard, or undefined while another holder's has not run out. */
  static take(db: Db, shard: number, holder: string): Promise<NotifyCursor | undefined> {
    return db.transaction(async (tx) => {
      const cursor = { table: 'notify_cursors', key: 'shard', id: shard } as const
      if (!(await takeLease(tx, { ...cursor, holder, ms: leaseMs, isOwnFree: true }))) return undefined
      const [row] = await tx.rows<Row>('SELECT log_ms, log_n, fence FROM notify_cursors WHERE shard = ?', [
        shard,
      ])
      return row && new NotifyCursor({ shard, holder }, row)
    })
  }

  /**
   * Invariant: rows are written only after this, in the same transaction, so whoever was replaced writes nothing.
   * @throws FencedOut
   */
  async guard(tx: Queryable): Promise<void> {
    const [row] = await tx.rows<Row>(
      'SELECT log_ms, log_n, fence FROM notify_cursors WHERE shard = ? FOR UPDATE',
      [this.#shard],
    )
    const isOurs = row !== undefined && Number(row.fence) === this.#fence
    if (!isOurs || Number(row.log_ms) !== this.at.ms || Number(row.log_n) !== this.at.n)
      throw new FencedOut('another process has taken over')
  }

  /** The lease lives on from here. `at` is moved by the caller, once the transaction is committed. */
  async move(tx: Queryable, { ms, n }: StreamId): Promise<void> {
    await tx.run(`UPDATE notify_cursors SET log_ms = ?, log_n = ?, ${leased} WHERE shard = ?`, [
      ms,
      n,
      this.#shard,
    ])
  }

  /** @throws FencedOut */
  async renew(db: Db): Promise<void> {
    const kept = await db.run(`UPDATE notify_cursors SET ${leased} WHERE shard = ? AND fence = ?`, [
      this.#shard,
      this.#fence,
    ])
    if (kept.affectedRows === 0) throw new FencedOut('another process has taken over')
  }

  /** Gives the shard to whoever asks next, at once. */
  async release(db: Db): Promise<void> {
    await db.run(
      'UPDATE notify_cursors SET lease_until = NOW(3) WHERE shard = ? AND fence = ? AND holder = ?',
      [this.#shard, this.#fence, this.#holder],
    )
  }
}
