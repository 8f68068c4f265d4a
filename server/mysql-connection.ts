// One connection to MySQL: what takes SQL over it, with a deadline for each statement, and how it ends.
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { PoolConnection as CoreConnection } from 'mysql2'
import type { PoolConnection, QueryOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise'

export type Param = string | number | bigint | boolean | Date | Buffer | null | Param[]

/** Something that takes SQL: the pool, or one connection inside a transaction. */
export interface Queryable {
  /** Rows of a SELECT. `Row` is the shape of the statement's columns; BIGINTs above 2^53 are text. */
  rows<Row>(sql: string, params?: Param[]): Promise<Row[]>
  /** An INSERT, UPDATE or DELETE. */
  run(sql: string, params?: Param[]): Promise<{ affectedRows: number; insertId: string }>
  /**
   * A LOAD DATA LOCAL of these bytes, whatever file it names; undefined where the server does not allow it. Trap: a
   * row that is invalid or already exists only counts as a warning.
   */
  load(sql: string, chunks: Iterable<Buffer>): Promise<{ rows: number; warnings: number } | undefined>
}

/**
 * Ends a connection without waiting for the other side, and everything that waits on it fails. Trap: mysql2's `destroy`
 * only says goodbye, which a silent MySQL never answers, and forgets what waits.
 */
export function endAtOnce(core: CoreConnection): void {
  const { stream } = core as unknown as { stream: Socket }
  if (stream.destroyed) core.destroy()
  else stream.once('close', () => core.destroy()).destroy()
}

export const endConnection = (connection: PoolConnection): void =>
  endAtOnce(connection.connection as unknown as CoreConnection)

interface OverOptions {
  loading: { isAllowed: boolean }
  timeout: number
  /** Called at the end of each statement, with the ms that it took. */
  onStatement: ((ms: number) => void) | undefined
}

/** A server that does not allow LOAD DATA LOCAL is asked only once. */
export function over(connection: PoolConnection, { loading, timeout, onStatement }: OverOptions): Queryable {
  const query = async <Result extends RowDataPacket[] | ResultSetHeader>(
    options: QueryOptions,
  ): Promise<Result> => {
    const began = performance.now()
    try {
      const [result] = await connection.query<Result>({ ...options, timeout })
      return result
    } finally {
      onStatement?.(performance.now() - began)
    }
  }
  return {
    async rows<Row>(sql: string, values: Param[] = []) {
      return (await query<RowDataPacket[]>({ sql, values })) as Row[]
    },
    async run(sql: string, values: Param[] = []) {
      const header = await query<ResultSetHeader>({ sql, values })
      return { affectedRows: header.affectedRows, insertId: String(header.insertId) }
    },
    async load(sql: string, chunks: Iterable<Buffer>) {
      if (!loading.isAllowed) return undefined
      const infileStreamFactory = (): Readable => Readable.from(chunks)
      try {
        const header = await query<ResultSetHeader>({ sql, infileStreamFactory })
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
