// What names somebody, over all the rooms they are in: what memory has and MySQL does not yet, united with MySQL's pages.
import type { Db } from '../db.ts'
import type { Entry } from '../log/entry.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Mention, Message, SpokenMessage } from '../protocol/http.ts'
import { mentionsOf, type MentionPlace } from './sql/mentions.ts'

export interface InboxParts {
  db: Db
  tailOf: (room: string) => Tail | undefined
  /** Messages of a room as they are. */
  messages: (room: string, seqs: readonly number[]) => Promise<Message[] | Refusal>
}

export interface InboxWish {
  userId: string
  /** The rooms they are in, and how far they have read each. */
  rooms: readonly { id: string; read: number }[]
  before: MentionPlace | undefined
  limit: number
}

export interface Named {
  room: string
  unread: boolean
  message: SpokenMessage
}

export interface Inbox {
  mentions: Named[]
  next: MentionPlace | undefined
}

type Place = Pick<MentionPlace, 'room' | 'seq'>

/** Newest first; `next` is where the page below it goes on. */
export async function namedPage(
  { db, tailOf, messages }: InboxParts,
  { userId, rooms, before, limit }: InboxWish,
): Promise<Inbox | Refusal> {
  const read = new Map(rooms.map((room) => [room.id, room.read]))
  // Memory first: what is archived between the two readings is then in both, and not in neither.
  const fresh = unarchived(rooms, tailOf, userId)
  const kept = await mentionsOf(db, userId, { before, limit })
  const found: Named[] = []
  for (const [room, seqs] of byRoom([...fresh, ...kept])) {
    const said = await messages(room, seqs)
    if ('code' in said) return said
    for (const message of said)
      if (message.kind === 'message' && namesOf(message.mentions, userId))
        found.push({ room, unread: message.seq > (read.get(room) ?? Infinity), message })
  }
  // A page reaches as far down as MySQL's does: what is further down in memory comes with a later one.
  const last = kept.length < limit ? undefined : kept.at(-1)
  const page = found
    .sort((a, b) => compare(placeOf(b), placeOf(a)))
    .filter((one) => before === undefined || compare(placeOf(one), before) < 0)
    .filter((one) => last === undefined || compare(placeOf(one), last) >= 0)
  const shown = page.slice(0, limit)
  const end = shown.at(-1)
  const next = page.length > limit && end !== undefined ? placeOf(end) : last
  return { mentions: shown, next }
}

/** Messages that name them, or came to by an edit, and that MySQL may lack. */
function unarchived(rooms: InboxWish['rooms'], tailOf: InboxParts['tailOf'], userId: string): Place[] {
  const theirs = new Set(rooms.map(({ id }) => id))
  const tails = new Set(rooms.flatMap(({ id }) => tailOf(id) ?? []))
  return [...tails].flatMap((tail) =>
    [...tail.waiting()].flatMap((entry) =>
      theirs.has(entry.room) ? (placeNaming(entry, userId) ?? []) : [],
    ),
  )
}

function placeNaming({ room, event }: Entry, userId: string): Place | undefined {
  if (event.type !== 'message' && event.type !== 'edited') return undefined
  if (!namesOf(event.mentions, userId)) return undefined
  return { room, seq: event.type === 'message' ? event.seq : event.target }
}

const namesOf = (mentions: readonly Mention[] | undefined, userId: string): boolean =>
  mentions?.some(({ ids }) => ids.includes(userId)) === true

function byRoom(places: readonly Place[]): Map<string, number[]> {
  const found = new Map<string, Set<number>>()
  for (const { room, seq } of places) found.set(room, (found.get(room) ?? new Set()).add(seq))
  return new Map([...found].map(([room, seqs]) => [room, [...seqs].sort((a, b) => a - b)]))
}

const placeOf = ({ room, message }: Named): MentionPlace => ({ at: message.at, room, seq: message.seq })

/** The order of MySQL's page: by time, then by room, then by number. */
const compare = (a: MentionPlace, b: MentionPlace): number =>
  a.at - b.at || Number(BigInt(a.room) - BigInt(b.room)) || a.seq - b.seq
