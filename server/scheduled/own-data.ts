// The messages that one person has scheduled. Those that were sent are exported as messages.
import type { OwnTable } from '../own-data/own-table.ts'

interface Row {
  room_id: number
  said: string
  due_ms: number
  refusal: string | null
}

export const scheduledData: readonly OwnTable[] = [
  {
    table: 'scheduled_messages',
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        `SELECT room_id, said, due_ms, refusal FROM scheduled_messages
         WHERE user_id = ? AND state IN ('waiting', 'sending', 'refused') ORDER BY due_ms, id`,
        [id],
      )
      return rows.map(({ room_id, said, due_ms, refusal }) => ({
        kind: 'scheduled',
        room: String(room_id),
        ...(JSON.parse(said) as object),
        at: Number(due_ms),
        refusal,
      }))
    },
  },
]
