// The skeletons of names that were given before there were any, or by a server of an older version.
import type { Db } from '../db.ts'
import { skeleton } from './look-alikes.ts'

const atOnce = 500

/** Goes through all that lack one; nothing where all have one. @throws a lost connection */
export async function addSkeletons(db: Db): Promise<void> {
  for (;;) {
    const rows = await db.rows<{ id: number; name: string }>(
      'SELECT id, name FROM users WHERE skeleton IS NULL LIMIT ?',
      [atOnce],
    )
    for (const { id, name } of rows)
      // Somebody may have been renamed meanwhile.
      await db.run('UPDATE users SET skeleton = ? WHERE id = ? AND name = ?', [skeleton(name), id, name])
    if (rows.length < atOnce) return
  }
}
