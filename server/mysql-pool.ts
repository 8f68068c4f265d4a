// The connections to one server of MySQL's: numbers above 2^53 come back as text; every session is strict and in UTC.
import mysql, { type Pool, type PoolConnection } from 'mysql2/promise'
import type { PoolConnection as CoreConnection } from 'mysql2'
import type { MysqlHost } from './config-stores.ts'
import { endAtOnce, endConnection } from './mysql-connection.ts'

/** How long a query may wait for a free connection before it is refused. */
export const acquireTimeoutMs = 5_000

export interface MysqlPoolOptions {
  connections: number
  /** See DbOptions. */
  silentSeconds: number | undefined
  answersWithinMs: number
  /** A node of a Galera cluster: it waits, before it reads, for what was committed on the others. */
  isGalera: boolean
}

export class MysqlPool {
  readonly #pool: Pool
  readonly #open = new Set<CoreConnection>()
  readonly #lent = new Set<PoolConnection>()
  #isRetired = false

  constructor(host: MysqlHost, { connections, silentSeconds, answersWithinMs, isGalera }: MysqlPoolOptions) {
    this.#pool = mysql.createPool({
      ...host,
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
        (silentSeconds === undefined ? '' : `, wait_timeout = ${silentSeconds}`) +
        (isGalera ? ', wsrep_sync_wait = 1' : '')
      // Trap: the time of a statement begins when the one before it has ended, so this one needs a limit too.
      const core = connection as unknown as CoreConnection
      this.#open.add(core)
      core.once('end', () => this.#open.delete(core))
      core.once('error', () => this.#open.delete(core))
      core.query({ sql, timeout: answersWithinMs }, (error) => {
        if (error !== null) endAtOnce(core)
      })
    })
  }

  /** Trap: a pool without a deadline waits for ever when all its connections hang. */
  async lend(): Promise<PoolConnection> {
    let timer: NodeJS.Timeout | undefined
    const wanted = this.#pool.getConnection()
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), acquireTimeoutMs)
    })
    const first = await Promise.race([wanted, late]).finally(() => clearTimeout(timer))
    if (first !== 'late') {
      this.#lent.add(first)
      return first
    }
    wanted.then((connection) => connection.release()).catch(() => undefined)
    throw Object.assign(new Error('no MySQL connection was free in time'), { code: 'ETIMEDOUT' })
  }

  giveBack(connection: PoolConnection): void {
    this.#lent.delete(connection)
    if (this.#isRetired) endConnection(connection)
    else connection.release()
    this.#closeRetired()
  }

  /** It may still be busy with an old answer, or lead to a server that can no longer write: it is never used again. */
  end(connection: PoolConnection): void {
    this.#lent.delete(connection)
    endConnection(connection)
    this.#closeRetired()
  }

  /** Another server is written to: what is under way is finished, and nothing begins. `atOnce`: this one does not answer. */
  retire({ atOnce }: { atOnce: boolean }): void {
    this.#isRetired = true
    if (atOnce) for (const core of this.#open) endAtOnce(core)
    this.#closeRetired()
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  #closeRetired(): void {
    if (!this.#isRetired || this.#lent.size > 0) return
    void this.#pool.end().catch(() => undefined)
  }
}
