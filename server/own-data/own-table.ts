// What a feature says of a table that has rows of one person each: it declares it in its `own-data.ts`, and `tables.ts` lists those.
import type { Queryable } from '../db.ts'

/** A line of the file in which somebody has all that is theirs. */
export interface OwnLine {
  kind: string
  [field: string]: unknown
}

export interface OwnTable {
  /** It has a column `user_id`. */
  table: string
  /** What the person's file says of it. Missing: it is a secret, work under way, or what others say. Only reads. */
  lines?: (db: Queryable, id: bigint) => Promise<OwnLine[]>
  /**
   * What the end of the account does in its transaction. Missing: the rows are deleted. `elsewhere`: they stay, or are dealt with
   * in a step of their own.
   */
  end?: ((tx: Queryable, id: bigint) => Promise<void>) | 'elsewhere'
  /** Before that transaction locks the person: whatever else its changes lock first. */
  beforeEnd?: (tx: Queryable, id: bigint) => Promise<void>
}

/** In ms since 1970. */
export const ms = (at: Date | null): number | null => at?.getTime() ?? null
