// What one person was called before.
import { ms, type OwnTable } from '../own-data/own-table.ts'

export const namingData: readonly OwnTable[] = [
  {
    table: 'former_names',
    // They stay for a while, so that nobody speaks as them right after.
    end: 'elsewhere',
    lines: async (db, id) => {
      const rows = await db.rows<{ name: string; ended_at: Date }>(
        'SELECT name, ended_at FROM former_names WHERE user_id = ? ORDER BY id',
        [id],
      )
      return rows.map(({ name, ended_at }) => ({ kind: 'formerName', name, until: ms(ended_at) }))
    },
  },
  { table: 'rename_notes' },
]
