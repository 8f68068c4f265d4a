// Somebody posted a message.
import { withFiles } from '../file-words.ts'
import type { Message, SpokenMessage } from '../http.ts'
import type { MessageBody, SentBody } from '../message.ts'
import type { Common, SpokenKind } from './kind.ts'

/** Its whole body. `at`: when it was sent; for an imported message long before it got its number. */
export interface MessageEvent extends MessageBody, Common {
  type: 'message'
  at: number
}

export const message: SpokenKind<MessageEvent> = {
  makes: 'message',
  parse(common, body, read) {
    const { room, seq, cid, user } = common
    const said = read(body, seq)
    if (said === undefined) return 'no text'
    // A single literal first, for its shape: every server keeps a hundred thousand of these.
    const { text, at = common.at } = said
    const event: MessageEvent = { type: 'message', room, seq, cid, user, text, at }
    return Object.assign(event, said)
  },
  toMessage({ type: kind, ...event }) {
    return { kind, ...spoken(event) }
  },
  toEvent(room, { kind: _kind, ...row }) {
    return { type: 'message', ...said(room, row) }
  },
  words: ({ text, files }) => withFiles(text, files),
}

/** What every spoken kind shows of its body. The room is left out: the caller knows it. */
export function spoken<Said extends MessageBody & Common>({ room: _room, ...said }: Said) {
  const { replyTo = null, editedAt = null } = said
  return { ...said, updatedSeq: said.seq, replyTo, editedAt, deletedAt: null, reactions: [] }
}

/** The content of a message in its current state, without later changes. */
export function said<Row extends Omit<SpokenMessage, 'kind'>>(room: string, row: Row) {
  const { replyTo, editedAt, updatedSeq: _seq, deletedAt: _at, reactions: _some, ...rest } = row
  const { threaded: _thread, pinnedAt: _since, pinnedBy: _by, expired: _days, ...more } = rest
  const { cards: _cards, cardsOff: _off, ...body } = more
  return {
    ...body,
    room,
    ...(replyTo === null ? {} : { replyTo }),
    ...(editedAt === null ? {} : { editedAt }),
  }
}

/** A message without its content. */
export function blankEvent<Event extends MessageBody & Common>(event: Event): Event {
  const left: Partial<Event> = {}
  for (const name of ['type', 'room', 'seq', 'cid', 'user', 'at', ...placeFields] as (keyof Event)[])
    if (event[name] !== undefined) left[name] = event[name]
  return { ...left, text: '' } as Event
}

/** The place of a message among others, which is not part of its content. */
export const placeFields = ['replyTo', 'thread', 'alsoInRoom'] as const

/** What a room shows in its own list: not the replies that are only in their threads. */
export const showsInRoom = (one: Message | Pick<SentBody, 'thread' | 'alsoInRoom'>): boolean =>
  !('thread' in one) || one.thread === undefined || one.alsoInRoom === true
