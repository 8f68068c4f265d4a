// Whether one person hides what they have read.
import type { OwnTable } from '../own-data/own-table.ts'

export const seenData: readonly OwnTable[] = [
  {
    table: 'seen_hidden',
    lines: async (db, id) => {
      const rows = await db.rows('SELECT 1 FROM seen_hidden WHERE user_id = ?', [id])
      return rows.map(() => ({ kind: 'readHidden' }))
    },
  },
]
