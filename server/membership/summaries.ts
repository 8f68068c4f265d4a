// A room in somebody's list: MySQL's facts, the log's head and the unread count, combined.
import type { History } from '../history/history.ts'
import type { Log } from '../log/log.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import type { RoomSummary } from '../protocol/people.ts'
import { shownIn } from '../protocol/room-settings.ts'
import type { SeenRoom } from './roster.ts'
import { shownMember } from './settings.ts'

/** Where the log and history are read. The list is shown even if both are down. */
export interface Positions {
  log: Pick<Log, 'heads'>
  history: Pick<History, 'unread' | 'mentions' | 'threadMentions'>
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
  { log, history }: Positions,
): Promise<RoomSummary[]> {
  const known = log.heads(rooms.map(({ id }) => id))
  const placed = rooms.map((room) => place(room, known))
  const marks = placed
    .filter(({ room, head, read }) => room.role !== null && head > read)
    .map(({ room, head, read }) => ({ room: room.id, read, head }))
  // Without history the numbers themselves are the estimate: notices and own messages count as well.
  const guess = (): Map<string, number> =>
    new Map(marks.map(({ room, read, head }) => [room, Math.min(head - read, limits.maxUnread)]))
  const none = new Map<string, number>()
  const joined = placed.flatMap(({ room }) => (room.role === null ? [] : [room.id]))
  // All three look at memory at once, so that nothing above these heads is in them.
  const [counts, named, inThreads] = await Promise.all([
    marks.length === 0 ? none : history.unread(userId, marks).catch(guess),
    marks.length === 0 ? none : history.mentions(userId, marks).catch(() => none),
    history.threadMentions(userId, joined).catch(() => none),
  ])
  const countOf = (of: Map<string, number>, { room }: Placed): number => of.get(room.id) ?? 0
  return placed
    .map((at) => summaryOf(at, countOf(counts, at), countOf(named, at), countOf(inThreads, at)))
    .sort(byName)
}

/**
 * Invariant: read is never above head. While the log is down, or not read yet, head is this person's read position; a
 * room has at least the notice that created it, so 0 means the same.
 */
function place(room: SeenRoom, heads: ReturnType<Log['heads']>): Placed {
  const { seq } = room.settings.read
  const known = heads.get(room.id)
  if (known === undefined || known.seq === 0) return { room, head: seq, read: seq, lastAt: known?.at ?? null }
  const read = room.role === null ? known.seq : Math.min(seq, known.seq)
  return { room, head: known.seq, read, lastAt: known.at }
}

const summaryOf = (
  { room, head, read, lastAt }: Placed,
  unread: number,
  mentions: number,
  threadMentions: number,
): RoomSummary => ({
  id: room.id,
  name: room.name,
  kind: room.kind,
  isDefault: room.isDefault,
  joined: room.role !== null,
  role: room.role,
  ...shownIn(room),
  ...(room.formerly === undefined ? {} : { formerly: room.formerly }),
  head,
  read,
  turn: room.settings.read.generation,
  unread,
  mentions: mentions + threadMentions,
  threadMentions,
  lastAt,
  ...shownMember(room.kind, room.settings),
  ...(room.people === undefined ? {} : { people: [...room.people] }),
})

function byName(a: RoomSummary, b: RoomSummary): number {
  if (a.isDefault !== b.isDefault) return a.isDefault ? -1 : 1
  const [left, right] = [nameKey(a.name), nameKey(b.name)]
  return left < right ? -1 : left > right ? 1 : Number(a.id) - Number(b.id)
}
