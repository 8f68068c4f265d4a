// One person's push devices, and what is on its way to them.
import type { OwnTable } from '../own-data/own-table.ts'

export const pushData: readonly OwnTable[] = [
  {
    table: 'push_subscriptions',
    lines: async (db, id) => {
      const rows = await db.rows<{ session_id: number; language: string; created_ms: number }>(
        'SELECT session_id, language, created_ms FROM push_subscriptions WHERE user_id = ? ORDER BY id',
        [id],
      )
      // Whoever has the endpoint could push to the device.
      return rows.map(({ session_id, language, created_ms }) => ({
        kind: 'pushDevice',
        session: String(session_id),
        language,
        createdAt: Number(created_ms),
      }))
    },
  },
  { table: 'push_queue' },
  { table: 'push_shown' },
  { table: 'push_holds' },
]
