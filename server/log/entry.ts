// A draft on its way into the log and an entry on its way out, and how an entry stands in the stream.
import { isCid } from '../protocol/cid.ts'
import type { EntryEvent, MessageEvent, Notice } from '../protocol/events.ts'
import type { Mention } from '../protocol/http.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import type { Person } from '../protocol/people.ts'
import { isChange } from '../protocol/timeline.ts'

/** What somebody may say: allowed, stamped with who and where, without a number yet. */
export interface Draft {
  room: string
  user: Person
  /** UUIDv7; the same (user, cid) is never two entries. */
  cid: string
  body: DraftBody
}

/** `target`: the number of the message that is changed. */
export type DraftBody =
  | {
      type: 'message'
      text: string
      replyTo?: number
      mentions?: Mention[]
      /** When it was said, and last edited, elsewhere: for what is imported. Milliseconds since 1970. */
      at?: number
      editedAt?: number
      /** The message whose thread it is said in, and whether the room shows it too. */
      thread?: number
      alsoInRoom?: true
    }
  | { type: 'notice'; notice: Notice; at?: number }
  | { type: 'edited'; target: number; text: string; mentions?: Mention[] }
  | { type: 'deleted'; target: number }
  | { type: 'reacted'; target: number; emoji: string; on: boolean }
  | { type: 'pinned'; target: number; on: boolean }

/** The place of an entry in the stream: milliseconds and a number within them. Never one JavaScript number. */
export interface StreamId {
  ms: number
  n: number
}

/** Numbered by Redis: it happened. */
export interface Entry {
  id: StreamId
  room: string
  seq: number
  cid: string
  event: EntryEvent
}

/** The log took it: its number and its time. An equal (user, cid) gives the same answer again. */
export interface Appended {
  seq: number
  at: number
}

/** The log's doors for those who say things: a refusal is a value. log_unknown: ask again with the same cid. */
export interface Append {
  (draft: Draft): Promise<Appended | { code: ErrorCode; retryAfterMs?: number }>
}

export const parseStreamId = (text: string): StreamId => {
  const dash = text.indexOf('-')
  return dash < 0
    ? { ms: Number(text), n: 0 }
    : { ms: Number(text.slice(0, dash)), n: Number(text.slice(dash + 1)) }
}

export const formatStreamId = ({ ms, n }: StreamId): string => `${ms}-${n}`

/** Below zero when `a` is older than `b`. */
export const compareIds = (a: StreamId, b: StreamId): number => a.ms - b.ms || a.n - b.n

/** The fields of a stream entry: flat text, the body as JSON. append.lua adds `seq`. */
export function encodeDraft({ room, user, cid, body }: Draft): string[] {
  const { type, ...rest } = body
  return [
    'room',
    room,
    'type',
    type,
    'user',
    user.id,
    'name',
    user.name,
    'cid',
    cid,
    'body',
    JSON.stringify(rest),
    ...(user.bot === undefined ? [] : ['bot', '1']),
    ...(user.icon === undefined ? [] : ['icon', user.icon]),
  ]
}

/** Thrown for a stream entry that is not one of ours; sync sends it to the dead letters, the tail passes it over. */
export class BadEntry extends Error {
  override name = 'BadEntry'
}

/** The flat fields of a stream entry, by their names; whatever else it carries is passed over. */
interface Fields {
  room?: string
  seq?: string
  type?: string
  user?: string
  name?: string
  cid?: string
  body?: string
  bot?: string
  icon?: string
}

/**
 * An entry as XREAD gives it: its id and its flat fields. A type that this version does not know becomes `unknown`:
 * its number counts.
 * @throws BadEntry when a field is missing or has the wrong form
 */
export function decodeEntry(idText: string, flat: readonly string[]): Entry {
  const fields = fieldsOf(flat)
  const must = (name: keyof Fields): string => {
    const value = fields[name]
    if (value === undefined) throw new BadEntry(`entry ${idText} has no ${name}`)
    return value
  }
  const id = parseStreamId(idText)
  const room = must('room')
  const seq = Number(must('seq'))
  if (!isRoom.test(room)) throw new BadEntry(`entry ${idText} has a bad room`)
  if (!Number.isSafeInteger(seq) || seq < 1) throw new BadEntry(`entry ${idText} has a bad seq`)
  const type = must('type')
  const cid = must('cid')
  if (!isKnown(type)) return { id, room, seq, cid, event: { type: 'unknown', room, seq, at: id.ms } }
  const user: Person = { id: must('user'), name: must('name') }
  if (fields.bot !== undefined) user.bot = true
  if (fields.icon !== undefined) user.icon = fields.icon
  // MySQL keeps its 16 bytes: two that are no UUIDs could be the same there, and one of them lost.
  if (!isCid(cid)) throw new BadEntry(`entry ${idText} has a bad cid`)
  const body = parseBody(must('body'), idText)
  return { id, room, seq, cid, event: decodeBody(type, { idText, room, seq, cid, user, at: id.ms }, body) }
}

const isRoom = /^[1-9][0-9]{0,18}$/

/** Every entry comes through here on every server, and once more in sync: one pass, and nothing made but the result. */
function fieldsOf(flat: readonly string[]): Fields {
  const fields: Fields = {}
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = flat[i] as keyof Fields
    if (known.has(name)) fields[name] = flat[i + 1] as string
  }
  return fields
}

const known: ReadonlySet<keyof Fields> = new Set([
  ...(['room', 'seq', 'type', 'user', 'name', 'cid', 'body', 'bot', 'icon'] as const),
])

type KnownType = DraftBody['type']

const isKnown = (type: string): type is KnownType =>
  type === 'message' || type === 'notice' || isChange({ type })

/** What every entry says about itself. */
interface Common {
  idText: string
  room: string
  seq: number
  cid: string
  user: Person
  at: number
}

function decodeBody(type: KnownType, common: Common, body: Record<string, unknown>): EntryEvent {
  const { idText, room, seq, cid, user } = common
  const bad = (what: string): BadEntry => new BadEntry(`entry ${idText} has ${what}`)
  if (type === 'message') {
    const { text, replyTo, mentions, at, editedAt, thread, alsoInRoom } = body
    if (typeof text !== 'string') throw bad('no text')
    const message: MessageEvent = { type, room, seq, cid, user, text, at: isTime(at) ? at : common.at }
    if (typeof replyTo === 'number') message.replyTo = replyTo
    if (isTime(editedAt)) message.editedAt = editedAt
    if (areMentions(mentions)) message.mentions = mentions
    // Whatever a reply answers came before it.
    if (isTime(thread) && thread > 0 && thread < seq) {
      message.thread = thread
      if (alsoInRoom === true) message.alsoInRoom = true
    }
    return message
  }
  if (type === 'notice') {
    const { notice, at } = body
    if (!isNotice(notice)) throw bad('a bad notice')
    return { type, room, seq, at: isTime(at) ? at : common.at, user, notice }
  }
  const { text, mentions, target, emoji, on } = body
  if (typeof target !== 'number' || !Number.isSafeInteger(target) || target < 1) throw bad('no target')
  const change = { room, seq, at: common.at, target, cid, user }
  switch (type) {
    case 'edited':
      if (typeof text !== 'string') throw bad('no text')
      return areMentions(mentions) ? { type, ...change, text, mentions } : { type, ...change, text }
    case 'deleted':
      return { type, ...change }
    case 'reacted':
      if (typeof emoji !== 'string' || typeof on !== 'boolean') throw bad('a bad reaction')
      return { type, ...change, emoji, on }
    case 'pinned':
      if (typeof on !== 'boolean') throw bad('a bad pin')
      return { type, ...change, on }
  }
}

/** What has another form is passed over: the words are what counts. */
const areMentions = (raw: unknown): raw is Mention[] =>
  Array.isArray(raw) &&
  raw.length > 0 &&
  raw.every((one: unknown) => {
    if (typeof one !== 'object' || one === null) return false
    const { name, ids } = one as Record<string, unknown>
    return (
      typeof name === 'string' &&
      Array.isArray(ids) &&
      ids.every((id) => /^[1-9][0-9]{0,18}$/.test(String(id)))
    )
  })

const isTime = (raw: unknown): raw is number => Number.isSafeInteger(raw) && Number(raw) >= 0

function parseBody(text: string, idText: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // falls through to the one complaint below
  }
  throw new BadEntry(`entry ${idText} has a bad body`)
}

/** A kind that this version does not know may carry what it likes. */
function isNotice(raw: unknown): raw is Notice {
  if (typeof raw !== 'object' || raw === null) return false
  const { kind, person, topic, role } = raw as Record<string, unknown>
  if (kind === 'added' || kind === 'removed') return isPerson(person)
  if (kind === 'revisions') return typeof (raw as Record<string, unknown>)['revisions'] === 'string'
  if (kind === 'role') return isPerson(person) && typeof role === 'string'
  return kind === 'topic' ? typeof topic === 'string' : typeof kind === 'string'
}

function isPerson(raw: unknown): raw is Person {
  if (typeof raw !== 'object' || raw === null) return false
  const { id, name } = raw as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string'
}
