// How one person wants to be notified. Their notifications are not exported: they repeat what others said.
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
