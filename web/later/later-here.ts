// What is planned in one room or thread, for its composer and its messages.
import { newCid } from '../../server/protocol/cid.ts'
import type { ScheduleBody, Scheduled } from '../../server/protocol/scheduled.ts'
import { sendable, type SentBody } from '../wire/outgoing.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { useLater } from './later.ts'
import { useReminders } from './reminders.ts'

export interface LaterHere {
  /** Scheduled messages that wait in the room, its threads included, the next one first. */
  waiting: () => readonly Scheduled[]
  /** Null: it has been sent or deleted since. Asked again with the same words and time, it is the same one. */
  schedule: (said: SentBody, at: number) => Promise<Scheduled | Refusal | null>
  /** Deletes it. */
  remove: (id: string) => Promise<Refusal | undefined>
  /** Of message `seq`. With the same cid it is the same reminder. */
  remind: (seq: number, at: number, cid: string) => Promise<Refusal | undefined>
}

export function laterHere(room: string): LaterHere {
  let asked: { key: string; cid: string } | undefined
  const cidOf = (wanted: Omit<ScheduleBody, 'cid'>): string => {
    const key = JSON.stringify(wanted)
    if (asked?.key !== key) asked = { key, cid: newCid() }
    return asked.cid
  }
  return {
    waiting: () => useLater().scheduled.filter((one) => one.room === room),
    schedule: async (said, at) => {
      const wanted = { ...sendable(said), room, at }
      const answer = await useLater().schedule({ ...wanted, cid: cidOf(wanted) })
      // The same words again are another message.
      if (!isRefusal(answer)) asked = undefined
      return answer
    },
    remove: (id) => useLater().remove(id),
    remind: (seq, at, cid) => useReminders().remind({ room, seq }, at, cid),
  }
}
