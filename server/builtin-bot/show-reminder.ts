// A reminder of a message becomes due: it is in its owner's list, and in the inbox, from one transaction on. SQL of
// `notifications` and of what follows a reminder there.
import type { Db, Queryable } from '../db.ts'
import type { InboxMark } from '../protocol/inbox.ts'

/** The part of a reminder that its row in the inbox needs. */
interface Shown {
  id: string
  user: { id: string }
  room: string
  thread: number | null
  target: number | null
}

/** As the inbox has it. */
export const markOf = (
  { id, room, thread }: Pick<Shown, 'id' | 'room' | 'thread'>,
  seq: number,
): InboxMark => ({
  room,
  seq,
  event: eventOf(id),
  ...(thread === null ? {} : { thread }),
  cause: 'reminder',
  readBy: 'hand',
})

const eventOf = (id: string): string => `remind.${id}`

/** Doing it twice changes nothing. False: it was put away meanwhile. */
export const showReminder = (db: Db, due: Shown, now: number): Promise<boolean> =>
  db.transaction(async (tx) => {
    // Notifications become visible in the order of their ids: whoever writes one holds this row.
    await tx.rows('SELECT one FROM notify_head WHERE one = 1 FOR UPDATE')
    const { affectedRows } = await tx.run(
      "UPDATE reminders SET state = 'shown', number = NULL WHERE id = ? AND state = 'sending'",
      [BigInt(due.id)],
    )
    if (affectedRows === 0) return false
    const user = BigInt(due.user.id)
    await tx.run(
      `INSERT INTO notifications (user_id, room_id, seq, event, thread_root, cause, read_by, by_id, at_ms, decided_ms)
       VALUES (?) ON DUPLICATE KEY UPDATE cause = notifications.cause`,
      [[user, BigInt(due.room), due.target, eventOf(due.id), due.thread, 'reminder', 'hand', user, now, now]],
    )
    return true
  })

/** What the inbox has of it is done, too. */
export async function endShown(tx: Queryable, userId: string, id: string, now: number): Promise<void> {
  await tx.run('UPDATE notifications SET done_ms = ? WHERE user_id = ? AND event = ? AND done_ms IS NULL', [
    now,
    BigInt(userId),
    eventOf(id),
  ])
}
