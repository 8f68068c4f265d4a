// Messages that mention somebody, over all the rooms they are in: what memory has and MySQL lacks, merged with
// MySQL's pages.
import type { Db } from '../db.ts'
import type { Entry } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { placeKey } from '../protocol/place-key.ts'
import { isChange, isNamed, isSpoken, showsInRoom } from '../protocol/timeline.ts'
import { threadsReadBy } from './counts.ts'
import { mentionsOf, type MentionPlace } from './sql/mentions.ts'

/** Messages of a room in their current state; numbers without a message are left out. */
export interface MessageReader {
  messages(room: string, seqs: readonly number[]): Promise<Message[] | Refusal>
}

export interface InboxDeps {
  db: Db
  log: Pick<Log, 'tail'>
  history: MessageReader
  /** Whose messages are not among them. */
  blocked?: ReadonlySet<string>
}

export interface InboxQuery {
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

/** Newest first; `next` is where the next older page begins. */
export async function namedPage(
  { db, log, history, blocked }: InboxDeps,
  { userId, rooms, before, limit }: InboxQuery,
): Promise<Inbox | Refusal> {
  const read = new Map(rooms.map((room) => [room.id, room.read]))
  // Memory first: what is archived between the two reads is then in both, instead of in neither.
  const fresh = unarchived(rooms, log, userId)
  const kept = await mentionsOf(db, userId, { before, limit })
  const found: Omit<Named, 'unread'>[] = []
  for (const [room, seqs] of byRoom([...fresh, ...kept])) {
    const said = await history.messages(room, seqs)
    if ('code' in said) return said
    for (const message of said)
      if (isSpoken(message) && isNamed(message.mentions, userId) && blocked?.has(message.user.id) !== true)
        found.push({ room, message })
  }
  // A page reaches as far down as MySQL's does: older messages in memory come with a later page.
  const last = kept.length < limit ? undefined : kept.at(-1)
  const page = found
    .sort((a, b) => compare(placeOf(b), placeOf(a)))
    .filter((one) => before === undefined || compare(placeOf(one), before) < 0)
    .filter((one) => last === undefined || compare(placeOf(one), last) >= 0)
  const shown = page.slice(0, limit)
  const end = shown.at(-1)
  const next = page.length > limit && end !== undefined ? placeOf(end) : last
  const places = shown.flatMap(({ room, message: { thread } }) => (thread ? [{ room, thread }] : []))
  const inThread = await threadsReadBy({ db, log }, userId, places)
  const readTo = ({ room, message }: Omit<Named, 'unread'>): number =>
    showsInRoom(message)
      ? (read.get(room) ?? Infinity)
      : (inThread.get(placeKey(room, message.thread ?? 0)) ?? 0)
  return { mentions: shown.map((one) => ({ ...one, unread: one.message.seq > readTo(one) })), next }
}

/** Messages that mention them, perhaps because of an edit, and that MySQL may lack. */
function unarchived(rooms: InboxQuery['rooms'], log: InboxDeps['log'], userId: string): Place[] {
  const theirs = new Set(rooms.map(({ id }) => id))
  const tails = new Set(rooms.flatMap(({ id }) => log.tail(id) ?? []))
  return [...tails].flatMap((tail) =>
    [...tail.waiting()].flatMap((entry) =>
      theirs.has(entry.room) ? (placeNaming(entry, userId) ?? []) : [],
    ),
  )
}

function placeNaming({ room, event }: Entry, userId: string): Place | undefined {
  if (!('mentions' in event) || !isNamed(event.mentions, userId)) return undefined
  return { room, seq: isChange(event) ? event.target : event.seq }
}

function byRoom(places: readonly Place[]): Map<string, number[]> {
  const found = new Map<string, Set<number>>()
  for (const { room, seq } of places) found.set(room, (found.get(room) ?? new Set()).add(seq))
  return new Map([...found].map(([room, seqs]) => [room, [...seqs].sort((a, b) => a - b)]))
}

const placeOf = ({ room, message }: Pick<Named, 'room' | 'message'>): MentionPlace => ({
  at: message.at,
  room,
  seq: message.seq,
})

/** The order of MySQL's page: by time, then by room, then by number. */
const compare = (a: MentionPlace, b: MentionPlace): number =>
  a.at - b.at || Number(BigInt(a.room) - BigInt(b.room)) || a.seq - b.seq
