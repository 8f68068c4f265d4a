// The only fold from entries to messages, pure: the server's history and the browser's list give the same result. A
// message's `updatedSeq` says which entries are in it: all that change it, up to that number.
import { covers, type ErasedEvent } from './entries/erased.ts'
import { foldChange, isChange, isSpokenEvent, kindOf } from './entries/index.ts'
import type { EffectEvent, EntryEvent, NoticeEvent, ReplyEvent, SpokenEvent } from './events.ts'
import type { Message, NoticeMessage, SpokenMessage, ThreadSummary } from './http.ts'
import { limits } from './limits.ts'
import type { Mention } from './message.ts'

export { isChange, isSpokenEvent } from './entries/index.ts'
export { showsInRoom } from './entries/message.ts'

/** What an entry shows, or undefined if it shows nothing by itself. */
export function toMessage(entry: EntryEvent): Message | undefined {
  const kind = kindOf(entry.type)
  // Each kind receives its own events.
  switch (kind?.makes) {
    case 'message':
      return kind.toMessage(entry as SpokenEvent)
    case 'notice':
      return kind.toMessage(entry as NoticeEvent)
    case 'change':
    case undefined:
      return undefined
  }
}

/**
 * True for what somebody posted, so it can be answered, changed and pinned. Applies to messages, and to what the
 * browser makes of them.
 */
export const isSpoken = <Of extends Pick<Message, 'kind'>>(
  one: Of,
): one is Exclude<Of, Pick<NoticeMessage, 'kind'>> => one.kind !== 'notice'

export const isReply = (entry: { type: string; thread?: unknown }): entry is ReplyEvent =>
  entry.thread !== undefined && isSpokenEvent(entry)

/** These mentions name the person, or everybody and so them. */
export const isNamed = (mentions: readonly Mention[] | undefined, person: string): boolean =>
  mentions?.some(({ ids }) => ids.includes(person)) === true

export const isEffect = (entry: EntryEvent): entry is EffectEvent => isChange(entry) || isReply(entry)

/** It is about all messages of somebody in a part of the room, and not about one. */
export const isErasure = (entry: { type: string }): entry is ErasedEvent => entry.type === 'erased'

/** It restores them: whoever has them as deleted has nothing of what they said, and reads them again. */
export const isRestoring = (entry: { type: string }): boolean =>
  isErasure(entry) && entry.undoes !== undefined

/** The number of the message that this changes; 0 for one that is about many. */
export const targetOf = (effect: EffectEvent): number => (isReply(effect) ? effect.thread : effect.target)

/** Whether a message may be another one after this. */
export const concerns = (effect: EffectEvent, message: SpokenMessage): boolean =>
  isErasure(effect) ? covers(effect, message) : message.seq === targetOf(effect)

/**
 * The message after a change. A change that is already in it, or belongs to another message, leaves it as it is, so
 * repetition is harmless. Changes of one message must come in their order.
 */
export function withChange<Of extends Message>(message: Of, effect: EffectEvent): Of | SpokenMessage {
  if (!isSpoken(message) || effect.seq <= message.updatedSeq || !concerns(effect, message)) return message
  const next = isReply(effect)
    ? { ...message, threaded: withReply(message.threaded, effect) }
    : message.deletedAt === null
      ? foldChange(message, effect)
      : // A message that is over has nothing left to change, but that it is old.
        isErasure(effect) && effect.days !== undefined
        ? { ...message, expired: effect.days }
        : message
  return { ...next, updatedSeq: effect.seq }
}

/** A thread with one more reply. A reply that is already counted changes nothing. */
export function withReply(
  thread: ThreadSummary | undefined,
  { seq, at, user }: Pick<ReplyEvent, 'seq' | 'at' | 'user'>,
): ThreadSummary {
  if (thread !== undefined && seq <= thread.lastSeq) return thread
  const others = (thread?.people ?? []).filter(({ id }) => id !== user.id)
  return {
    replies: (thread?.replies ?? 0) + 1,
    lastSeq: seq,
    lastAt: at,
    people: [user, ...others].slice(0, limits.threads.faces),
  }
}

/** The newer of two states of the same message; if both are equally new, the second. */
export const later = (a: Message | undefined, b: Message): Message =>
  a === undefined || b.updatedSeq >= a.updatedSeq ? b : a
