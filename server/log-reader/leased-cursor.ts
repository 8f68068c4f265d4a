// How far a shard of the log was read by one of those who do each thing once, and who reads it: a lease with a rising fence, as
// sync has one for the archive. Each of them has a table of its own for it.
import type { Db, Queryable } from '../db.ts'
import { leaseEnd, takeLease, type ShardCursors } from '../lease-row.ts'
import type { StreamId } from '../log/entry.ts'

/** Another process reads this shard, or has done meanwhile what this one was about to. */
export class FencedOut extends Error {
  override name = 'FencedOut'
}

interface Row {
  log_ms: number
  log_n: number
  fence: number
}

/** Where the cursors of one reader are, and for how long a lease is good. */
export interface CursorTable {
  table: ShardCursors
  leaseSeconds: number
}

/** The first server that knows of the reader begins at the end of the log: what was said before is not looked at. */
export async function beginCursor(
  db: Db,
  { table }: CursorTable,
  shard: number,
  { ms, n }: StreamId,
): Promise<void> {
  await db.run(
    `INSERT IGNORE INTO ${table} (shard, log_ms, log_n, fence, holder, lease_until)
     VALUES (?, ?, ?, 0, '', NOW(3))`,
    [shard, ms, n],
  )
}

export class LeasedCursor {
  /** Everything up to here is done. */
  at: StreamId
  readonly #shard: number
  readonly #holder: string
  readonly #fence: number
  readonly #table: ShardCursors
  readonly #leased: string

  private constructor(place: CursorTable & { shard: number; holder: string }, row: Row) {
    this.#shard = place.shard
    this.#holder = place.holder
    this.#table = place.table
    this.#leased = `lease_until = ${leaseEnd(place.leaseSeconds * 1_000)}`
    this.#fence = Number(row.fence)
    this.at = { ms: Number(row.log_ms), n: Number(row.log_n) }
  }

  /** The right to a shard, or undefined while another holder's has not run out. */
  static take(
    db: Db,
    place: CursorTable & { shard: number; holder: string },
  ): Promise<LeasedCursor | undefined> {
    const { table, leaseSeconds, shard, holder } = place
    return db.transaction(async (tx) => {
      const cursor = { table, key: 'shard', id: shard } as const
      if (!(await takeLease(tx, { ...cursor, holder, ms: leaseSeconds * 1_000, isOwnFree: true })))
        return undefined
      const [row] = await tx.rows<Row>(`SELECT log_ms, log_n, fence FROM ${table} WHERE shard = ?`, [shard])
      return row && new LeasedCursor(place, row)
    })
  }

  /**
   * Invariant: rows are written only after this, in the same transaction, so whoever was replaced writes nothing.
   * @throws FencedOut
   */
  async guard(tx: Queryable): Promise<void> {
    const [row] = await tx.rows<Row>(
      `SELECT log_ms, log_n, fence FROM ${this.#table} WHERE shard = ? FOR UPDATE`,
      [this.#shard],
    )
    const isOurs = row !== undefined && Number(row.fence) === this.#fence
    if (!isOurs || Number(row.log_ms) !== this.at.ms || Number(row.log_n) !== this.at.n)
      throw new FencedOut('another process has taken over')
  }

  /** The lease lives on from here. `at` is moved by the caller, once the transaction is committed. */
  async move(tx: Queryable, { ms, n }: StreamId): Promise<void> {
    await tx.run(`UPDATE ${this.#table} SET log_ms = ?, log_n = ?, ${this.#leased} WHERE shard = ?`, [
      ms,
      n,
      this.#shard,
    ])
  }

  /** @throws FencedOut */
  async renew(db: Db): Promise<void> {
    const kept = await db.run(`UPDATE ${this.#table} SET ${this.#leased} WHERE shard = ? AND fence = ?`, [
      this.#shard,
      this.#fence,
    ])
    if (kept.affectedRows === 0) throw new FencedOut('another process has taken over')
  }

  /** Gives the shard to whoever asks next, at once. */
  async release(db: Db): Promise<void> {
    await db.run(
      `UPDATE ${this.#table} SET lease_until = NOW(3) WHERE shard = ? AND fence = ? AND holder = ?`,
      [this.#shard, this.#fence, this.#holder],
    )
  }
}
