// Messages as they were at a number of their room: what came after it is not in them. Edits and reactions are entries
// that MySQL and memory keep, so a message is folded again from its first words.
// Invariant: what is deleted stays deleted at every moment, for its words are nowhere any more.
import type { Queryable } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { ChangeEvent, EffectEvent } from '../protocol/events.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { targetOf, toMessage, withChange } from '../protocol/timeline.ts'
import { repliesOf } from './sql/replies.ts'

export interface AsOfParts {
  db: Queryable
  tail: Tail
  /** Edits are not undone: for those who may not read what was said before. */
  hidesRevisions: boolean
}

/** These messages, read as they are, without what was done to them after `moment`. */
export async function asOf(
  { db, tail, hidesRevisions }: AsOfParts,
  room: string,
  moment: number,
  messages: readonly Message[],
): Promise<Message[]> {
  const changed = messages.filter(
    (message): message is SpokenMessage =>
      message.kind === 'message' && message.deletedAt === null && message.updatedSeq > moment,
  )
  if (changed.length === 0) return [...messages]
  // Memory first, MySQL second, as everywhere.
  const inMemory = new Map(changed.map(({ seq }) => [seq, tail.changesOf(room, seq)]))
  const born = new Map(changed.map((message) => [message.seq, firstWords(tail, room, message)]))
  const archived = changed.filter(({ seq }) => born.get(seq) === undefined).map(({ seq }) => seq)
  const first = await firstTexts(db, room, archived)
  const kept = await keptEffects(db, room, archived, moment)

  const before = (message: SpokenMessage): Message => {
    const base = born.get(message.seq) ?? asFirst(message, first.get(message.seq))
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

/** Whom words name is kept of those that stand: earlier ones name nobody, wherever they are read from. */
function withNamesOf({ text, mentions }: SpokenMessage, then: Message): Message {
  if (then.kind !== 'message') return then
  const { mentions: _then, ...bare } = then
  return then.text === text && mentions !== undefined ? { ...bare, mentions } : bare
}

/** A message as it was then, with the words that it has today. */
function withWordsOf({ text, editedAt, mentions }: SpokenMessage, then: Message): Message {
  if (then.kind !== 'message') return then
  const { mentions: _then, ...bare } = then
  return { ...bare, text, editedAt, ...(mentions === undefined ? {} : { mentions }) }
}

export function firstWords(tail: Tail, room: string, { seq }: SpokenMessage): Message | undefined {
  const entry = seq < tail.first(room) ? undefined : tail.at(room, seq)
  return entry && toMessage(entry.event)
}

interface FirstRow {
  seq: number
  text: string | null
  /** Of one that was imported edited, and has not been edited since. */
  edited_ms: number | null
  deleted_ms: number | null
}

function asFirst(message: SpokenMessage, row: FirstRow | undefined): SpokenMessage {
  const { text = null, edited_ms: editedAt = null, deleted_ms: deletedAt = null } = row ?? {}
  const { pinnedAt: _at, pinnedBy: _by, threaded: _thread, ...said } = message
  return { ...said, updatedSeq: message.seq, text: text ?? '', editedAt, deletedAt, reactions: [] }
}

export async function firstTexts(
  db: Queryable,
  room: string,
  seqs: readonly number[],
): Promise<Map<number, FirstRow>> {
  if (seqs.length === 0) return new Map()
  const rows = await db.rows<FirstRow>(
    `SELECT seq, COALESCE(first_text, text) AS text, IF(edited_seq IS NULL, edited_ms, NULL) AS edited_ms, deleted_ms
     FROM messages WHERE room_id = ? AND seq IN (?)`,
    [BigInt(room), [...seqs]],
  )
  return new Map(rows.map((row) => [row.seq, row]))
}

interface ChangeRow {
  seq: number
  kind: string
  target: number
  user_id: number | string
  user_name: string
  text: string | null
  emoji: string | null
  is_on: number | null
  log_ms: number
}

/** What MySQL has to have changed these messages up to a moment, replies in their threads too, in no order. */
async function keptEffects(
  db: Queryable,
  room: string,
  targets: readonly number[],
  moment: number,
): Promise<Map<number, EffectEvent[]>> {
  const found = new Map<number, EffectEvent[]>()
  if (targets.length === 0) return found
  const rows = await db.rows<ChangeRow>(
    `SELECT seq, kind, target, user_id, user_name, text, emoji, is_on, log_ms FROM changes
     WHERE room_id = ? AND target IN (?) AND seq <= ? ORDER BY seq`,
    [BigInt(room), [...targets], moment],
  )
  const effects = [
    ...rows.flatMap((row): EffectEvent[] => changeOf(room, row)),
    ...(await repliesOf(db, room, targets, moment)),
  ]
  for (const effect of effects) {
    const some = found.get(targetOf(effect)) ?? []
    some.push(effect)
    found.set(targetOf(effect), some)
  }
  return found
}

function changeOf(room: string, row: ChangeRow): ChangeEvent[] {
  const { seq, target, kind, log_ms: at } = row
  const user = { id: String(row.user_id), name: row.user_name }
  const facts = { room, seq, target, cid: '', user, at }
  if (kind === 'edited') return [{ ...facts, type: 'edited', text: row.text ?? '' }]
  if (kind === 'reacted') return [{ ...facts, type: 'reacted', emoji: row.emoji ?? '', on: row.is_on === 1 }]
  if (kind === 'pinned') return [{ ...facts, type: 'pinned', on: row.is_on === 1 }]
  return []
}
