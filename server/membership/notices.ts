// Telling a room, through its log, what has changed in MySQL.
import type { Append } from '../log/entry.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Notice } from '../protocol/events.ts'
import { personOf, type Person } from '../protocol/people.ts'

/** What happened, where, and by whom. */
export interface Happening {
  room: string
  user: Person
  notice: Notice
}

export interface Telling {
  append: Append
  /** A notice that the log did not take, for the server's own log. */
  onUntold?: (happening: Happening, refusal: Refusal) => void
}

/**
 * Appends a notice, again with the same cid when the outcome is unknown.
 * A notice that the log does not take is given up: who may enter is decided in MySQL and has changed already, and a
 * person who joined must not be told that they did not, because the line that says so is missing.
 */
export async function tell({ append, onUntold }: Telling, happening: Happening): Promise<void> {
  const { room, user, notice } = happening
  const draft = {
    room,
    user: personOf(user),
    cid: newCid(),
    body: { type: 'notice', notice },
  } as const
  let answer = await append(draft)
  if ('code' in answer && answer.code === 'log_unknown') answer = await append(draft)
  if ('code' in answer) onUntold?.(happening, answer)
}
