// The groups that one person is in.
import type { OwnTable } from '../own-data/own-table.ts'

export const groupData: readonly OwnTable[] = [
  {
    table: 'group_members',
    lines: async (db, id) => {
      const rows = await db.rows<{ id: number; name: string }>(
        'SELECT g.id, g.name FROM group_members m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id = ? ORDER BY g.id',
        [id],
      )
      return rows.map((group) => ({ kind: 'group', id: String(group.id), name: group.name }))
    },
  },
]
