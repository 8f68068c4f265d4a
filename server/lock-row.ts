// Work that one process at a time does: by a row of `locks` with a holder, a fence and an end. Trap: GET_LOCK belongs to one
// server of MySQL's; in a Galera cluster two processes have the same lock at once, each on its own node.
import os from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Db, Queryable } from './db.ts'
import { leaseEnd, takeLease } from './lease-row.ts'

/** A holder that says nothing for so long has lost its lock: it has crashed, is frozen, or does not reach MySQL. */
const lockMs = 10_000
const againMs = 200

/** Made by migrate(), which needs it before the first migration. */
export const createLocks = `CREATE TABLE IF NOT EXISTS locks (
  name VARCHAR(64) NOT NULL PRIMARY KEY,
  fence BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(80) NOT NULL,
  lease_until DATETIME(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin`

/** Another process may be doing the same work by now: this one does no more of it. */
export class LockLost extends Error {
  override name = 'LockLost'
}

export interface HeldLock {
  /** Aborted once the lock is lost, or may be: looked at between two steps, each of which may be done twice. */
  signal: AbortSignal
  /**
   * The lock lives on from here, and in a transaction it stays until its end. For a step that must not be done by two.
   * @throws LockLost
   */
  guard(tx?: Queryable): Promise<void>
}

export interface LockOptions {
  /** How long another holder is waited for. */
  waitMs?: number
  /** See lockMs. For tests. */
  ms?: number
}

/** Runs `work` under the lock of this name; undefined, without running it, while another process has it. */
export async function alone<T>(
  db: Db,
  name: string,
  work: (lock: HeldLock) => Promise<T>,
  { waitMs = 0, ms = lockMs }: LockOptions = {},
): Promise<T | undefined> {
  const lock = await Lock.take(db, name, { waitMs, ms })
  if (lock === undefined) return undefined
  try {
    return await work(lock)
  } finally {
    await lock.release()
  }
}

class Lock implements HeldLock {
  readonly #db: Db
  readonly #name: string
  readonly #fence: number
  readonly #ms: number
  readonly #lost = new AbortController()
  readonly #renewing: NodeJS.Timeout
  #goodUntil: number

  private constructor(db: Db, name: string, fence: number, ms: number) {
    this.#db = db
    this.#name = name
    this.#fence = fence
    this.#ms = ms
    this.#goodUntil = performance.now() + ms
    this.#renewing = setInterval(() => void this.#renew(), ms / 4)
    this.#renewing.unref()
  }

  static async take(db: Db, name: string, { waitMs, ms }: Required<LockOptions>): Promise<Lock | undefined> {
    const sql = `INSERT IGNORE INTO locks (name, fence, holder, lease_until) VALUES (?, 0, '', NOW(3))`
    await db.run(sql, [name])
    for (const end = performance.now() + waitMs; ;) {
      const fence = await db.transaction(async (tx) => {
        const holder = `${os.hostname().slice(0, 64)}:${process.pid}`
        if (!(await takeLease(tx, { table: 'locks', key: 'name', id: name, holder, ms }))) return undefined
        const [row] = await tx.rows<{ fence: number }>('SELECT fence FROM locks WHERE name = ?', [name])
        return row?.fence
      })
      if (fence !== undefined) return new Lock(db, name, Number(fence), ms)
      if (performance.now() >= end) return undefined
      await pause(againMs * (0.5 + Math.random()))
    }
  }

  /** Trap: a process that was frozen learns of it by the clock first, before MySQL has told it anything. */
  get signal(): AbortSignal {
    if (performance.now() > this.#goodUntil) this.#lose()
    return this.#lost.signal
  }

  async guard(tx: Queryable = this.#db): Promise<void> {
    const began = performance.now()
    const kept = await tx.run(
      `UPDATE locks SET lease_until = ${leaseEnd(this.#ms)} WHERE name = ? AND fence = ?`,
      [this.#name, this.#fence],
    )
    if (kept.affectedRows === 0) this.#lose()
    if (this.#lost.signal.aborted) throw new LockLost(`another process has taken over "${this.#name}"`)
    this.#goodUntil = began + this.#ms
  }

  /** A crash frees it as well, after lockMs. */
  async release(): Promise<void> {
    clearInterval(this.#renewing)
    const sql = 'UPDATE locks SET lease_until = NOW(3) WHERE name = ? AND fence = ?'
    await this.#db.run(sql, [this.#name, this.#fence]).catch(() => undefined)
  }

  async #renew(): Promise<void> {
    if (this.signal.aborted) return
    // Whether it is still this process's is asked again, until its time is over.
    await this.guard().catch(() => undefined)
  }

  #lose(): void {
    clearInterval(this.#renewing)
    this.#lost.abort(new LockLost(`the lock "${this.#name}" is lost`))
  }
}
