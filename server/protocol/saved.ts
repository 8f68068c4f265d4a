// What somebody has saved for later: messages in rooms, visible only to them.
import { Type, type Static } from 'typebox'
import { Message } from './http.ts'
import { limits } from './limits.ts'
import { Closed, EntrySeq, Id, Limit, NextQuery, Nullable, Seq, Time } from './schema.ts'

export const SavedQuery = Closed({
  before: NextQuery('^[0-9]{1,16}-[1-9][0-9]{0,18}-[0-9]{1,16}$'),
  limit: Limit(limits.page.default, limits.page.max),
})
/** `message` in its current state, deleted ones too; null: the person may no longer read its room. */
export const SavedItem = Closed({ room: Id, seq: Seq, savedAt: Time, message: Nullable(Message) })
/** Last saved first; `next` is null on the last page. */
export const SavedAnswer = Closed({ saved: Type.Array(SavedItem), next: Nullable(Type.String()) })
/** The numbers of all saved messages, by room. */
export const SavedMarksAnswer = Closed({ rooms: Type.Record(Type.String(), Type.Array(Seq)) })
export const SavedParams = Closed({ room: Id, seq: EntrySeq })

export type SavedItem = Static<typeof SavedItem>
export type SavedAnswer = Static<typeof SavedAnswer>
export type SavedMarksAnswer = Static<typeof SavedMarksAnswer>
