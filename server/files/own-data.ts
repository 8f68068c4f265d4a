// The files that one person has sent. What was not sent yet goes with the account.
import type { OwnTable } from '../own-data/own-table.ts'

interface Row {
  id: number
  name: string
  type: string
  size: number
  room_id: number
  seq: number | null
  created_ms: number
}

export const fileData: readonly OwnTable[] = [
  {
    table: 'files',
    // Messages stay, and so does what they hold; what nobody has sent is released, and the sweep removes it.
    end: async (tx, id) => {
      await tx.run(
        'UPDATE files SET released_ms = ? WHERE user_id = ? AND room_id IS NULL AND released_ms IS NULL',
        [Date.now(), id],
      )
    },
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        `SELECT id, name, type, size, room_id, seq, created_ms FROM files
         WHERE user_id = ? AND room_id IS NOT NULL AND released_ms IS NULL ORDER BY id`,
        [id],
      )
      return rows.map(({ id: file, name, type, size, room_id, seq, created_ms }) => ({
        kind: 'file',
        id: String(file),
        name,
        type,
        size: Number(size),
        room: String(room_id),
        seq,
        at: Number(created_ms),
      }))
    },
  },
]
