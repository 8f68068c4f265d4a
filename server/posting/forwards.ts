// What may be forwarded: a message that its forwarder may read, and that is still there. Only its place is passed on: whoever
// reads the forward asks for the message with their own rights.
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Refusal } from '../protocol/errors.ts'
import { isRefusal } from '../answer.ts'

export interface ForwardDeps {
  history: Pick<History, 'find'>
  memberships: Pick<Memberships, 'find'>
}

/** Undefined: it may be forwarded. What one may not read looks as if it were not there. */
export async function refuseForward(
  { history, memberships }: ForwardDeps,
  userId: string,
  { room, seq }: { room: string; seq: number },
): Promise<Refusal | undefined> {
  if ((await memberships.find(userId, room)) === undefined) return { code: 'bad_forward' }
  const message = await history.find(room, seq)
  if (isRefusal(message)) return message.code === 'no_such_message' ? { code: 'bad_forward' } : message
  return message === undefined || message.deletedAt !== null ? { code: 'bad_forward' } : undefined
}
