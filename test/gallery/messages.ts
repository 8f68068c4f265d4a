// Messages of the gallery: as the server tells of them, and as lines of a list.
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { MessageLine } from '../../web/conversation/lines/line.ts'
import { ann } from './people.ts'

type Author = SpokenMessage['user']

export const said = (seq: number, user: Author, text: string, at: number): SpokenMessage => ({
  kind: 'message',
  seq,
  updatedSeq: seq,
  cid: `m${seq}`,
  user,
  text,
  at,
  replyTo: null,
  editedAt: null,
  deletedAt: null,
  reactions: [],
})

/** A line of the list. `own`: of Ann, who looks at the gallery. */
export const line = (
  seq: number,
  user: Author,
  text: string,
  at: number,
  more: Partial<MessageLine> = {},
): MessageLine => ({
  kind: 'message',
  key: `m${seq}`,
  cid: `m${seq}`,
  seq,
  user,
  at,
  own: user.id === ann.id,
  text,
  replyTo: null,
  standing: undefined,
  editedAt: null,
  deletedAt: null,
  reactions: [],
  changing: false,
  ...more,
})
