// How somebody wants to be told, as theirs; and what they were told, which is what others said.
import type { OwnTable } from '../own-data/own-table.ts'

export const notifyData: readonly OwnTable[] = [
  { table: 'notifications' },
  {
    table: 'notification_settings',
    lines: async (db, id) => {
      const rows = await db.rows<{ settings: string }>(
        'SELECT settings FROM notification_settings WHERE user_id = ?',
        [id],
      )
      return rows.map(({ settings }) => ({
        kind: 'notificationSettings',
        ...(JSON.parse(settings) as object),
      }))
    },
  },
]
