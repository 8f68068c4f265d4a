// What somebody has planned, for the file of all that is theirs: reminders and scheduled messages. SQL that only reads.
import type { Queryable } from '../db.ts'

interface ReminderRow {
  room_id: number
  target: number | null
  text: string
  due_at: Date
  state: string
  created_at: Date
}

interface ScheduledRow {
  room_id: number
  said: string
  due_ms: number
  refusal: string | null
}

export async function planned(
  db: Queryable,
  id: bigint,
): Promise<({ kind: string } & Record<string, unknown>)[]> {
  const reminders = await db.rows<ReminderRow>(
    'SELECT room_id, target, text, due_at, state, created_at FROM reminders WHERE user_id = ? ORDER BY id',
    [id],
  )
  const scheduled = await db.rows<ScheduledRow>(
    `SELECT room_id, said, due_ms, refusal FROM scheduled_messages
     WHERE user_id = ? AND state IN ('waiting', 'sending', 'refused') ORDER BY due_ms, id`,
    [id],
  )
  return [
    ...reminders.map(({ room_id, target, text, due_at, state, created_at }) => ({
      kind: 'reminder',
      room: String(room_id),
      ...(target === null ? { text } : { seq: target }),
      dueAt: due_at.getTime(),
      state,
      createdAt: created_at.getTime(),
    })),
    ...scheduled.map(({ room_id, said, due_ms, refusal }) => ({
      kind: 'scheduled',
      room: String(room_id),
      ...(JSON.parse(said) as object),
      at: Number(due_ms),
      refusal,
    })),
  ]
}
