// The skeletons of names that were given before there were any, or by a server of an older version.
import type { Db } from '../db.ts'
import { skeleton } from './look-alikes.ts'

const atOnce = 500
/** Which rows have a name that nobody else's may look like. */
const named = { users: 'TRUE', rooms: 'public_key IS NOT NULL' } as const

/** Goes through all that lack one; nothing where all have one. @throws a lost connection */
export async function addSkeletons(db: Db): Promise<void> {
  for (const [table, which] of Object.entries(named))
    for (;;) {
      const rows = await db.rows<{ id: number; name: string }>(
        `SELECT id, name FROM ${table} WHERE skeleton IS NULL AND ${which} LIMIT ?`,
        [atOnce],
      )
      for (const { id, name } of rows)
        // It may have another name by now.
        await db.run(`UPDATE ${table} SET skeleton = ? WHERE id = ? AND name = ?`, [skeleton(name), id, name])
      if (rows.length < atOnce) break
    }
}
