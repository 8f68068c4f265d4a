// One person's reminders.
import { ms, type OwnTable } from '../own-data/own-table.ts'

interface Row {
  room_id: number
  target: number | null
  text: string
  due_at: Date
  state: string
  created_at: Date
}

export const reminderData: readonly OwnTable[] = [
  {
    table: 'reminders',
    // One that is being sent goes on: the built-in bot has asked whether its owner may still speak.
    end: async (tx, id) => {
      await tx.run(
        "UPDATE reminders SET state = 'cancelled', number = NULL WHERE user_id = ? AND state IN ('waiting', 'shown')",
        [id],
      )
    },
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        'SELECT room_id, target, text, due_at, state, created_at FROM reminders WHERE user_id = ? ORDER BY id',
        [id],
      )
      return rows.map(({ room_id, target, text, due_at, state, created_at }) => ({
        kind: 'reminder',
        room: String(room_id),
        ...(target === null ? { text } : { seq: target }),
        dueAt: ms(due_at),
        state,
        createdAt: ms(created_at),
      }))
    },
  },
]
