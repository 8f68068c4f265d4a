// Migrates the database: numbered SQL files, forward only, each once, under a lock. DDL is not transactional, so each
// finished statement is recorded: after a killed run the next one continues where it stopped.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Db, Queryable } from './db.ts'
import { alone, createLocks, LockLost, type HeldLock } from './lock-row.ts'

/** A database that cannot be migrated. Its message is shown to a person: one line. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

interface MigrationFile {
  version: number
  name: string
  checksum: string
  statements: string[]
  /** The oldest version of the schema a process may know to run on what this leaves: its own, unless it says otherwise. */
  oldest: number
}

interface Applied {
  version: number
  name: string
  checksum: string
  /** Number of finished statements; less than the file has if a run was killed. */
  done: number
  applied_at: Date | null
  /** See MigrationFile. Null, or absent: written by a Brook that did not keep it. */
  oldest?: number | null
}

const lockWaitSeconds = 60

/** One for the statement that runs, and one that says meanwhile that this process lives. */
export const migrationConnections = 2

const createMigrations = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version INT UNSIGNED NOT NULL PRIMARY KEY,
  name VARCHAR(200) NOT NULL,
  checksum CHAR(64) NOT NULL,
  done INT UNSIGNED NOT NULL,
  applied_at DATETIME(3) NULL,
  oldest INT UNSIGNED NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`

/**
 * Applies the new files in `dir` and returns their names. Any number of processes may call it at once. `db`: with
 * migrationConnections.
 */
export async function migrate(db: Db, dir: string): Promise<string[]> {
  // Most starts find nothing to do, and write nothing: the server may be read-only for now.
  if ((await notMigrated(db, dir))?.length === 0) return []
  await makeTable(db, 'locks', createLocks)
  const names = await alone(db, 'migrate', (lock) => applyNew(db, dir, lock), {
    waitMs: lockWaitSeconds * 1_000,
  }).catch((error: unknown) => {
    if (!(error instanceof LockLost)) throw error
    throw new MigrationError('Another process migrates the database now: this one was silent for too long.')
  })
  if (names !== undefined) return names
  throw new MigrationError(
    `Another process has been migrating the database for ${lockWaitSeconds} s. Try again later.`,
  )
}

async function applyNew(db: Db, dir: string, lock: HeldLock): Promise<string[]> {
  const files = await readMigrations(dir)
  await makeTable(db, 'schema_migrations', createMigrations)
  const applied = await db.rows<Applied>('SELECT * FROM schema_migrations ORDER BY version')
  refuseStrangers(files, applied)
  const isNew = files.some(({ version }) => !applied.some((known) => known.version === version))
  if (isNew) await keepOldest(db)
  const names = []
  for (const file of files) {
    const known = applied.find(({ version }) => version === file.version)
    if (known?.applied_at) continue
    await apply(db, file, { known, lock })
    names.push(file.name)
  }
  return names
}

/** The names of the files in `dir` that are not applied yet; undefined: there is no Brook in this database. */
export async function notMigrated(db: Db, dir: string): Promise<string[] | undefined> {
  if (!(await hasTable(db, 'schema_migrations'))) return undefined
  const files = await readMigrations(dir)
  const applied = await db.rows<Applied>('SELECT * FROM schema_migrations')
  refuseStrangers(files, applied)
  const done = new Set(applied.filter((known) => known.applied_at).map(({ version }) => version))
  return files.filter(({ version }) => !done.has(version)).map(({ name }) => name)
}

/**
 * Whether a database with these migrations can be brought to what this Brook knows. @throws MigrationError if it is of a newer one
 */
export async function refuseNewerSchema(
  dir: string,
  applied: readonly Pick<Applied, 'version' | 'name' | 'checksum' | 'oldest'>[],
): Promise<void> {
  const done = { done: 0, applied_at: new Date(0) }
  refuseStrangers(
    await readMigrations(dir),
    applied.map((one) => ({ ...one, ...done })),
  )
}

async function hasTable(db: Queryable, name: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?'
  return (await db.rows(sql, [name])).length > 0
}

/** @throws MigrationError, if the account may not */
async function makeTable(db: Queryable, name: string, sql: string): Promise<void> {
  // Trap: a server that is temporarily read-only refuses this even with IF NOT EXISTS.
  if (await hasTable(db, name)) return
  await db.run(sql).catch((error: unknown) => {
    refuseWithoutRights(error)
    throw error
  })
}

/** The column of a table that an earlier Brook made. */
async function keepOldest(session: Queryable): Promise<void> {
  const sql = `SELECT 1 FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'schema_migrations' AND COLUMN_NAME = 'oldest'`
  if ((await session.rows(sql)).length === 0)
    await session.run('ALTER TABLE schema_migrations ADD COLUMN oldest INT UNSIGNED NULL')
}

/**
 * Every applied migration that this Brook knows must be unchanged. Of a newer Brook it may lack some, as in a rolling upgrade or
 * after going back, if each of them lets it.
 */
function refuseStrangers(files: MigrationFile[], applied: Applied[]): void {
  const own = files.at(-1)?.version ?? 0
  for (const known of applied) {
    const file = files.find(({ version }) => version === known.version)
    if (file === undefined) {
      const oldest = known.oldest ?? known.version
      if (known.version > own && oldest <= own) continue
      throw new MigrationError(
        `The database has migration ${known.name}, which this Brook does not know: this Brook is older than the database. ` +
          `Run a Brook that has migration ${String(oldest).padStart(4, '0')}.`,
      )
    }
    if (file.checksum !== known.checksum)
      throw new MigrationError(
        `Migration ${file.name} was changed after it was applied. Restore it, and put the change in a new file.`,
      )
  }
  const newest = Math.max(0, ...applied.filter((known) => known.applied_at).map(({ version }) => version))
  const late = files.find(
    (file) => file.version < newest && !applied.some(({ version }) => version === file.version),
  )
  if (late !== undefined)
    throw new MigrationError(
      `Migration ${late.name} is new, but a later one is already applied. Give it a higher number.`,
    )
}

async function apply(
  db: Db,
  file: MigrationFile,
  { known, lock }: { known: Applied | undefined; lock: HeldLock },
): Promise<void> {
  if (known === undefined)
    await db.run(
      'INSERT INTO schema_migrations (version, name, checksum, done, oldest) VALUES (?, ?, ?, 0, ?)',
      [file.version, file.name, file.checksum, file.oldest],
    )
  const from = known?.done ?? 0
  for (const [index, statement] of file.statements.entries()) {
    if (index < from) continue
    await lock.guard()
    try {
      await db.runLong(statement)
    } catch (error) {
      refuseWithoutRights(error)
      const resumes = known !== undefined && index === from
      if (!(resumes && isAlreadyDone(error)))
        throw new MigrationError(
          `Migration ${file.name} stopped at statement ${index + 1}: ${(error as Error).message}`,
        )
    }
    await db.run('UPDATE schema_migrations SET done = ? WHERE version = ?', [index + 1, file.version])
  }
  await db.run('UPDATE schema_migrations SET applied_at = UTC_TIMESTAMP(3) WHERE version = ?', [file.version])
}

/** 1044: no right to the database. 1142: none to the table. */
const lackOfRights = new Set([1044, 1142])

/** @throws MigrationError, if it was for the rights of the account */
function refuseWithoutRights(error: unknown): void {
  if (!lackOfRights.has((error as { errno?: number }).errno ?? 0)) return
  throw new MigrationError(
    'The database must be migrated, and this account may not do that. Run brook migrate with one that may ' +
      'create, alter and drop tables (docs/OPERATING.md).',
  )
}

// The table, column or key already exists, or is already dropped: the statement had run before the kill.
const alreadyDone = new Set([1050, 1060, 1061, 1091])
const isAlreadyDone = (error: unknown): boolean => alreadyDone.has((error as { errno?: number }).errno ?? 0)

async function readMigrations(dir: string): Promise<MigrationFile[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(dir, name), 'utf8')
      const version = Number(name.slice(0, 4))
      return {
        version,
        oldest: oldestIn(text, name, version),
        name,
        checksum: createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex'),
        statements: splitStatements(text),
      }
    }),
  )
  files.forEach((file, index) => {
    const before = files[index - 1]
    if (before?.version === file.version)
      throw new MigrationError(`Migrations ${before.name} and ${file.name} have the same number.`)
  })
  return files
}

/** `-- Oldest: 0024`, in a line of its own: processes that know the schema up to there may go on. */
function oldestIn(text: string, name: string, version: number): number {
  const said = /^-- Oldest: (.*)$/m.exec(text)?.[1]?.trim()
  if (said === undefined) return version
  const oldest = /^\d{4}$/.test(said) ? Number(said) : 0
  if (oldest >= 1 && oldest <= version) return oldest
  throw new MigrationError(`Migration ${name} says "Oldest: ${said}", which is no migration before it.`)
}

// A quoted string or name (doubled quotes match as two strings, which is equivalent here), a comment, a semicolon, the rest.
const token =
  /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|;|[^'"`;#/-]+|[\s\S]/g

/** The statements of a file, without comments. A semicolon in a string, a name or a comment does not end one. */
export function splitStatements(sql: string): string[] {
  const statements = ['']
  for (const [piece] of sql.matchAll(token)) {
    if (piece === ';') statements.push('')
    else if (/^(--\s|--$|#|\/\*(?!!))/.test(piece)) statements[statements.length - 1] += ' '
    else statements[statements.length - 1] += piece
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '')
}
