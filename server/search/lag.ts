// How far the search index is behind the archive.
import type { Queryable } from '../db.ts'
import { heldBy } from './postings.ts'
import { outdatedBlocks, roomsBehind } from './indexer.ts'

/** The number of archived messages that the index lacks, or has by other rules, over all rooms. */
export async function searchLag(db: Queryable): Promise<number> {
  const [behind, outdated] = await Promise.all([roomsBehind(db), outdatedBlocks(db)])
  return (
    behind.reduce((sum, { upto, head }) => sum + head - upto, 0) +
    outdated.reduce((sum, block) => sum + heldBy(block), 0)
  )
}
