// A room as it stands in somebody's list: MySQL's facts, the log's head and the count of unread, united.
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import type { RoomSummary } from '../protocol/people.ts'
import type { Heads } from './read-markers.ts'
import type { SeenRoom } from './roster.ts'

/** How many messages of others stand after `read`, up to limits.unreadMost, by room; none may be missing. */
export type Unread = (
  userId: string,
  marks: { room: string; read: number; head: number }[],
) => Promise<Map<string, number>>

/** Where the log and history are asked. Neither being away keeps a list from being shown. */
export interface Positions {
  heads: Heads
  unread: Unread
  /** How many of them name this person; none where it is not asked. */
  mentions?: Unread
}

interface Placed {
  room: SeenRoom
  head: number
  read: number
  lastAt: number | null
}

/** The default room first, the others by name. */
export async function summarize(
  userId: string,
  rooms: SeenRoom[],
  { heads, unread, mentions }: Positions,
): Promise<RoomSummary[]> {
  const known = await heads(rooms.map(({ id }) => id)).catch(() => undefined)
  const placed = rooms.map((room) => place(room, known))
  const marks = placed
    .filter(({ room, head, read }) => room.role !== null && head > read)
    .map(({ room, head, read }) => ({ room: room.id, read, head }))
  // Without history the numbers themselves are the guess: notices and one's own words are counted as well.
  const guess = (): Map<string, number> =>
    new Map(marks.map(({ room, read, head }) => [room, Math.min(head - read, limits.unreadMost)]))
  const counts = marks.length === 0 ? new Map<string, number>() : await unread(userId, marks).catch(guess)
  const none = new Map<string, number>()
  const named = marks.length === 0 ? none : await (mentions?.(userId, marks).catch(() => none) ?? none)
  return placed
    .map((at) => summaryOf(at, counts.get(at.room.id) ?? 0, named.get(at.room.id) ?? 0))
    .sort(byName)
}

/**
 * Invariant: read is never above head. While the log is away, or has yet to be read, head is as far as this person
 * has read; a room has at least the notice that made it, so 0 means the same.
 */
function place(room: SeenRoom, heads: Awaited<ReturnType<Heads>> | undefined): Placed {
  const known = heads?.get(room.id)
  if (known === undefined || known.seq === 0)
    return { room, head: room.read, read: room.read, lastAt: known?.at ?? null }
  const read = room.role === null ? known.seq : Math.min(room.read, known.seq)
  return { room, head: known.seq, read, lastAt: known.at }
}

const summaryOf = ({ room, head, read, lastAt }: Placed, unread: number, mentions: number): RoomSummary => ({
  id: room.id,
  name: room.name,
  kind: room.kind,
  topic: room.topic,
  isDefault: room.isDefault,
  joined: room.role !== null,
  role: room.role,
  ...(room.revisions === undefined ? {} : { revisions: room.revisions }),
  head,
  read,
  turn: room.turn,
  unread,
  mentions,
  lastAt,
})

function byName(a: RoomSummary, b: RoomSummary): number {
  if (a.isDefault !== b.isDefault) return a.isDefault ? -1 : 1
  const [left, right] = [nameKey(a.name), nameKey(b.name)]
  return left < right ? -1 : left > right ? 1 : Number(a.id) - Number(b.id)
}
