// The embedded MariaDB: its data folder, its settings, its one user, and its health check.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import mysql from 'mysql2/promise'
import type { MysqlAddress } from '../config.ts'
import type { Recipe } from './child.ts'
import { StoreError, type MariadbProgram } from './programs.ts'

export interface MariadbPlace {
  /** Contains its data, settings, log and pid file. */
  folder: string
  socket: string
  password: string
}

export const mariadbAddress = (place: MariadbPlace): MysqlAddress => ({
  socketPath: place.socket,
  user: 'brook',
  password: place.password,
  database: 'brook',
})

// Trap: MariaDB refuses to run as root without this option.
const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []

/** Trap: a starting MariaDB deletes the temporary tables of any other instance in the same folder. */
async function ownTemporary(folder: string): Promise<string> {
  const temporary = path.join(folder, 'tmp')
  await mkdir(temporary, { recursive: true, mode: 0o700 })
  return temporary
}

/** Creates the data folder if it does not exist. It gets its name only when complete, so a partial one is made again. */
export async function makeMariadbData(
  program: MariadbProgram,
  folder: string,
  more: string[] = [],
): Promise<void> {
  const data = path.join(folder, 'data')
  if (existsSync(data)) return
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = await ownTemporary(folder)
  const half = './data.half'
  await rm(path.join(folder, half), { recursive: true, force: true })
  // Trap: the installer, a shell script, divides a path where it has a space. So it gets one that has none.
  await promisify(execFile)(
    program.install,
    [
      '--no-defaults',
      `--basedir=${program.base}`,
      `--datadir=${half}`,
      '--auth-root-authentication-method=socket',
      `--auth-root-socket-user=${os.userInfo().username}`,
      '--skip-test-db',
      '--skip-name-resolve',
      ...asRoot,
      ...more,
    ],
    { cwd: folder, env: { ...program.env, TMPDIR: temporary }, timeout: 120_000 },
  ).catch((error: { stderr?: string; stdout?: string; message: string }) => {
    const words = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim() || error.message
    throw new StoreError(`MariaDB could not create its data folder ${data}: ${words.replace(/\s+/g, ' ')}`)
  })
  await rename(path.join(folder, half), data)
}

/** Writes the SQL that runs at each start (mode 0600: it contains the password) and returns its path. */
export async function firstSql({ folder, password }: MariadbPlace, more: string[] = []): Promise<string> {
  const first = path.join(folder, 'first.sql')
  const statements = [
    `CREATE DATABASE IF NOT EXISTS brook CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    `CREATE USER IF NOT EXISTS 'brook'@'localhost' IDENTIFIED BY '${password}'`,
    `ALTER USER 'brook'@'localhost' IDENTIFIED BY '${password}'`,
    `GRANT ALL ON brook.* TO 'brook'@'localhost'`,
    // Where a backup is restored to see whether it can be (backup/rehearse.ts).
    "GRANT ALL ON `brook\\_rehearsal`.* TO 'brook'@'localhost'",
    ...more,
  ]
  await writeFile(first, statements.map((statement) => `${statement};\n`).join(''), { mode: 0o600 })
  return first
}

/** The command, arguments and files of the MariaDB process. */
export async function mariadbRecipe(
  program: MariadbProgram,
  place: MariadbPlace,
  extra: { sql?: string[]; args?: string[] } = {},
): Promise<Recipe> {
  const { folder, socket } = place
  const temporary = await ownTemporary(folder)
  const dataArg = `--datadir=${path.join(folder, 'data')}`
  const pidFile = path.join(folder, 'mariadb.pid')
  const first = await firstSql(place, extra.sql)
  return {
    name: 'MariaDB',
    command: program.server,
    args: [
      '--no-defaults',
      `--basedir=${program.base}`,
      dataArg,
      `--socket=${socket}`,
      `--pid-file=${pidFile}`,
      `--tmpdir=${temporary}`,
      `--init-file=${first}`,
      '--skip-networking',
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--skip-log-bin',
      ...asRoot,
      ...(extra.args ?? []),
    ],
    env: program.env,
    logFile: path.join(folder, 'mariadb.log'),
    pidFile,
    mark: dataArg,
    ask: () => askMysql(mariadbAddress(place)),
  }
}

/** Throws unless SELECT 1 succeeds for this user in this database. */
export async function askMysql(address: MysqlAddress, timeoutMs = 1_000): Promise<void> {
  const connection = await mysql.createConnection({ ...address, connectTimeout: timeoutMs })
  try {
    await connection.query({ sql: 'SELECT 1', timeout: timeoutMs })
    // Trap: MariaDB logs a warning for a connection that closes without a quit packet.
    await connection.end()
  } catch (error) {
    connection.destroy()
    throw error
  }
}
