// The one fold from entries to messages, pure: the server's history and the browser's list give the same answer.
// A message's `updatedSeq` says which entries are in it: all that change it, up to that number.
import type { ChangeEvent, EffectEvent, EntryEvent, ReplyEvent } from './events.ts'
import type { Message, Reaction, SpokenMessage, ThreadSummary } from './http.ts'
import { limits } from './limits.ts'

/** What an entry makes a person see, or undefined when it shows nothing by itself. */
export function toMessage(entry: EntryEvent): Message | undefined {
  switch (entry.type) {
    case 'message': {
      const { seq, cid, user, text, at, thread } = entry
      return {
        ...{ kind: 'message', seq, updatedSeq: seq, cid, user, text, at, replyTo: entry.replyTo ?? null },
        ...{ editedAt: entry.editedAt ?? null, deletedAt: null, reactions: [] },
        ...(entry.mentions === undefined ? {} : { mentions: entry.mentions }),
        ...(thread === undefined ? {} : { thread }),
        ...(entry.alsoInRoom === true ? { alsoInRoom: true } : {}),
      }
    }
    case 'notice': {
      const { seq, user, at, notice } = entry
      return { kind: 'notice', seq, updatedSeq: seq, user, at, notice }
    }
    case 'edited':
    case 'deleted':
    case 'reacted':
    case 'pinned':
    case 'unknown':
      return undefined
  }
}

const changeTypes: ReadonlySet<string> = new Set([
  ...(['edited', 'deleted', 'reacted', 'pinned'] as const satisfies ChangeEvent['type'][]),
])

export const isChange = (entry: { type: string }): entry is ChangeEvent => changeTypes.has(entry.type)

export const isReply = (entry: { type: string; thread?: unknown }): entry is ReplyEvent =>
  entry.type === 'message' && entry.thread !== undefined

export const isEffect = (entry: EntryEvent): entry is EffectEvent => isChange(entry) || isReply(entry)

/** The number of the message that this changes. */
export const targetOf = (effect: EffectEvent): number => (isReply(effect) ? effect.thread : effect.target)

/** What a room shows in its own list: not the replies that are in their threads alone. */
export const showsInRoom = (message: Message): boolean =>
  message.kind !== 'message' || message.thread === undefined || message.alsoInRoom === true

/**
 * The message after what changes it. An effect that is in it already, or is another message's, leaves it as it is; so
 * repetition does not matter. Effects of one message are given in their order.
 */
export function withChange<Of extends Message>(message: Of, effect: EffectEvent): Of | SpokenMessage {
  if (message.kind !== 'message' || message.seq !== targetOf(effect) || effect.seq <= message.updatedSeq)
    return message
  const next = isReply(effect)
    ? { ...message, threaded: withReply(message.threaded, effect) }
    : changed(message, effect)
  return { ...next, updatedSeq: effect.seq }
}

/** A thread with one more reply. One that is in it already changes nothing, so its number is counted once. */
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

function changed(message: SpokenMessage, change: ChangeEvent): SpokenMessage {
  // Whatever comes after the end of a message finds nothing to change.
  if (message.deletedAt !== null) return message
  switch (change.type) {
    case 'edited':
      return { ...withMentions(message, change.mentions), text: change.text, editedAt: change.at }
    case 'deleted':
      return {
        ...withPin(withMentions(message, undefined), undefined),
        text: '',
        editedAt: null,
        deletedAt: change.at,
        reactions: [],
      }
    case 'reacted': {
      const { emoji, user, seq, on } = change
      const others = message.reactions.flatMap(({ emoji: kind, users }) =>
        users.filter(({ id }) => kind !== emoji || id !== user.id).map((who) => ({ emoji: kind, ...who })),
      )
      const one = { emoji, id: user.id, name: user.name, seq }
      return { ...message, reactions: byKind(on ? [...others, one] : others) }
    }
    case 'pinned': {
      const { at, user } = change
      const pin = { pinnedAt: at, pinnedBy: { id: user.id, name: user.name } }
      return withPin(message, change.on ? pin : undefined)
    }
  }
}

/** The message naming these, and nobody else. */
function withMentions(message: SpokenMessage, mentions: SpokenMessage['mentions']): SpokenMessage {
  const next = { ...message }
  delete next.mentions
  return mentions === undefined ? next : { ...next, mentions }
}

function withPin(
  message: SpokenMessage,
  pin: Required<Pick<SpokenMessage, 'pinnedAt' | 'pinnedBy'>> | undefined,
): SpokenMessage {
  const next = { ...message }
  delete next.pinnedAt
  delete next.pinnedBy
  return pin === undefined ? next : { ...next, ...pin }
}

/** Single reactions, each with the number of its entry, as a message shows them. */
export function byKind(single: readonly ({ emoji: string } & Reaction['users'][number])[]): Reaction[] {
  const kinds = new Map<string, Reaction>()
  for (const { emoji, id, name, seq } of [...single].sort((a, b) => a.seq - b.seq)) {
    const kind = kinds.get(emoji) ?? { emoji, users: [] }
    kind.users.push({ id, name, seq })
    kinds.set(emoji, kind)
  }
  return [...kinds.values()]
}

/** The one of two states of the same message that the later entry made; of two equally late ones the second. */
export const later = (a: Message | undefined, b: Message): Message =>
  a === undefined || b.updatedSeq >= a.updatedSeq ? b : a
