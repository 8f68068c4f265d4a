// The columns of a message's row that sum up the thread which begins with it.
import type { ThreadSummary } from '../../protocol/http.ts'
import type { Person } from '../../protocol/people.ts'

export interface ThreadColumns {
  replies: number
  replied_seq: number | null
  replied_ms: number | null
  repliers: string | null
}

/** Undefined before the first reply. */
export const threadOf = (row: ThreadColumns): ThreadSummary | undefined =>
  row.replied_seq === null
    ? undefined
    : {
        replies: row.replies,
        lastSeq: row.replied_seq,
        lastAt: row.replied_ms ?? 0,
        people: JSON.parse(row.repliers ?? '[]') as Person[],
      }
