// The SQL of mentions: which messages name whom. Rows follow what `messages` has, so writing them twice changes nothing.
import type { Param, Queryable } from '../../db.ts'
import type { Entry } from '../../log/entry.ts'
import { isChange, isSpokenEvent, wordsAfter } from '../../protocol/entries/index.ts'
import type { Mention } from '../../protocol/message.ts'
import { placeKey } from '../../protocol/place-key.ts'
import { hiddenParams, inRoom, notHidden, type Unread } from './messages.ts'

interface Place {
  room: string
  target: number
}

/** The messages among these entries whose rows may have to change: new ones that name somebody, edited and deleted ones. */
const placesOf = (entries: readonly Entry[]): Place[] => {
  const places = entries.flatMap(({ room, seq, event }) => {
    if (isSpokenEvent(event)) return event.mentions === undefined ? [] : [{ room, target: seq }]
    return isChange(event) && wordsAfter(event) !== 'kept' ? [{ room, target: event.target }] : []
  })
  return [...new Map(places.map((place) => [placeKey(place.room, place.target), place])).values()]
}

/** After messages and changes are written: rows of mentions as the messages stand. */
export async function settleMentions(tx: Queryable, entries: readonly Entry[]): Promise<void> {
  const places = placesOf(entries)
  for (let at = 0; at < places.length; at += atOnce) await recountMentions(tx, places.slice(at, at + atOnce))
}

/** Rows and places of one statement. */
const atOnce = 500

/** Whom these messages name, as their rows say it. At most some hundred. */
export async function recountMentions(tx: Queryable, places: readonly Place[]): Promise<void> {
  const which = places.map(() => '(room_id = ? AND seq = ?)').join(' OR ')
  const params = places.flatMap(({ room, target }) => [BigInt(room), target])
  const rows = await tx.rows<{ room_id: number; seq: number; mentions: string | null; at: number }>(
    `SELECT room_id, seq, mentions, COALESCE(said_ms, log_ms) AS at FROM messages WHERE ${which}`,
    params,
  )
  await tx.run(`DELETE FROM mentions WHERE ${which}`, params)
  const named = rows.flatMap(({ room_id, seq, mentions, at }) =>
    idsOf(readMentions(mentions)).map((id) => [BigInt(id), room_id, seq, at]),
  )
  for (let at = 0; at < named.length; at += atOnce)
    await tx.run('INSERT INTO mentions (user_id, room_id, seq, said_ms) VALUES ?', [
      named.slice(at, at + atOnce),
    ])
}

export const idsOf = (mentions: readonly Mention[]): string[] => [
  ...new Set(mentions.flatMap(({ ids }) => ids)),
]

export const readMentions = (json: string | null): Mention[] =>
  json === null ? [] : (JSON.parse(json) as Mention[])

/** Messages that name this person, and that the room shows, within each span. One statement for all rooms. */
export async function countMentions(
  db: Queryable,
  userId: string,
  spans: readonly Unread[],
  blocked: ReadonlySet<string> = new Set(),
): Promise<Map<string, number>> {
  const { sql: unblocked, params: others } = notBy(blocked)
  if (spans.length === 0) return new Map()
  const one = (span: Unread): string => `(SELECT ? AS room, COUNT(*) AS named FROM mentions n
      STRAIGHT_JOIN messages m ON m.room_id = n.room_id AND m.seq = n.seq AND ${inRoom} AND m.deleted_ms IS NULL ${unblocked}
      WHERE n.user_id = ? AND n.room_id = ? AND n.seq > ? AND n.seq < ? AND n.seq NOT IN (?) ${notHidden(span)})`
  const rows = await db.rows<{ room: string; named: number }>(
    spans.map(one).join(' UNION ALL '),
    spans.flatMap((span): Param[] => {
      const { room, after, before, except } = span
      return [room, ...others, BigInt(userId), BigInt(room), after, before, except, ...hiddenParams(span)]
    }),
  )
  return new Map(rows.map(({ room, named }) => [String(room), Number(named)]))
}

/** For a statement about `messages m`: not those of these people. */
export const notBy = (people: ReadonlySet<string>): { sql: string; params: Param[] } =>
  people.size === 0
    ? { sql: '', params: [] }
    : { sql: 'AND m.user_id NOT IN (?)', params: [[...people].map(BigInt)] }

/** Where a page of somebody's mentions ends: the next one goes on below it. */
export interface MentionPlace {
  at: number
  room: string
  seq: number
}

/** Newest first, in rooms that this person is in. Keyset paging: the cost does not grow with age. */
export async function mentionsOf(
  db: Queryable,
  userId: string,
  { before, limit }: { before: MentionPlace | undefined; limit: number },
): Promise<MentionPlace[]> {
  const below = before === undefined ? '' : 'AND (n.said_ms, n.room_id, n.seq) < (?, ?, ?)'
  const rows = await db.rows<{ at: number; room: number; seq: number }>(
    `SELECT n.said_ms AS at, n.room_id AS room, n.seq FROM mentions n
     JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id
     WHERE n.user_id = ? ${below} ORDER BY n.said_ms DESC, n.room_id DESC, n.seq DESC LIMIT ?`,
    [BigInt(userId), ...(before === undefined ? [] : [before.at, BigInt(before.room), before.seq]), limit],
  )
  return rows.map(({ at, room, seq }) => ({ at: Number(at), room: String(room), seq: Number(seq) }))
}
