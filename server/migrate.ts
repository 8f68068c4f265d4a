// Brings the tables up to date: numbered SQL files, forward only, each once, under a lock. DDL has no transaction,
// so each finished statement is counted: a run that was killed goes on where it stopped.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { lockName, type Db, type Queryable } from './db.ts'

/** Tables that cannot be brought up to date. Its message is for a person: one line. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

interface MigrationFile {
  version: number
  name: string
  checksum: string
  statements: string[]
}

interface Applied {
  version: number
  name: string
  checksum: string
  /** Statements finished; below the file's own count when a run was killed. */
  done: number
  applied_at: Date | null
}

const lock = lockName('migrate')
/** Below the deadline of one query (db.ts), so that the wait ends with our words. */
const lockWaitSeconds = 10
const lockTries = 6

/** Applies what is new in `dir` and returns the names of these files. Any number of processes may call it at once. */
export async function migrate(db: Db, dir: string): Promise<string[]> {
  const files = await readMigrations(dir)
  return db.session(async (session) => {
    await takeLock(session)
    try {
      // Trap: with IF NOT EXISTS too, a server that is read-only for a while refuses it.
      if (!(await hasTable(session)))
        await session.run(`CREATE TABLE IF NOT EXISTS schema_migrations (
        version INT UNSIGNED NOT NULL PRIMARY KEY,
        name VARCHAR(200) NOT NULL,
        checksum CHAR(64) NOT NULL,
        done INT UNSIGNED NOT NULL,
        applied_at DATETIME(3) NULL
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`)
      const applied = await session.rows<Applied>('SELECT * FROM schema_migrations ORDER BY version')
      refuseStrangers(files, applied)
      const names = []
      for (const file of files) {
        const known = applied.find(({ version }) => version === file.version)
        if (known?.applied_at) continue
        await apply(session, file, known)
        names.push(file.name)
      }
      return names
    } finally {
      await session.rows(`SELECT RELEASE_LOCK(${lock}) AS released`)
    }
  })
}

async function hasTable(session: Queryable): Promise<boolean> {
  const sql = `SELECT 1 FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'schema_migrations'`
  return (await session.rows(sql)).length > 0
}

async function takeLock(session: Queryable): Promise<void> {
  for (let tries = 0; tries < lockTries; tries++) {
    const [row] = await session.rows<{ taken: number | null }>(
      `SELECT GET_LOCK(${lock}, ${lockWaitSeconds}) AS taken`,
    )
    if (row?.taken === 1) return
  }
  const seconds = lockWaitSeconds * lockTries
  throw new MigrationError(`Another process has been changing the tables for ${seconds} s; try again later.`)
}

/** What was applied must still be here, unchanged; anything else means another Brook's database. */
function refuseStrangers(files: MigrationFile[], applied: Applied[]): void {
  for (const known of applied) {
    const file = files.find(({ version }) => version === known.version)
    if (file === undefined)
      throw new MigrationError(
        `The database has migration ${known.name}, which this Brook does not know: it is older than the database.`,
      )
    if (file.checksum !== known.checksum)
      throw new MigrationError(
        `Migration ${file.name} was changed after it was applied. Restore it, and put the change into a new file.`,
      )
  }
  const newest = Math.max(0, ...applied.filter((known) => known.applied_at).map(({ version }) => version))
  const late = files.find(
    (file) => file.version < newest && !applied.some(({ version }) => version === file.version),
  )
  if (late !== undefined)
    throw new MigrationError(
      `Migration ${late.name} is new, but a later one is applied. Give it a higher number.`,
    )
}

async function apply(session: Queryable, file: MigrationFile, known: Applied | undefined): Promise<void> {
  if (known === undefined)
    await session.run('INSERT INTO schema_migrations (version, name, checksum, done) VALUES (?, ?, ?, 0)', [
      file.version,
      file.name,
      file.checksum,
    ])
  const from = known?.done ?? 0
  for (const [index, statement] of file.statements.entries()) {
    if (index < from) continue
    try {
      await session.run(statement)
    } catch (error) {
      const resumes = known !== undefined && index === from
      if (!(resumes && isAlreadyDone(error)))
        throw new MigrationError(
          `Migration ${file.name} stopped at statement ${index + 1}: ${(error as Error).message}`,
        )
    }
    await session.run('UPDATE schema_migrations SET done = ? WHERE version = ?', [index + 1, file.version])
  }
  await session.run('UPDATE schema_migrations SET applied_at = UTC_TIMESTAMP(3) WHERE version = ?', [
    file.version,
  ])
}

// Table, column or key exists already; what was to be dropped is gone. Such a statement had run before the kill.
const alreadyDone = new Set([1050, 1060, 1061, 1091])
const isAlreadyDone = (error: unknown): boolean => alreadyDone.has((error as { errno?: number }).errno ?? 0)

async function readMigrations(dir: string): Promise<MigrationFile[]> {
  const names = (await readdir(dir)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort()
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(dir, name), 'utf8')
      return {
        version: Number(name.slice(0, 4)),
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

// A quoted text or name (doubled quotes meet as two texts, which is the same here), a comment, a semicolon, the rest.
const token =
  /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--(?=\s|$)[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|;|[^'"`;#/-]+|[\s\S]/g

/** The statements of a file, without comments. A semicolon in a text, a name or a comment ends nothing. */
export function splitStatements(sql: string): string[] {
  const statements = ['']
  for (const [piece] of sql.matchAll(token)) {
    if (piece === ';') statements.push('')
    else if (/^(--\s|--$|#|\/\*(?!!))/.test(piece)) statements[statements.length - 1] += ' '
    else statements[statements.length - 1] += piece
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '')
}
