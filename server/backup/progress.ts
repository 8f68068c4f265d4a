// How far a restore into a database has come: a table that is there only until it is done. A killed restore goes on from its row;
// no Brook starts on a database that has it.
import { randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'
import { BackupError } from './backup-error.ts'

export const restoringTable = 'restoring'

/** All tables are there. */
const allTables = ''

export class Progress {
  readonly #db: Db
  readonly #run: string
  /** The table in whose middle the last run has ended, and how many of its rows are there. */
  #part: string | undefined
  #done: number

  private constructor(db: Db, run: string, part: string | undefined, done: number) {
    this.#db = db
    this.#run = run
    this.#part = part
    this.#done = done
  }

  /**
   * Begins the restore of a backup, or goes on with it. @throws BackupError if this place is not empty, or in the middle of another
   */
  static async begin(db: Db, backup: string): Promise<Progress> {
    const run = randomBytes(8).toString('hex')
    const before = await whatIsThere(db, backup)
    await db.run(
      `CREATE TABLE IF NOT EXISTS ${restoringTable} (one TINYINT UNSIGNED NOT NULL PRIMARY KEY, backup VARCHAR(64) NOT NULL,
         run VARCHAR(16) NOT NULL, part VARCHAR(64) NULL, done BIGINT UNSIGNED NOT NULL)
       ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    )
    await db.run(
      `INSERT INTO ${restoringTable} (one, backup, run, done) VALUES (1, ?, ?, 0)
       ON DUPLICATE KEY UPDATE backup = VALUES(backup), run = VALUES(run)`,
      [backup, run],
    )
    return new Progress(db, run, before?.part ?? undefined, Number(before?.done ?? 0))
  }

  get hasAllTables(): boolean {
    return this.#part === allTables
  }

  /** How many rows of this table are there already; undefined: all of them. To be asked in the order of the backup. */
  begun(table: string): number | undefined {
    if (this.#part === undefined) return 0
    if (this.#part !== table) return undefined
    this.#part = undefined
    return this.#done
  }

  /** In the transaction that writes the rows. @throws BackupError if another restore has taken over */
  async reach(tx: Queryable, table: string, done: number): Promise<void> {
    const sql = `UPDATE ${restoringTable} SET part = ?, done = ? WHERE run = ?`
    const { affectedRows } = await tx.run(sql, [table, done, this.#run])
    if (affectedRows !== 1) throw new BackupError('Another restore into this database has taken over.')
  }

  reachAllTables(): Promise<void> {
    return this.#db.transaction((tx) => this.reach(tx, allTables, 0))
  }

  async end(): Promise<void> {
    await this.#db.run(`DROP TABLE ${restoringTable}`)
  }
}

interface Before {
  backup: string
  part: string | null
  done: number | string
}

/** Undefined: nothing. @throws BackupError if something else is there */
export async function whatIsThere(db: Queryable, backup: string): Promise<Before | undefined> {
  const tables = await tablesOf(db)
  if (tables.has(restoringTable)) {
    const [row] = await db.rows<Before>(`SELECT backup, part, done FROM ${restoringTable}`)
    if (row === undefined || row.backup === backup) return row ?? { backup, part: null, done: 0 }
    throw new BackupError(
      'A restore of another backup into this database has not been finished. Restore that one, or empty the database.',
    )
  }
  if (tables.size === 0) return undefined
  const [people] = tables.has('users')
    ? await db.rows<{ count: number | string }>('SELECT COUNT(*) AS count FROM users WHERE is_bot = 0')
    : []
  const has =
    people === undefined
      ? 'tables that are not of a Brook'
      : `a Brook with ${people.count} account${Number(people.count) === 1 ? '' : 's'}`
  throw new BackupError(`This database has ${has}. A backup is restored into an empty database.`)
}

/** Whether a restore into this database has begun, and not ended. */
export const isRestoring = async (db: Queryable): Promise<boolean> => (await tablesOf(db)).has(restoringTable)

async function tablesOf(db: Queryable): Promise<Set<string>> {
  const sql = 'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()'
  return new Set((await db.rows<{ name: string }>(sql)).map(({ name }) => name))
}
