// MySQL as a process sees it that is killed: after so many statements, in the middle of a transaction or right after its commit,
// nothing comes through any more.
import type { Db, Param, Queryable } from '../../server/db.ts'

export class Killed extends Error {
  override name = 'Killed'
}

/** `statements`: how many are left. `onDeath` is called once. */
export function mortalDb(db: Db, statements: number, onDeath: () => void): Db {
  let left = statements
  const count = (): void => {
    if (left === 0) onDeath()
    left -= 1
    if (left < 0) throw new Killed('killed')
  }
  const over = (inner: Queryable): Queryable => ({
    rows: async <Row>(sql: string, params?: Param[]) => {
      count()
      return inner.rows<Row>(sql, params)
    },
    run: async (sql, params) => {
      count()
      return inner.run(sql, params)
    },
    load: (sql, chunks) => inner.load(sql, chunks),
  })
  const transaction = async <T>(work: (tx: Queryable) => Promise<T>, tries?: number): Promise<T> => {
    count()
    const result = await db.transaction((tx) => work(over(tx)), tries)
    // Committed, and nobody hears of it.
    count()
    return result
  }
  return Object.assign(over(db), { transaction }) as unknown as Db
}
