// Deleting everything that somebody has said since a time, in all rooms, and restoring it within a day.
import { Type, type Static } from 'typebox'
import { Person } from './people.ts'
import { Closed, Id, Nullable, Time } from './schema.ts'

export const SinceMs = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'what they have said since this time, in milliseconds since 1970; 0: everything',
})

export const ErasingBody = Closed({ user: Id, sinceMs: SinceMs })
/** Until `undoableUntil` it can be undone. `messages`: how many there were. */
export const Erasing = Closed({
  id: Id,
  person: Person,
  since: Time,
  messages: Type.Integer({ minimum: 0 }),
  by: Person,
  at: Time,
  undoableUntil: Time,
})
/** Null: there was nothing to delete. */
export const ErasingAnswer = Closed({ erasing: Nullable(Erasing) })
/** Those that can be undone, the newest first. */
export const ErasingsAnswer = Closed({ erasings: Type.Array(Erasing) })
export const ErasingParams = Closed({ erasing: Id })

export type ErasingBody = Static<typeof ErasingBody>
export type Erasing = Static<typeof Erasing>
export type ErasingAnswer = Static<typeof ErasingAnswer>
export type ErasingsAnswer = Static<typeof ErasingsAnswer>
