// The members of a deleted room: kept beside, and put back. In the transaction that deletes or restores it.
import type { Queryable } from '../db.ts'
import { cidBytes } from '../history/sql/insert.ts'
import type { Person } from '../protocol/people.ts'

const columns =
  'user_id, room_id, role, read_seq, read_turn, level, muted_until_ms, favourite, section_id, joined_at, joined_seq'
const ofThem = columns.replaceAll(/\w+/g, 'd.$&')

/** Nobody is in the room any more. Answers who was; a bot is still sent what came before (bot/departures.ts). */
export async function keepMembers(
  tx: Queryable,
  room: string,
  { by, cid }: { by: Person; cid: string },
): Promise<string[]> {
  const id = BigInt(room)
  await tx.run('DELETE FROM deleted_memberships WHERE room_id = ?', [id])
  await tx.run(
    `INSERT INTO deleted_memberships (${columns}) SELECT ${columns} FROM memberships WHERE room_id = ?`,
    [id],
  )
  await tx.run(
    `INSERT INTO bot_departures (user_id, room_id, joined_seq, by_id, cid)
     SELECT d.user_id, d.room_id, d.joined_seq, ?, ? FROM deleted_memberships d JOIN bots b ON b.user_id = d.user_id
     WHERE d.room_id = ?`,
    [BigInt(by.id), cidBytes(cid), id],
  )
  await tx.run('DELETE FROM memberships WHERE room_id = ?', [id])
  return peopleOf(tx, 'deleted_memberships', room)
}

/** Whoever was in it is again, but those whose account has ended. Answers who is. */
export async function restoreMembers(tx: Queryable, room: string): Promise<string[]> {
  const id = BigInt(room)
  await tx.run(
    `INSERT INTO memberships (${columns}) SELECT ${ofThem} FROM deleted_memberships d
     WHERE d.room_id = ? AND NOT EXISTS (SELECT 1 FROM endings e WHERE e.user_id = d.user_id)`,
    [id],
  )
  await tx.run('DELETE FROM deleted_memberships WHERE room_id = ?', [id])
  return peopleOf(tx, 'memberships', room)
}

async function peopleOf(
  tx: Queryable,
  table: 'memberships' | 'deleted_memberships',
  room: string,
): Promise<string[]> {
  const sql = `SELECT user_id FROM ${table} WHERE room_id = ?`
  const rows = await tx.rows<{ user_id: number }>(sql, [BigInt(room)])
  return rows.map(({ user_id }) => String(user_id))
}
