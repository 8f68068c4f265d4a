// The messages that one person has saved.
import type { OwnTable } from '../own-data/own-table.ts'

export const savedData: readonly OwnTable[] = [
  {
    table: 'saved',
    lines: async (db, id) => {
      const rows = await db.rows<{ room_id: number; seq: number; saved_ms: number }>(
        'SELECT room_id, seq, saved_ms FROM saved WHERE user_id = ? ORDER BY saved_ms',
        [id],
      )
      return rows.map(({ room_id, seq, saved_ms }) => ({
        kind: 'saved',
        room: String(room_id),
        seq,
        at: Number(saved_ms),
      }))
    },
  },
]
