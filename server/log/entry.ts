// A draft on its way into the log and an entry on its way out, and how an entry stands in the stream.
import { isCid } from '../protocol/cid.ts'
import type { EntryEvent, Notice } from '../protocol/events.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import type { Person } from '../protocol/people.ts'

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
      /** When it was said, and last edited, elsewhere: for what is imported. Milliseconds since 1970. */
      at?: number
      editedAt?: number
    }
  | { type: 'notice'; notice: Notice; at?: number }
  | { type: 'edited'; target: number; text: string }
  | { type: 'deleted'; target: number }
  | { type: 'reacted'; target: number; emoji: string; on: boolean }

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
  const [ms, n] = text.split('-')
  return { ms: Number(ms), n: Number(n ?? 0) }
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

/**
 * An entry as XREAD gives it: its id and its flat fields. A type that this version does not know becomes `unknown`:
 * its number counts.
 * @throws BadEntry when a field is missing or has the wrong form
 */
export function decodeEntry(idText: string, fields: readonly string[]): Entry {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < fields.length; i += 2) map.set(fields[i] ?? '', fields[i + 1] ?? '')
  const field = (name: string): string => {
    const value = map.get(name)
    if (value === undefined) throw new BadEntry(`entry ${idText} has no ${name}`)
    return value
  }
  const id = parseStreamId(idText)
  const room = field('room')
  const seq = Number(field('seq'))
  if (!/^[1-9][0-9]{0,18}$/.test(room)) throw new BadEntry(`entry ${idText} has a bad room`)
  if (!Number.isSafeInteger(seq) || seq < 1) throw new BadEntry(`entry ${idText} has a bad seq`)
  const common = { room, seq, at: id.ms }
  const type = field('type')
  const event = isKnown(type)
    ? decodeBody(type, common, fieldsOf(map, field, idText))
    : ({ type: 'unknown', ...common } as const)
  return { id, room, seq, cid: field('cid'), event }
}

type KnownType = DraftBody['type']

const isKnown = (type: string): type is KnownType =>
  ['message', 'notice', 'edited', 'deleted', 'reacted'].includes(type)

/** Who, and what, of an entry whose type is known. */
interface Fields {
  cid: string
  user: Person
  body: Record<string, unknown>
  idText: string
}

function fieldsOf(map: Map<string, string>, field: (name: string) => string, idText: string): Fields {
  const user: Person = { id: field('user'), name: field('name') }
  const icon = map.get('icon')
  if (map.has('bot')) user.bot = true
  if (icon !== undefined) user.icon = icon
  const cid = field('cid')
  // MySQL keeps its 16 bytes: two that are no UUIDs could be the same there, and one of them lost.
  if (!isCid(cid)) throw new BadEntry(`entry ${idText} has a bad cid`)
  return { cid, user, body: parseBody(field('body'), idText), idText }
}

function decodeBody(
  type: KnownType,
  common: { room: string; seq: number; at: number },
  { cid, user, body, idText }: Fields,
): EntryEvent {
  const { text, replyTo, notice, target, emoji, on, at, editedAt } = body
  const said = isTime(at) ? { ...common, at } : common
  const change = { ...common, target: Number(target), cid, user }
  const bad = (what: string): BadEntry => new BadEntry(`entry ${idText} has ${what}`)
  if (!['message', 'notice'].includes(type) && !(Number.isSafeInteger(target) && change.target > 0))
    throw bad('no target')
  switch (type) {
    case 'notice':
      if (!isNotice(notice)) throw bad('a bad notice')
      return { type, ...said, user, notice }
    case 'message': {
      if (typeof text !== 'string') throw bad('no text')
      const { room, seq } = common
      const message: EntryEvent = { type, room, seq, cid, user, text, at: said.at }
      if (typeof replyTo === 'number') message.replyTo = replyTo
      if (isTime(editedAt)) message.editedAt = editedAt
      return message
    }
    case 'edited':
      if (typeof text !== 'string') throw bad('no text')
      return { type, ...change, text }
    case 'deleted':
      return { type, ...change }
    case 'reacted':
      if (typeof emoji !== 'string' || typeof on !== 'boolean') throw bad('a bad reaction')
      return { type, ...change, emoji, on }
  }
}

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
  const { kind, person, topic } = raw as Record<string, unknown>
  if (kind === 'added') return isPerson(person)
  return kind === 'topic' ? typeof topic === 'string' : typeof kind === 'string'
}

function isPerson(raw: unknown): raw is Person {
  if (typeof raw !== 'object' || raw === null) return false
  const { id, name } = raw as Record<string, unknown>
  return typeof id === 'string' && typeof name === 'string'
}
