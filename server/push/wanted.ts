// Which notifications still concern whom they were decided for, asked right before they are sent: not those that are read, put
// away or gone, nor those of a room that they are not in any more. Reports are for whoever handles them, wherever they are.
import type { Db } from '../db.ts'
import type { ReadMarkers } from '../membership/read-markers.ts'
import type { BanList } from '../moderation/ban-list.ts'

export interface WantedDeps {
  db: Db
  /** How far people have read, a second before MySQL knows. */
  markers: Pick<ReadMarkers, 'positionOf'>
  bans: Pick<BanList, 'of' | 'isOutOf'>
}

interface Row {
  id: number
  user_id: number
  room_id: number
  seq: number
  read_by: 'room' | 'thread' | 'hand'
}

/** Of these ids, those that are still to be told. */
export async function stillWanted(
  { db, markers, bans }: WantedDeps,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.rows<Row>(
    `SELECT n.id, n.user_id, n.room_id, n.seq, n.read_by
     FROM notifications n
     JOIN users u ON u.id = n.user_id AND u.ended_at IS NULL
     JOIN rooms r ON r.id = n.room_id AND r.deleted_at IS NULL
     LEFT JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id
     LEFT JOIN followed_threads f ON f.user_id = n.user_id AND f.room_id = n.room_id AND f.thread = n.thread_root
     WHERE n.id IN (?) AND n.done_ms IS NULL AND n.gone_seq IS NULL
       AND CASE n.read_by WHEN 'room' THEN m.read_seq < n.seq
                          WHEN 'thread' THEN m.user_id IS NOT NULL AND COALESCE(f.read_seq, 0) < n.seq
                          ELSE n.cause = 'report' OR m.user_id IS NOT NULL END`,
    [ids.map(BigInt)],
  )
  const isRead = ({ user_id, room_id, seq, read_by }: Row): boolean =>
    read_by === 'room' && (markers.positionOf(String(user_id), String(room_id))?.seq ?? 0) >= seq
  const isOut = ({ user_id, room_id }: Row): boolean =>
    bans.of({ user: { id: String(user_id), admin: false } }) !== undefined ||
    bans.isOutOf(String(user_id), String(room_id))
  return new Set(rows.filter((row) => !isRead(row) && !isOut(row)).map(({ id }) => String(id)))
}
