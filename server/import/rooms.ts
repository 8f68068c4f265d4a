// The rooms of imported history: created when first met, and always identified by their id at the source.
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import { nthName, tameRoomName, tameTopic } from './names.ts'
import { ImportError, type SourceRoom } from './source.ts'

export interface SettledRoom {
  id: string
  name: string
  /** Just created: nothing of it is in the archive. */
  isNew: boolean
  /** It was here, under another topic. */
  hasNewTopic?: boolean
}

const maxSuffixes = 10_000

/** The room here; undefined if there is none yet. */
export async function findRoom(db: Db, source: string, ref: string): Promise<SettledRoom | undefined> {
  const [row] = await db.rows<{ id: number | string; name: string; is_deleted: number }>(
    `SELECT r.id, r.name, r.deleted_at IS NOT NULL AS is_deleted FROM imported i JOIN rooms r ON r.id = i.id
     WHERE i.source = ? AND i.kind = 'room' AND i.ref = ?`,
    [source, ref],
  )
  // What is said again in it would be in a room that nobody sees, and never be erased.
  if (row?.is_deleted === 1)
    throw new ImportError(`the room ${row.name} was imported before and then deleted`)
  return row === undefined ? undefined : { id: String(row.id), name: row.name, isNew: false }
}

/** The room here, created if missing; its topic is the source's. `creator`: an account's id. */
export async function settleRoom(
  db: Db,
  source: string,
  room: SourceRoom,
  creator: string | undefined,
): Promise<SettledRoom> {
  const topic = tameTopic(room.topic)
  const known = await findRoom(db, source, room.ref)
  if (known !== undefined) {
    const sql = 'UPDATE rooms SET topic = ? WHERE id = ? AND topic <> ?'
    const { affectedRows } = await db.run(sql, [topic, BigInt(known.id), topic])
    return { ...known, hasNewTopic: affectedRows > 0 }
  }
  const wanted = tameRoomName(room.name, room.ref)
  for (let n = 1; n <= maxSuffixes; n += 1) {
    const name = nthName(wanted, n, limits.roomNameChars)
    try {
      // One transaction: the room and its reference are created together or not at all.
      const id = await db.transaction(async (tx) => {
        const { insertId } = await tx.run(
          'INSERT INTO rooms (name, public_key, kind, topic, created_by, created_at) VALUES (?)',
          [
            [
              name,
              room.kind === 'public' ? nameKey(name) : null,
              room.kind,
              topic,
              creator === undefined ? null : BigInt(creator),
              new Date(room.createdAt ?? Date.now()),
            ],
          ],
        )
        await noteRoom(tx, source, room.ref, insertId)
        return insertId
      })
      return { id, name, isNew: true }
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
  }
  throw new ImportError(`no free name for the room ${wanted}`)
}

/** From now on it is recognised. */
export async function noteRoom(tx: Queryable, source: string, ref: string, id: string): Promise<void> {
  await tx.run("INSERT INTO imported (source, kind, ref, id) VALUES (?, 'room', ?, ?)", [source, ref, id])
}

export interface Membership {
  room: string
  people: string[]
  /** The owner of the room if it is private; one of `people`. */
  owner: string | undefined
  /** The room's newest number before and after this import. */
  headBefore: number
  headAfter: number
}

const rowsAtOnce = 500

/**
 * Adds people to a room, without notices. New members have read all of it; members who had read everything before have
 * read everything after, so nobody returns to unread messages from years ago.
 */
export async function enterRoom(db: Queryable, membership: Membership): Promise<void> {
  const { room, people, owner, headBefore, headAfter } = membership
  await db.run(
    'UPDATE memberships SET read_seq = ? WHERE room_id = ? AND read_seq >= ? AND read_seq < ? ORDER BY user_id',
    [headAfter, BigInt(room), headBefore, headAfter],
  )
  const now = new Date()
  // All writers use the same order, so that no two deadlock.
  const sorted = [...new Set(people)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  for (let from = 0; from < sorted.length; from += rowsAtOnce) {
    const rows = sorted.slice(from, from + rowsAtOnce).map((id) => {
      return [BigInt(id), BigInt(room), id === owner ? 'owner' : 'member', headAfter, headAfter, now]
    })
    await db.run(
      `INSERT INTO memberships (user_id, room_id, role, read_seq, joined_seq, joined_at) VALUES ?
       ON DUPLICATE KEY UPDATE user_id = memberships.user_id`,
      [rows],
    )
  }
}

/** Whether a private room has no owner. */
export async function isOwnerless(db: Queryable, room: string): Promise<boolean> {
  const sql = "SELECT 1 FROM memberships WHERE room_id = ? AND role = 'owner' LIMIT 1"
  return (await db.rows(sql, [BigInt(room)])).length === 0
}

/** How many messages are pinned to a room, as MySQL has it. */
export async function countPins(db: Queryable, room: string): Promise<number> {
  const sql = 'SELECT COUNT(*) AS pins FROM pins WHERE room_id = ? AND is_on = 1'
  const [row] = await db.rows<{ pins: number }>(sql, [BigInt(room)])
  return row?.pins ?? 0
}
