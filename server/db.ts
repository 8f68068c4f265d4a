// The MySQL pool and its transaction. Numbers above 2^53 come back as text; every session is strict and in UTC.
import mysql, { type Pool, type PoolConnection } from 'mysql2/promise'
import type { PoolConnection as CoreConnection } from 'mysql2'
import type { MysqlAddress } from './config.ts'
import type { Outages } from './logging/outages.ts'
import { endAtOnce, endConnection, over, type Param, type Queryable } from './mysql-connection.ts'
import { whyMysqlRefuses, withoutValues } from './mysql-error.ts'
import type { Refusal } from './protocol/errors.ts'

export type { Param, Queryable } from './mysql-connection.ts'

/** How long a query may wait for a free connection before it is refused. */
const acquireTimeoutMs = 5_000
const queryTimeoutMs = 15_000
/** Of those that lock the same rows at once each time one goes through. */
const deadlockTries = 5

/**
 * The SQL of a name for GET_LOCK. Such locks belong to the whole server, so the name includes the database. Trap: a
 * name has at most 64 characters, and MySQL 9.6 has no SHA1.
 */
export const lockName = (what: string): string => `CONCAT('brook.${what}.', LEFT(SHA2(DATABASE(), 256), 40))`

export interface DbOptions {
  /**
   * MySQL closes a connection that is silent for this long, and with it its transaction and its locks. So a process
   * that freezes inside a transaction blocks nothing for longer.
   */
  silentSeconds?: number
  /** A statement that MySQL has not answered after this long fails, and its connection is ended. */
  answersWithinMs?: number
  /** Called at the end of each statement, with the ms that it took. */
  onStatement?: (ms: number) => void
  /** Is told when MySQL is away. */
  outages?: Outages
  /** MySQL refuses work, and why; told once a minute for as long as it lasts. */
  onRefusing?: (why: string) => void
}

const refusingAgainMs = 60_000

/** As in the log: without its password. */
export const nameOfMysql = ({ socketPath, host, port }: MysqlAddress): string =>
  `MySQL at ${socketPath ?? `${host}:${port}`}`

export class Db implements Queryable {
  readonly #pool: Pool
  readonly #loading = { isAllowed: true }
  readonly #timeout: number
  readonly #name: string
  readonly #onStatement: DbOptions['onStatement']
  readonly #outages: Outages | undefined
  readonly #onRefusing: (why: string) => void
  #toldRefusing = { why: '', at: 0 }

  constructor(
    address: MysqlAddress,
    connections = 8,
    {
      silentSeconds,
      answersWithinMs = queryTimeoutMs,
      outages,
      onStatement,
      onRefusing = () => undefined,
    }: DbOptions = {},
  ) {
    this.#onRefusing = onRefusing
    this.#timeout = answersWithinMs
    this.#name = nameOfMysql(address)
    this.#onStatement = onStatement
    this.#outages = outages
    this.#pool = mysql.createPool({
      ...address,
      connectionLimit: connections,
      queueLimit: 1_000,
      connectTimeout: acquireTimeoutMs,
      charset: 'utf8mb4_unicode_ci',
      timezone: 'Z',
      supportBigNumbers: true,
      bigNumberStrings: false,
      enableKeepAlive: true,
      // Idle connections are closed from this side before MySQL closes them.
      ...(silentSeconds === undefined
        ? {}
        : { maxIdle: Math.max(1, connections - 1), idleTimeout: (silentSeconds * 1_000) / 2 }),
    })
    this.#pool.on('connection', (connection) => {
      // Trap: a server's own sql_mode may lack strictness; INSERT would then truncate instead of refusing.
      const sql =
        `SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'` +
        (silentSeconds === undefined ? '' : `, wait_timeout = ${silentSeconds}`)
      // Trap: the time of a statement begins when the one before it has ended, so this one needs a limit too.
      const core = connection as unknown as CoreConnection
      core.query({ sql, timeout: this.#timeout }, (error) => {
        if (error !== null) endAtOnce(core)
      })
    })
  }

  async rows<Row>(sql: string, params: Param[] = []): Promise<Row[]> {
    return this.#borrow((connection) => this.#over(connection).rows<Row>(sql, params))
  }

  async run(sql: string, params: Param[] = []): Promise<{ affectedRows: number; insertId: string }> {
    return this.#borrow((connection) => this.#over(connection).run(sql, params))
  }

  async load(sql: string, chunks: Iterable<Buffer>): ReturnType<Queryable['load']> {
    return this.#borrow((connection) => this.#over(connection).load(sql, chunks))
  }

  /**
   * Runs `work` in one transaction; whatever it throws causes a rollback and is rethrown. Where two have locked what the
   * other one wants, MySQL ends one of them: its work is done again, so it must be able to.
   */
  async transaction<T>(work: (tx: Queryable) => Promise<T>, tries = deadlockTries): Promise<T> {
    try {
      return await this.#transact(work)
    } catch (error) {
      if (tries > 1 && isDeadlock(error)) return this.transaction(work, tries - 1)
      throw error
    }
  }

  async #transact<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#borrow(async (connection) => {
      // Trap: mysql2's own beginTransaction, commit and rollback wait for ever where MySQL says nothing.
      const timeout = this.#timeout
      await connection.query({ sql: 'START TRANSACTION', timeout })
      try {
        const result = await work(this.#over(connection))
        await connection.query({ sql: 'COMMIT', timeout })
        return result
      } catch (error) {
        // A lost connection rolls back by itself; what is asked on it waits behind what it owes.
        if (!isConnectionLost(error))
          await connection.query({ sql: 'ROLLBACK', timeout }).catch(() => endConnection(connection))
        throw error
      }
    })
  }

  /** Runs `work` on one dedicated connection, for GET_LOCK and other things that belong to a session. */
  async session<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    return this.#borrow((connection) => work(this.#over(connection)))
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  #over(connection: PoolConnection): Queryable {
    return over(connection, {
      loading: this.#loading,
      timeout: this.#timeout,
      onStatement: this.#onStatement,
    })
  }

  async #borrow<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const began = performance.now()
    const connection = await this.#acquire().catch((error: unknown) => this.#lost(error))
    try {
      const result = await work(connection)
      connection.release()
      this.#outages?.works(this.#name, began)
      return result
    } catch (error) {
      // A connection that failed or timed out may still be busy with the old answer: it is never used again.
      // One that refuses may lead to a server that has become a replica: the next may find the primary.
      if (isMysqlAway(error)) endConnection(connection)
      else connection.release()
      return this.#lost(withoutValues(error))
    }
  }

  /** Says once that MySQL is away, and why it refuses. */
  #lost(error: unknown): never {
    if (isConnectionLost(error)) this.#outages?.failed(this.#name, (error as Error).message)
    const why = whyMysqlRefuses(error)
    const now = performance.now()
    const told = this.#toldRefusing
    if (why !== undefined && (why !== told.why || now - told.at > refusingAgainMs)) {
      this.#toldRefusing = { why, at: now }
      this.#onRefusing(why)
    }
    throw error
  }

  /** Trap: a pool without a deadline waits for ever when all its connections hang. */
  async #acquire(): Promise<PoolConnection> {
    let timer: NodeJS.Timeout | undefined
    const wanted = this.#pool.getConnection()
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), acquireTimeoutMs)
    })
    const first = await Promise.race([wanted, late]).finally(() => clearTimeout(timer))
    if (first !== 'late') return first
    wanted.then((connection) => connection.release()).catch(() => undefined)
    throw Object.assign(new Error('no MySQL connection was free in time'), { code: 'ETIMEDOUT' })
  }
}

const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
])

/** True if MySQL could not be reached or the connection broke, as opposed to a statement that was refused. */
export function isConnectionLost(error: unknown): boolean {
  const { code, fatal } = error as { code?: string; fatal?: boolean }
  return fatal === true || (code !== undefined && lostCodes.has(code))
}

/** True if MySQL cannot be worked with at the moment: it cannot be reached, is read-only, or rejects the account. */
export const isMysqlAway = (error: unknown): boolean =>
  isConnectionLost(error) || whyMysqlRefuses(error) !== undefined

/** The result of a read from MySQL; while it is down, a refusal that says so. */
export async function unlessAway<T>(read: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await read()
  } catch (error) {
    if (isMysqlAway(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
    throw error
  }
}

/** True when the transaction was ended in favour of another (ER_LOCK_DEADLOCK). */
const isDeadlock = (error: unknown): boolean => (error as { errno?: number }).errno === 1213

/** True when a unique key refused a row (ER_DUP_ENTRY). */
export const isDuplicate = (error: unknown): boolean => (error as { errno?: number }).errno === 1062
