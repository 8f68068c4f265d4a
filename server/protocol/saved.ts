// What somebody has saved for later: places in rooms, for them alone.
import { Type, type Static } from 'typebox'
import { Message } from './http.ts'
import { limits } from './limits.ts'
import { Closed, Id, Nullable, Seq, Time } from './schema.ts'

export const SavedQuery = Closed({
  /** The `next` of the page before. */
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}-[1-9][0-9]{0,18}-[0-9]{1,16}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.most })),
})
/** `message` as it is, deleted ones too; null: one may not look into its room any more. */
export const SavedItem = Closed({ room: Id, seq: Seq, savedAt: Time, message: Nullable(Message) })
/** Newest saved first; `next` is null on the last page. */
export const SavedAnswer = Closed({ saved: Type.Array(SavedItem), next: Nullable(Type.String()) })
/** The numbers of all that is saved, by room. */
export const SavedMarksAnswer = Closed({ rooms: Type.Record(Type.String(), Type.Array(Seq)) })
export const SavedParams = Closed({ room: Id, seq: Type.Integer({ minimum: 1 }) })

export type SavedItem = Static<typeof SavedItem>
export type SavedAnswer = Static<typeof SavedAnswer>
export type SavedMarksAnswer = Static<typeof SavedMarksAnswer>
