// A backup into an empty database: tables as they were, migrated to what this Brook knows, then the log's entries that MySQL did not
// have. Killed at any place, the next run goes on. Used by a restore, and by the rehearsal of one.
import path from 'node:path'
import type { Db, Param } from '../db.ts'
import { batchesOf, type Batch } from '../history/sync/batch.ts'
import { headsOf } from '../history/sync/heads.ts'
import { isContentError } from '../history/sync/mysql-errors.ts'
import { writeArchivable } from '../history/sync/archive.ts'
import { parseStreamId, type StreamId } from '../log/entry.ts'
import { migrate } from '../migrate.ts'
import { rawEntry, type RawEntry } from '../redis/stream-reads.ts'
import { root } from '../root.ts'
import { BackupError } from './backup-error.ts'
import { rowOf, type End, type Section } from './format.ts'
import { Progress } from './progress.ts'
import type { Backup } from './read-backup.ts'

type TableSection = Extract<Section, { section: 'table' }>

export interface Restored {
  /** To be ended by the caller, when everything else is restored too. */
  progress: Progress
  /** Entries of the log that this MySQL refuses as well. */
  refused: number
}

const batchRows = 500
const batchBytes = 512 * 1024
export const migrationsDir = path.join(root, 'migrations')

/** @throws BackupError, MigrationError if the backup is of a newer Brook */
export async function restoreDatabase(
  db: Db,
  backup: Backup,
  end: End,
  onProgress: (rows: number) => void = () => undefined,
): Promise<Restored> {
  const progress = await Progress.begin(db, backup.head.id)
  if (!progress.hasAllTables) {
    await new Tables(db, progress, onProgress).restore(backup)
    await progress.reachAllTables()
  }
  await migrate(db, migrationsDir)
  const refused = await restoreEntries(db, backup)
  await freeLeases(db)
  await checkReach(db, end, refused)
  return { progress, refused }
}

class Tables {
  readonly #db: Db
  readonly #progress: Progress
  readonly #onProgress: (rows: number) => void
  #table: TableSection | undefined
  /** Rows of this table that are in MySQL, or on their way. */
  #done = 0
  #skip = 0
  #waiting: Param[][] = []
  #bytes = 0
  #all = 0

  constructor(db: Db, progress: Progress, onProgress: (rows: number) => void) {
    this.#db = db
    this.#progress = progress
    this.#onProgress = onProgress
  }

  async restore(backup: Backup): Promise<void> {
    for await (const line of backup.lines()) {
      if ('section' in line) {
        await this.#flush()
        this.#table = undefined
        if (line.section.section === 'table') await this.#begin(line.section)
      } else if ('row' in line && this.#table !== undefined) await this.#add(this.#table, line.row)
      else if ('end' in line) await this.#flush()
    }
  }

  async #begin(table: TableSection): Promise<void> {
    const begun = this.#progress.begun(table.name)
    if (begun === undefined) return
    this.#table = table
    this.#skip = begun
    this.#done = begun
    await this.#db.run(table.create.replace(/^CREATE TABLE (?!IF NOT EXISTS)/, 'CREATE TABLE IF NOT EXISTS '))
  }

  async #add(table: TableSection, text: string): Promise<void> {
    this.#all += 1
    if (this.#all % 5_000 === 0) this.#onProgress(this.#all)
    if (this.#skip > 0) {
      this.#skip -= 1
      return
    }
    if (this.#waiting.length >= batchRows || this.#bytes + text.length > batchBytes) await this.#flush()
    const row = rowOf(text) as (string | null)[]
    this.#waiting.push(
      table.binary.length === 0
        ? row
        : row.map((value, place) =>
            value !== null && table.binary.includes(place) ? Buffer.from(value, 'base64') : value,
          ),
    )
    this.#bytes += text.length
  }

  async #flush(): Promise<void> {
    const table = this.#table
    if (table === undefined || this.#waiting.length === 0) return
    const done = this.#done + this.#waiting.length
    const columns = table.columns.map((column) => `\`${column}\``).join(', ')
    await this.#db.transaction(async (tx) => {
      await tx.run(`INSERT INTO \`${table.name}\` (${columns}) VALUES ?`, [this.#waiting])
      await this.#progress.reach(tx, table.name, done)
    })
    this.#done = done
    this.#waiting = []
    this.#bytes = 0
  }
}

/** Twice changes nothing. Answers how many MySQL has refused. */
async function restoreEntries(db: Db, backup: Backup): Promise<number> {
  let refused = 0
  let shard = 0
  let page: RawEntry[] = []
  const write = async (): Promise<void> => {
    for await (const batch of batchesOf(page)) refused += await writeBatch(db, shard, batch)
    page = []
  }
  for await (const { section, row } of backup.rows('log')) {
    if (section.section !== 'log') continue
    if (page.length >= batchRows || section.shard !== shard) await write()
    shard = section.shard
    page.push(rawEntry(row as [string, string[]]))
  }
  await write()
  return refused
}

async function writeBatch(db: Db, shard: number, batch: Batch): Promise<number> {
  const last = batch.raws.at(-1)
  if (last === undefined) return 0
  try {
    await db.transaction(async (tx) => {
      await writeArchivable(tx, batch.archivable)
      const { ms, n }: StreamId = parseStreamId(last.id)
      await tx.run('UPDATE sync_checkpoints SET log_ms = ?, log_n = ? WHERE shard = ?', [ms, n, shard])
    })
    return batch.bad.length
  } catch (error) {
    if (!isContentError(error)) throw error
    if (batch.raws.length === 1) return 1
    // What sync does with them: those that MySQL refuses are found one by one.
    let refused = 0
    for (const raw of batch.raws)
      for await (const one of batchesOf([raw])) refused += await writeBatch(db, shard, one)
    return refused
  }
}

/** Those who had a right to do something are not here. */
async function freeLeases(db: Db): Promise<void> {
  const tables = await db.rows<{ name: string }>(
    `SELECT TABLE_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'lease_until'`,
  )
  for (const { name } of tables) await db.run(`UPDATE \`${name}\` SET lease_until = NOW(3)`)
}

/** @throws BackupError if a room does not reach the number that the backup has of it */
async function checkReach(db: Db, { rooms }: End, refused: number): Promise<void> {
  const heads = await headsOf(db)
  const short = rooms.filter(([room, seq]) => (heads.get(room)?.seq ?? 0) !== seq)
  const [first] = short
  if (first === undefined || refused > 0) return
  const [room, seq] = first
  throw new BackupError(
    `${short.length} rooms do not reach the number that the backup has of them: room ${room} ends at ` +
      `${heads.get(room)?.seq ?? 0}, not ${seq}.`,
  )
}
