// What waits in the outbox: a message or a change of one, being sent or refused. A module of its own, because the
// outbox itself must stay inside wire/.
import type { ChangeEvent } from '../../server/protocol/events.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { MessageBody, SentBody as Sendable } from '../../server/protocol/message.ts'
import type { Refusal } from './refusal.ts'

/** The body of a message as it is sent; passed whole, never field by field. */
export type SentBody = Pick<MessageBody, keyof Sendable>

/** On the wire a file is its id: the server knows the rest. */
export const sendable = ({ files, ...body }: SentBody): Sendable =>
  files === undefined ? body : { ...body, files: files.map(({ id }) => id) }

/**
 * A file of a message that is not in the log yet. Its bytes wait in this browser under `key` (web/files/taking), which
 * uploads them.
 */
export interface Attached {
  key: string
  /** What this browser knows of it. */
  shown: Omit<FileRef, 'id'>
  /** As the message will have it: the server has the whole file. */
  ref?: FileRef
  /** How often the server had it no longer when the message was sent. */
  lost?: number
}

/** A message as it is written here. */
export type WrittenBody = SentBody & { attached?: Attached[] }

interface OutgoingFields {
  /** The same in every attempt: a repeated send is one message, a repeated change one change. */
  cid: string
  room: string
  /** The owner; another person at the same browser neither sees nor sends it. */
  user: string
  /** Its place in the queue, increasing over all tabs of the browser. */
  place: number
  /** When it was written, by this browser's clock. */
  at: number
  state: 'waiting' | 'failed'
  /** Why it failed. */
  refusal?: Refusal
}

/** Flat, as the browser's storage has had it since the first version. */
export interface OutgoingMessage extends OutgoingFields, SentBody {
  change?: never
  /** In their order; the message is sent once each has its `ref`, and then has `files`. */
  attached?: Attached[]
}

/** A change of message `seq`. */
export type OwnChange =
  | { type: 'edit'; seq: number; text: string }
  | { type: 'delete'; seq: number }
  | { type: 'react'; seq: number; emoji: string; on: boolean }
  | { type: 'pin'; seq: number; on: boolean }

export interface OutgoingChange extends OutgoingFields {
  change: OwnChange
}

export type Outgoing = OutgoingMessage | OutgoingChange

export const isChanging = (item: Outgoing): item is OutgoingChange => item.change !== undefined

/** The content of the item, without its envelope. */
export function bodyOf(item: OutgoingMessage): SentBody {
  const { cid: _cid, room: _room, user: _user, place: _place, at: _at, ...rest } = item
  const { state: _state, refusal: _refusal, change: _change, attached: _attached, ...body } = rest
  return body
}

/** What only the log knows of a message. */
type Logged = Pick<SpokenMessage, 'seq' | 'at' | 'user'>

/** The message that the item becomes in the log. */
export function messageFrom(item: OutgoingMessage, { seq, at, user }: Logged): SpokenMessage {
  return {
    ...bodyOf(item),
    kind: 'message',
    cid: item.cid,
    seq,
    updatedSeq: seq,
    user,
    at,
    replyTo: item.replyTo ?? null,
    editedAt: null,
    deletedAt: null,
    reactions: [],
  }
}

/** The entry that a change becomes in the log. */
export function changeFrom(
  { room, cid, change }: OutgoingChange,
  made: Pick<ChangeEvent, 'seq' | 'at' | 'user'>,
): ChangeEvent {
  const fields = { room, cid, target: change.seq, ...made }
  switch (change.type) {
    case 'edit':
      return { ...fields, type: 'edited', text: change.text }
    case 'delete':
      return { ...fields, type: 'deleted' }
    case 'react':
      return { ...fields, type: 'reacted', emoji: change.emoji, on: change.on }
    case 'pin':
      return { ...fields, type: 'pinned', on: change.on }
  }
}
