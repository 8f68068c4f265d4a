// Reminders: of a message, and those that were asked for with /remind. Only their owner sees them.
import { Type, type Static } from 'typebox'
import { Message } from './http.ts'
import { Cid, Closed, EntrySeq, Id, Nullable, Time } from './schema.ts'

/** With the same cid it is the same reminder. */
export const RemindBody = Closed({ cid: Cid, room: Id, seq: EntrySeq, at: Time })
export const ReminderParams = Closed({ id: Id })

/**
 * `seq`: the message that it is about, and `message` as it is now, null if it can no longer be read; both null: a reminder of
 * /remind, with its `text`. `isDue`: its time has come, and it waits to be put away.
 */
export const Reminder = Closed({
  id: Id,
  room: Id,
  at: Time,
  isDue: Type.Boolean(),
  seq: Nullable(EntrySeq),
  message: Nullable(Message),
  text: Type.String(),
})
/** Those that are due first, then the next one first. */
export const RemindersAnswer = Closed({ reminders: Type.Array(Reminder) })

export type RemindBody = Static<typeof RemindBody>
export type Reminder = Static<typeof Reminder>
export type RemindersAnswer = Static<typeof RemindersAnswer>
