// The database as it is at one moment: every table, read in one transaction, while others go on. Read as a stream: MySQL waits for
// whoever is slow, and nothing but a few rows is in memory.
import mysql, { type Connection } from 'mysql2/promise'
import type { Readable } from 'node:stream'
import type { MysqlAddress } from '../config-stores.ts'
import type { Param, Queryable } from '../db.ts'
import { endConnection } from '../mysql-connection.ts'
import { restoringTable } from './progress.ts'

export interface Table {
  name: string
  /** SQL that makes it. */
  create: string
  columns: string[]
  /** Which of them hold bytes that are no text, by their place. */
  binary: number[]
}

const connectWithinMs = 5_000
/** MySQL waits so long for whoever reads slowly: an object store that rests, or a busy night. */
const readerRestsSeconds = 3_600
const rowsInMemory = 200
const isBinary = /^(?:binary|varbinary|(?:tiny|medium|long)?blob|bit)$/

export class Snapshot implements Pick<Queryable, 'rows'> {
  readonly #connection: Connection

  private constructor(connection: Connection) {
    this.#connection = connection
  }

  /** From here on it shows what was committed before. */
  static async open(address: MysqlAddress): Promise<Snapshot> {
    const connection = await mysql.createConnection({
      ...address,
      connectTimeout: connectWithinMs,
      charset: 'utf8mb4_unicode_ci',
      supportBigNumbers: true,
      enableKeepAlive: true,
    })
    try {
      await connection.query(
        `SET time_zone = '+00:00', net_write_timeout = ${readerRestsSeconds}, wait_timeout = 28800`,
      )
      await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
      await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
      return new Snapshot(connection)
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  async rows<Row>(sql: string, values: Param[] = []): Promise<Row[]> {
    const [rows] = await this.#connection.query({ sql, values })
    return rows as Row[]
  }

  /** In the order of their names. */
  async tables(): Promise<Table[]> {
    const columns = await this.rows<{ tab: string; name: string; type: string }>(
      `SELECT c.TABLE_NAME AS tab, c.COLUMN_NAME AS name, c.DATA_TYPE AS type
       FROM information_schema.COLUMNS c JOIN information_schema.TABLES t
         ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
       WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND c.EXTRA NOT LIKE '%GENERATED%'
       ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`,
    )
    const names = [...new Set(columns.map(({ tab }) => tab))].filter((name) => name !== restoringTable)
    const tables: Table[] = []
    for (const name of names) {
      const [made] = await this.rows<Record<string, string>>(`SHOW CREATE TABLE \`${name}\``)
      const own = columns.filter(({ tab }) => tab === name)
      tables.push({
        name,
        create: made?.['Create Table'] ?? '',
        columns: own.map((column) => column.name),
        binary: own.flatMap(({ type }, place) => (isBinary.test(type) ? [place] : [])),
      })
    }
    return tables
  }

  /** Every row of a table, as lines of a backup. */
  async *lines({ name, columns, binary }: Table): AsyncGenerator<string> {
    const bytes = new Set(binary)
    const sql = `SELECT ${columns.map((column) => `\`${column}\``).join(', ')} FROM \`${name}\``
    const { connection } = this.#connection as unknown as {
      connection: { query(options: object): { stream(options: object): Readable } }
    }
    // As MySQL writes them: no number is bent, and no date is understood.
    const typeCast = (field: { buffer(): Buffer | null }): Buffer | null => field.buffer()
    const rows = connection
      .query({ sql, typeCast, rowsAsArray: true })
      .stream({ highWaterMark: rowsInMemory })
    for await (const row of rows as AsyncIterable<(Buffer | null)[]>)
      yield JSON.stringify(
        row.map((value, place) => value?.toString(bytes.has(place) ? 'base64' : 'utf8') ?? null),
      )
  }

  close(): void {
    endConnection(this.#connection as Parameters<typeof endConnection>[0])
  }
}
