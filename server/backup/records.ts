// The SQL of backups: who may make one now, and what became of each.
import type { Db, Queryable } from '../db.ts'
import { leaseEnd, takeLease } from '../lease-row.ts'
import type { BackupReport, BackupState } from '../protocol/backups.ts'

/** A process that makes one, and says nothing for so long, is gone. Limit: with its low priority, a busy machine holds it up. */
const leaseMs = 60_000
export const renewEveryMs = 4_000
/** Servers whose clocks differ by less make one together. */
const sameNightMs = 10 * 60_000
/** As many as are shown. */
const shown = 40

const row = { table: 'backup_head', key: 'one', id: 1, ms: leaseMs } as const

/** False: another process makes one; or, by the clock, has just made one. */
export function takeTurn(db: Db, holder: string, by: 'clock' | 'request'): Promise<boolean> {
  return db.transaction(async (tx) => {
    const only = by === 'request' ? 'TRUE' : `begun_ms < ${Date.now() - sameNightMs}`
    if (!(await takeLease(tx, { ...row, holder, only }))) return false
    if (by === 'clock') await tx.run('UPDATE backup_head SET begun_ms = ? WHERE one = 1', [Date.now()])
    return true
  })
}

/** False: somebody else has it. */
export async function keepTurn(db: Queryable, holder: string): Promise<boolean> {
  const sql = `UPDATE backup_head SET lease_until = ${leaseEnd(leaseMs)} WHERE one = 1 AND holder = ?`
  return (await db.run(sql, [holder])).affectedRows === 1
}

export async function endTurn(db: Queryable, holder: string): Promise<void> {
  await db.run('UPDATE backup_head SET lease_until = NOW(3) WHERE one = 1 AND holder = ?', [holder])
}

export async function isRunning(db: Queryable): Promise<boolean> {
  return (await db.rows('SELECT one FROM backup_head WHERE lease_until > NOW(3)')).length > 0
}

/** A new one; those that are said to run are not, for whoever has the turn is alone. Answers its id. */
export async function noteBegin(db: Queryable, name: string, at: number): Promise<string> {
  await db.run(`UPDATE backups SET state = 'interrupted', ended_ms = ? WHERE state = 'running'`, [at])
  const sql = `INSERT INTO backups (name, begun_ms, state) VALUES (?, ?, 'running')`
  return (await db.run(sql, [name, at])).insertId
}

export interface Outcome {
  state: BackupState
  why?: string
  bytes?: number
  rooms?: number
  rows?: number
  files?: number
  rehearsedMs?: number
}

const maxWhy = 500

export async function noteEnd(db: Queryable, id: string, outcome: Outcome): Promise<void> {
  const { state, why, bytes, rooms, rows, files, rehearsedMs } = outcome
  await db.run(
    `UPDATE backups SET state = ?, why = ?, bytes = ?, room_count = ?, row_count = ?, file_count = ?, rehearsed_ms = ?, ended_ms = ?
     WHERE id = ?`,
    [
      state,
      why?.slice(0, maxWhy) ?? null,
      bytes ?? null,
      rooms ?? null,
      rows ?? null,
      files ?? null,
      rehearsedMs ?? null,
      Date.now(),
      BigInt(id),
    ],
  )
}

export async function noteRemoved(db: Queryable, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await db.run('UPDATE backups SET removed_ms = ? WHERE name IN (?)', [Date.now(), [...names]])
}

interface Row {
  id: number
  name: string
  begun_ms: number
  ended_ms: number | null
  state: BackupState
  why: string | null
  bytes: number | null
  room_count: number | null
  row_count: number | null
  file_count: number | null
  rehearsed_ms: number | null
  removed_ms: number | null
}

/** The newest first. `running`: whether somebody makes one now. */
export async function readReports(db: Queryable, running: boolean): Promise<BackupReport[]> {
  const rows = await db.rows<Row>(`SELECT * FROM backups ORDER BY id DESC LIMIT ${shown}`)
  return rows.map((one) => ({
    id: String(one.id),
    name: one.name,
    at: one.begun_ms,
    endedAt: one.ended_ms,
    state: one.state === 'running' && !running ? 'interrupted' : one.state,
    why: one.why,
    bytes: one.bytes,
    rooms: one.room_count,
    rows: one.row_count,
    files: one.file_count,
    rehearsedMs: one.rehearsed_ms,
    removed: one.removed_ms !== null,
  }))
}

/** When the newest one began of which a restore has succeeded; undefined: there is none. */
export async function newestGood(db: Queryable): Promise<number | undefined> {
  const [newest] = await db.rows<{ at: number | null }>(
    `SELECT MAX(begun_ms) AS at FROM backups WHERE state IN ('good', 'unrehearsed')`,
  )
  return newest?.at ?? undefined
}
