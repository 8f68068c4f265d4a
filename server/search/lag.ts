// How far the index of search is behind the archive.
import type { Queryable } from '../db.ts'
import { roomsBehind } from './indexer.ts'

/** Numbers of archived messages that the index lacks, over all rooms. */
export async function searchLag(db: Queryable): Promise<number> {
  return (await roomsBehind(db)).reduce((sum, { upto, head }) => sum + head - upto, 0)
}
