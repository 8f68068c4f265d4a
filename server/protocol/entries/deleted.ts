// A message is deleted; its number stays, and nothing of what it said.
import type { SpokenMessage } from '../http.ts'
import { placeFields } from './message.ts'
import { changeOf, type Change, type ChangeKind } from './kind.ts'

export interface DeletedEvent extends Change {
  type: 'deleted'
}

export const deleted: ChangeKind<DeletedEvent> = {
  makes: 'change',
  words: 'gone',
  parse: (common, body) => changeOf('deleted', common, body),
  fold: (message, { at }) => emptied(message, at),
}

/** What is left of a message that was deleted at this time. */
export function emptied(message: SpokenMessage, at: number): SpokenMessage {
  const left: Partial<SpokenMessage> = {}
  for (const name of stays) if (message[name] !== undefined) Object.assign(left, { [name]: message[name] })
  return { ...(left as SpokenMessage), text: '', editedAt: null, deletedAt: at, reactions: [] }
}

/** Its author, time and place among the others; all other fields are removed with the text. */
const stays = [
  'kind',
  'seq',
  'updatedSeq',
  'cid',
  'user',
  'at',
  'threaded',
  'expired',
  ...placeFields,
] as const
