// MySQL, as everybody asks it: statements, and transactions that are done again where MySQL ended them for another.
import type { PoolConnection } from 'mysql2/promise'
import { hostsOf, type MysqlAddress } from './config-stores.ts'
import type { Outages } from './logging/outages.ts'
import { endConnection, over, type Param, type Queryable } from './mysql-connection.ts'
import { isRepeatable, whyMysqlRefuses, withoutValues } from './mysql-error.ts'
import { nameOfHost } from './mysql-hosts.ts'
import { MysqlWriter } from './mysql-writer.ts'
import type { Refusal } from './protocol/errors.ts'

export type { Param, Queryable } from './mysql-connection.ts'

const queryTimeoutMs = 15_000
/** A statement may build a table with years of messages anew. */
const longTimeoutMs = 24 * 60 * 60 * 1_000
/** Of those that lock the same rows at once each time one goes through. */
const maxTries = 5

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
  /** Of several servers another one is written to; one line for an operator. */
  onMoved?: (line: string) => void
}

const refusingAgainMs = 60_000

/** As in the log: without its password. */
export const nameOfMysql = (address: MysqlAddress): string =>
  `MySQL at ${hostsOf(address).map(nameOfHost).join(', ')}`

export class Db implements Queryable {
  readonly #writer: MysqlWriter
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
      onMoved = () => undefined,
    }: DbOptions = {},
  ) {
    this.#onRefusing = onRefusing
    this.#timeout = answersWithinMs
    this.#name = nameOfMysql(address)
    this.#onStatement = onStatement
    this.#outages = outages
    this.#writer = new MysqlWriter(address, { connections, silentSeconds, answersWithinMs, onMoved })
  }

  async rows<Row>(sql: string, params: Param[] = []): Promise<Row[]> {
    return this.#borrow((connection) => this.#over(connection).rows<Row>(sql, params))
  }

  async run(sql: string, params: Param[] = []): Promise<{ affectedRows: number; insertId: string }> {
    return this.#again(() => this.#borrow((connection) => this.#over(connection).run(sql, params)))
  }

  /** A statement of a migration: it may take hours. It has nothing of people's, so its error says what MySQL says of it. */
  async runLong(sql: string): Promise<void> {
    let refused: unknown
    await this.#borrow(async (connection) => {
      await this.#over(connection, longTimeoutMs)
        .run(sql)
        .catch((error: unknown) => {
          if (isMysqlAway(error)) throw error
          refused = error
        })
    })
    if (refused !== undefined) throw refused
  }

  async load(sql: string, chunks: Iterable<Buffer>): ReturnType<Queryable['load']> {
    return this.#borrow((connection) => this.#over(connection).load(sql, chunks))
  }

  /**
   * Runs `work` in one transaction; whatever it throws causes a rollback and is rethrown. Where two have changed what the
   * other one wants, MySQL ends one of them: its work is done again, so it must be able to.
   */
  async transaction<T>(work: (tx: Queryable) => Promise<T>, tries = maxTries): Promise<T> {
    return this.#again(() => this.#transact(work), tries)
  }

  async #again<T>(work: () => Promise<T>, tries = maxTries): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (tries > 1 && isRepeatable(error)) return this.#again(work, tries - 1)
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

  async close(): Promise<void> {
    await this.#writer.close()
  }

  #over(connection: PoolConnection, timeout = this.#timeout): Queryable {
    return over(connection, {
      loading: this.#loading,
      timeout,
      onStatement: this.#onStatement,
    })
  }

  async #borrow<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const began = performance.now()
    const lent = await this.#writer.lend().catch((error: unknown) => this.#lost(error))
    try {
      const result = await work(lent.connection)
      lent.giveBack()
      this.#outages?.works(this.#name, began)
      return result
    } catch (error) {
      // A connection that failed or timed out may still be busy with the old answer: it is never used again.
      // One that refuses may lead to a server that has become a replica: the next may find the primary.
      if (isMysqlAway(error)) lent.doubt()
      else lent.giveBack()
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

/** True when a unique key refused a row (ER_DUP_ENTRY). */
export const isDuplicate = (error: unknown): boolean => (error as { errno?: number }).errno === 1062
