// Which notifications still concern whom they were decided for: the one place that is asked right before each delivery, by push and by
// mail. Not those that are read, put away, deleted or erased, nor those of a room that is deleted or that they are not in any more, nor
// those that a block, a level or a mute holds back by now, nor anything for whom is banned or whose account has ended.
import type { Db } from '../db.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Level } from '../protocol/member-settings.ts'
import type { NotifyCause } from '../protocol/notify-causes.ts'
import { later } from '../protocol/position.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import type { AudienceDeps } from './audience.ts'
import { isLetThrough } from './cause.ts'
import type { NotificationRow } from './told.ts'

export interface WantedDeps {
  db: Db
  /** How far people have read, a second before MySQL knows. */
  readTo: AudienceDeps['readTo']
  bans: Pick<BanList, 'of' | 'isOutOf'>
  now?: () => number
}

interface Row {
  id: number | string
  user_id: number | string
  room_id: number | string
  seq: number
  read_by: NotificationRow['read_by']
  cause: NotifyCause
  kind: RoomKind
  joined_seq: number | null
  level: Level | null
  muted_until_ms: number | string | null
  read_turn: number | null
  read_seq: number | null
  thread_read: number | null
  blocked: number
}

/** Of these ids, those that are still to be told. */
export async function stillWanted(deps: WantedDeps, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await deps.db.rows<Row>(
    `SELECT n.id, n.user_id, n.room_id, n.seq, n.read_by, n.cause, r.kind, m.joined_seq, m.level, m.muted_until_ms,
       m.read_turn, m.read_seq, f.read_seq AS thread_read, b.user_id IS NOT NULL AS blocked
     FROM notifications n
     JOIN users u ON u.id = n.user_id AND u.ended_at IS NULL
     JOIN rooms r ON r.id = n.room_id AND r.deleted_at IS NULL
     LEFT JOIN memberships m ON m.user_id = n.user_id AND m.room_id = n.room_id
     LEFT JOIN followed_threads f ON f.user_id = n.user_id AND f.room_id = n.room_id AND f.thread = n.thread_root
     LEFT JOIN blocks b ON b.user_id = n.user_id AND b.blocked_id = n.by_id
     WHERE n.id IN (?) AND n.done_ms IS NULL AND n.gone_seq IS NULL`,
    [ids.map(BigInt)],
  )
  return new Set(rows.filter((row) => isWanted(deps, row)).map(({ id }) => String(id)))
}

function isWanted({ readTo, bans, now = Date.now }: WantedDeps, row: Row): boolean {
  const [user, room] = [String(row.user_id), String(row.room_id)]
  if (bans.of({ user: { id: user, admin: false } }) !== undefined) return false
  // Who handles reports is told of them wherever they are.
  if (row.cause === 'report') return true
  if (row.joined_seq === null || bans.isOutOf(user, room) || isRead(readTo, row)) return false
  // Whatever it is about, they have asked for it.
  if (row.cause === 'reminder') return true
  const mutedUntil = row.muted_until_ms === null ? null : Number(row.muted_until_ms)
  return Number(row.blocked) === 0 && isLetThrough(row.cause, { ...row, mutedUntil }, now())
}

function isRead(readTo: WantedDeps['readTo'], row: Row): boolean {
  const seq = Number(row.seq)
  if (row.read_by === 'hand') return false
  // Whoever has left and come back since sees nothing of what was before.
  if (seq <= Number(row.joined_seq)) return true
  if (row.read_by === 'thread') return seq <= Number(row.thread_read ?? 0)
  const kept = { generation: Number(row.read_turn ?? 0), seq: Number(row.read_seq ?? 0) }
  return seq <= later(kept, readTo(String(row.user_id), String(row.room_id))).seq
}
