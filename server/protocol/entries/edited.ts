// A message gets a new text, and the mentions of that text.
import type { SpokenMessage } from '../http.ts'
import type { Mention } from '../message.ts'
import { changeOf, type Change, type ChangeKind } from './kind.ts'

export interface EditedEvent extends Change {
  type: 'edited'
  text: string
  mentions?: Mention[]
}

export const edited: ChangeKind<EditedEvent> = {
  makes: 'change',
  words: 'replaced',
  blank: (event) => ({ ...event, text: '' }),
  parse(common, body, read) {
    const change = changeOf('edited', common, body)
    if (typeof change === 'string') return change
    const said = read({ text: body['text'], mentions: body['mentions'] }, common.seq)
    return said === undefined ? 'no text' : Object.assign(change, said)
  },
  fold: (message, { text, at, mentions }) => ({ ...withMentions(message, mentions), text, editedAt: at }),
}

/** The message with these mentions, and no others. */
export function withMentions(message: SpokenMessage, mentions: Mention[] | undefined): SpokenMessage {
  const { mentions: _before, ...rest } = message
  return mentions === undefined ? rest : { ...rest, mentions }
}
