// What stands in the stream becomes an entry: the envelope here, the body by its type. Every entry comes through here on
// every server, and once more in sync.
import { isCid } from '../protocol/cid.ts'
import type { Person } from '../protocol/people.ts'
import { kindOf } from '../protocol/entries/index.ts'
import { keptBody } from '../protocol/message.ts'
import { BadEntry, parseStreamId, type Entry } from './entry.ts'
import { flatEnvelope } from './flat-fields.ts'
import { unpack, type Envelope } from './packed.ts'

/**
 * An entry as XREAD gives it: its id, and its fields, each name before its value. A type that this version does not know
 * becomes `unknown`: its number counts.
 * @throws BadEntry when a part is missing or has the wrong form
 */
export function decodeEntry(idText: string, flat: readonly string[]): Entry {
  const bad = (what: string): BadEntry => new BadEntry(`entry ${idText} has ${what}`)
  const e = valueOf(flat, 'e')
  const envelope = e === undefined ? flatEnvelope(flat) : unpack(e, idText)
  const { room, type, cid, body } = envelope
  if (room === undefined) throw bad('no room')
  if (!isRoom.test(room)) throw bad('a bad room')
  const seqText = valueOf(flat, 'seq')
  if (seqText === undefined) throw bad('no seq')
  const seq = Number(seqText)
  if (!Number.isSafeInteger(seq) || seq < 1) throw bad('a bad seq')
  if (type === undefined) throw bad('no type')
  if (cid === undefined) throw bad('no cid')
  const id = parseStreamId(idText)
  const kind = kindOf(type)
  if (kind === undefined) return { id, room, seq, cid, event: { type: 'unknown', room, seq, at: id.ms } }
  if (envelope.user === undefined) throw bad('no user')
  if (envelope.name === undefined) throw bad('no name')
  const user = personOf(envelope.user, envelope.name, envelope)
  // MySQL keeps its 16 bytes: two that are no UUIDs could be the same there, and one of them lost.
  if (!isCid(cid)) throw bad('a bad cid')
  if (body === undefined) throw bad('no body that is an object')
  const event = kind.parse({ room, seq, cid, user, at: id.ms }, body, keptBody)
  if (typeof event === 'string') throw bad(event)
  return { id, room, seq, cid, event }
}

/** Who spoke last, by id: every server keeps a hundred thousand entries, of the same few people. */
const people = new Map<string, Person>()
const maxPeople = 10_000

function personOf(id: string, name: string, { isBot, icon }: Envelope): Person {
  const known = people.get(id)
  if (known?.name === name && known.icon === icon && (known.bot === true) === isBot) return known
  const person: Person = { id, name }
  if (isBot) person.bot = true
  if (icon !== undefined) person.icon = icon
  if (people.size >= maxPeople) people.clear()
  people.set(id, person)
  return person
}

const isRoom = /^[1-9][0-9]{0,18}$/

function valueOf(flat: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < flat.length; i += 2) if (flat[i] === name) return flat[i + 1]
  return undefined
}
