// The MySQL pool and its transaction. Numbers above 2^53 come back as text; every session is strict and in UTC.
import { Readable } from 'node:stream'
import mysql, {
  type Pool,
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise'
import type { MysqlAddress } from './config.ts'

export type Param = string | number | bigint | boolean | Date | Buffer | null | Param[]

/** Something that takes SQL: the pool, or one connection inside a transaction. */
export interface Queryable {
  /** Rows of a SELECT. `Row` is the shape that the statement's columns have; BIGINTs are text when above 2^53. */
  rows<Row>(sql: string, params?: Param[]): Promise<Row[]>
  /** An INSERT, UPDATE or DELETE. */
  run(sql: string, params?: Param[]): Promise<{ affectedRows: number; insertId: string }>
  /**
   * A LOAD DATA LOCAL of these bytes, whatever file it names; undefined where the server does not allow it. Trap: what is
   * wrong with a row, or there already, is only counted among the warnings.
   */
  load(sql: string, chunks: Iterable<Buffer>): Promise<{ rows: number; warnings: number } | undefined>
}

/** How long a query may wait for a free connection before it is refused. */
const acquireTimeoutMs = 5_000
const queryTimeoutMs = 15_000

/**
 * The SQL of a name for GET_LOCK, which knows of no databases: this one is shared by no other database of the server.
 * Trap: such a name has at most 64 characters; MySQL 9.6 has no SHA1.
 */
export const lockName = (what: string): string => `CONCAT('brook.${what}.', LEFT(SHA2(DATABASE(), 256), 40))`

export interface DbOptions {
  /**
   * MySQL ends a connection that asks nothing for so long, and with it its transaction and its locks: a process that
   * was frozen inside one holds nothing up for longer.
   */
  silentSeconds?: number
}

export class Db implements Queryable {
  readonly #pool: Pool
  readonly #loading = { isAllowed: true }

  constructor(address: MysqlAddress, connections = 8, { silentSeconds }: DbOptions = {}) {
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
      // Idle connections are let go from this side before MySQL ends them.
      ...(silentSeconds === undefined
        ? {}
        : { maxIdle: Math.max(1, connections - 1), idleTimeout: (silentSeconds * 1_000) / 2 }),
    })
    this.#pool.on('connection', (connection) => {
      // Trap: a server's own sql_mode may lack strictness; INSERT would then truncate instead of refusing.
      void connection.query(
        `SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION'` +
          (silentSeconds === undefined ? '' : `, wait_timeout = ${silentSeconds}`),
      )
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

  /** Runs `work` in one transaction; whatever it throws rolls back and is thrown on. */
  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return this.#borrow(async (connection) => {
      await connection.beginTransaction()
      try {
        const result = await work(this.#over(connection))
        await connection.commit()
        return result
      } catch (error) {
        await connection.rollback().catch(() => connection.destroy())
        throw error
      }
    })
  }

  /** Runs `work` on one connection of its own, for GET_LOCK and what else belongs to a session. */
  async session<T>(work: (session: Queryable) => Promise<T>): Promise<T> {
    return this.#borrow((connection) => work(this.#over(connection)))
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  #over(connection: PoolConnection): Queryable {
    return over(connection, this.#loading)
  }

  async #borrow<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await this.#acquire()
    try {
      const result = await work(connection)
      connection.release()
      return result
    } catch (error) {
      // A connection that failed or timed out may still be busy with the old answer: it is never used again.
      if (isConnectionLost(error)) connection.destroy()
      else connection.release()
      throw error
    }
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

/** A server that does not allow LOAD DATA LOCAL is asked once. */
function over(connection: PoolConnection, loading: { isAllowed: boolean }): Queryable {
  return {
    async rows<Row>(sql: string, values: Param[] = []) {
      const [rows] = await connection.query<RowDataPacket[]>({ sql, values, timeout: queryTimeoutMs })
      return rows as Row[]
    },
    async run(sql: string, values: Param[] = []) {
      const [header] = await connection.query<ResultSetHeader>({ sql, values, timeout: queryTimeoutMs })
      return { affectedRows: header.affectedRows, insertId: String(header.insertId) }
    },
    async load(sql: string, chunks: Iterable<Buffer>) {
      if (!loading.isAllowed) return undefined
      const infileStreamFactory = (): Readable => Readable.from(chunks)
      try {
        const [header] = await connection.query<ResultSetHeader>({
          ...{ sql, infileStreamFactory, timeout: queryTimeoutMs },
        })
        return { rows: header.affectedRows, warnings: header.warningStatus }
      } catch (error) {
        if (!loadingForbidden.has((error as { errno?: number }).errno ?? 0)) throw error
        loading.isAllowed = false
        return undefined
      }
    },
  }
}

const loadingForbidden = new Set([
  1148, // ER_NOT_ALLOWED_COMMAND
  3948, // ER_CLIENT_LOCAL_FILES_DISABLED (MySQL)
  4166, // ER_LOAD_INFILE_CAPABILITY_DISABLED (MariaDB)
])

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

/** True when MySQL could not be reached or went away, as opposed to refusing a statement. */
export function isConnectionLost(error: unknown): boolean {
  const { code, fatal } = error as { code?: string; fatal?: boolean }
  return fatal === true || (code !== undefined && lostCodes.has(code))
}

/** True when a unique key refused a row (ER_DUP_ENTRY). */
export const isDuplicate = (error: unknown): boolean => (error as { errno?: number }).errno === 1062
