// Somebody leaves every room, the default one too, because their account has ended; in direct rooms they stay, as a former member,
// so that the others know with whom they have talked. Each room in a transaction of its own, and
// told; what was not done is done by the next call.
import type { Db } from '../db.ts'
import { newCid } from '../protocol/cid.ts'
import type { Person } from '../protocol/people.ts'
import { namedKinds } from '../protocol/room-kinds.ts'
import type { Notices } from './notices.ts'
import { inherited } from './roles.ts'
import type { Roster } from './roster.ts'
import { deleteMember, findStanding, handOver } from './standing.ts'

export interface LeavingAll {
  db: Db
  notices: Notices
  roster: Pick<Roster, 'personChanged'>
}

export async function leaveAll(deps: LeavingAll, user: Person): Promise<void> {
  const rows = await deps.db.rows<{ room_id: number }>(
    'SELECT m.room_id FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.user_id = ? AND r.kind IN (?)',
    [BigInt(user.id), namedKinds],
  )
  for (const { room_id } of rows) await leaveOne(deps, user, String(room_id))
}

/** A room whose only owner leaves goes to the moderator, otherwise the member, who has been in it longest. */
async function leaveOne({ db, notices, roster }: LeavingAll, user: Person, room: string): Promise<void> {
  const heir = await db.transaction(async (tx): Promise<Person | undefined> => {
    const standing = await findStanding(tx, user.id, room, 'lock')
    if (standing === undefined || standing.role === null) return undefined
    const cid = newCid()
    await deleteMember(tx, user.id, room, { by: user.id, cid })
    const next = standing.role === 'owner' && !standing.isDefault ? await handOver(tx, room) : undefined
    if (next !== undefined) await notices.note(tx, inherited(user, room, next))
    await notices.note(tx, { room, user, notice: { kind: 'left' } }, cid)
    return next
  })
  await roster.personChanged(user.id, room)
  if (heir !== undefined) {
    await roster.personChanged(heir.id, room)
    await notices.tell(inherited(user, room, heir))
  }
  await notices.tell({ room, user, notice: { kind: 'left' } })
}
