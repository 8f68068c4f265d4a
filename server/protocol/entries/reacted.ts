// `user` has added this reaction to the message, or removed it.
import type { Reaction } from '../http.ts'
import { changeOf, type Change, type ChangeKind } from './kind.ts'

export interface ReactedEvent extends Change {
  type: 'reacted'
  emoji: string
  on: boolean
}

export const reacted: ChangeKind<ReactedEvent> = {
  makes: 'change',
  words: 'kept',
  parse(common, body) {
    const change = changeOf('reacted', common, body)
    const { emoji, on } = body
    if (typeof change === 'string') return change
    if (typeof emoji !== 'string' || typeof on !== 'boolean') return 'a bad reaction'
    return Object.assign(change, { emoji, on })
  },
  fold(message, { emoji, user, seq, on }) {
    const others = message.reactions.flatMap(({ emoji: kind, users }) =>
      users.filter(({ id }) => kind !== emoji || id !== user.id).map((who) => ({ emoji: kind, ...who })),
    )
    const one = { emoji, id: user.id, name: user.name, seq }
    return { ...message, reactions: byKind(on ? [...others, one] : others) }
  },
}

/** Single reactions, each with the number of its entry, grouped as a message shows them. */
export function byKind(single: readonly ({ emoji: string } & Reaction['users'][number])[]): Reaction[] {
  const kinds = new Map<string, Reaction>()
  for (const { emoji, id, name, seq } of [...single].sort((a, b) => a.seq - b.seq)) {
    const kind = kinds.get(emoji) ?? { emoji, users: [] }
    kind.users.push({ id, name, seq })
    kinds.set(emoji, kind)
  }
  return [...kinds.values()]
}
