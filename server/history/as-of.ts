// Messages as they were at a number of their room, without anything later. Edits and reactions are entries that MySQL
// and memory keep, so a message is folded again from its first text. Invariant: a deleted message is deleted at every
// moment, because its text no longer exists anywhere.
import type { Queryable } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { EffectEvent } from '../protocol/events.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { isSpoken, targetOf, toMessage, withChange } from '../protocol/timeline.ts'
import { beneath } from './hidden.ts'
import { changesOf } from './sql/kept-changes.ts'
import { firstMessages } from './sql/messages.ts'
import { repliesOf } from './sql/replies.ts'

export interface AsOfDeps {
  db: Queryable
  tail: Tail
  /** Edits are not undone: for people who may not read earlier texts. */
  hidesRevisions: boolean
}

/** These messages, read in their current state, without the changes made after `moment`. */
export async function asOf(
  { db, tail, hidesRevisions }: AsOfDeps,
  room: string,
  moment: number,
  messages: readonly Message[],
): Promise<Message[]> {
  const changed = messages.filter(
    (message): message is SpokenMessage =>
      isSpoken(message) && message.deletedAt === null && message.updatedSeq > moment,
  )
  if (changed.length === 0) return [...messages]
  // Memory first, MySQL second, as everywhere.
  const inMemory = new Map(changed.map(({ seq }) => [seq, tail.changesOf(room, seq)]))
  const born = new Map(changed.map((message) => [message.seq, firstWords(tail, room, message)]))
  const archived = changed.filter(({ seq }) => born.get(seq) === undefined).map(({ seq }) => seq)
  const first = new Map((await firstMessages(db, room, archived)).map((message) => [message.seq, message]))
  const kept = await keptEffects(db, room, archived, moment)

  const before = (message: SpokenMessage): Message => {
    const base = born.get(message.seq) ?? bared(first.get(message.seq)) ?? message
    const changes = [...(kept.get(message.seq) ?? []), ...(inMemory.get(message.seq) ?? [])]
    return changes
      .filter(({ seq }) => seq <= moment)
      .sort((a, b) => a.seq - b.seq)
      .reduce<Message>(withChange, base)
  }
  const rewound = new Map(
    changed.map((message) => {
      const then = withNamesOf(message, before(message))
      return [message.seq, hidesRevisions ? withWordsOf(message, then) : then]
    }),
  )
  return messages.map((message) => rewound.get(message.seq) ?? message)
}

/** It is restored now, though MySQL may not have heard of it. */
const bared = (message: Message | undefined): Message | undefined =>
  message && (beneath(message)?.message ?? message)

/** Only the current text has its mentions stored; earlier texts mention nobody, wherever they are read from. */
function withNamesOf({ text, mentions }: SpokenMessage, then: Message): Message {
  if (!isSpoken(then)) return then
  const { mentions: _then, ...bare } = then
  return then.text === text && mentions !== undefined ? { ...bare, mentions } : bare
}

/** A message as it was then, with today's text, and the cards of today's links. */
function withWordsOf({ text, editedAt, mentions, cards }: SpokenMessage, then: Message): Message {
  if (!isSpoken(then)) return then
  const { mentions: _then, cards: _cards, ...bare } = then
  return { ...bare, text, editedAt, ...(mentions && { mentions }), ...(cards && { cards }) }
}

/** The message as it was first sent, if memory has it. */
export function firstWords(tail: Tail, room: string, { seq }: SpokenMessage): Message | undefined {
  const entry = seq < tail.first(room) ? undefined : tail.at(room, seq)
  return entry && toMessage(entry.event)
}

/** What MySQL has of changes to these messages up to a moment, including replies in their threads, in no order. */
async function keptEffects(
  db: Queryable,
  room: string,
  targets: readonly number[],
  moment: number,
): Promise<Map<number, EffectEvent[]>> {
  const found = new Map<number, EffectEvent[]>()
  if (targets.length === 0) return found
  const effects: EffectEvent[] = [
    ...(await changesOf(db, room, targets, moment)),
    ...(await repliesOf(db, room, targets, moment)),
  ]
  for (const effect of effects) {
    const some = found.get(targetOf(effect)) ?? []
    some.push(effect)
    found.set(targetOf(effect), some)
  }
  return found
}
