// Changes the settings of a room: in MySQL, then in its log. Limit: of two changes in the same moment, MySQL may keep one while the
// log names the other last, until the next change.
import { noteAudit } from '../audit/audit.ts'
import { isRefusal, Refused } from '../answer.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { nameFields } from '../naming/names-taken.ts'
import { keepFormerName, requireOwnLook } from '../naming/room-names.ts'
import type { Image } from '../pictures/images.ts'
import type { Refusal } from '../protocol/errors.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { personOf, type User } from '../protocol/people.ts'
import { kindOf, type RoomKind } from '../protocol/room-kinds.ts'
import {
  cleanChange,
  roomSettings,
  settingNotice,
  type RoomChange,
  type SettingName,
  type SettingValue,
} from '../protocol/room-settings.ts'
import type { Notices } from './notices.ts'
import type { Roster } from './roster.ts'
import { findStanding } from './standing.ts'

interface ChangeDeps {
  db: Db
  notices: Pick<Notices, 'note' | 'tell'>
  roster: Pick<Roster, 'roomChanged' | 'personChanged'>
}

interface One {
  user: User
  room: string
  name: SettingName
  value: SettingValue
  /** Stored with it. */
  besides?: (tx: Queryable) => Promise<void>
  /** From where it is asked. */
  address: string
}

/** One setting after the other; those before one that is refused are changed. */
export async function changeRoom(
  deps: ChangeDeps,
  { user, room, query, address }: { user: User; room: string; query: RoomChange; address: string },
): Promise<Refusal | undefined> {
  const asked = cleanChange(query)
  if (isRefusal(asked)) return asked
  const standing = await findStanding(deps.db, user.id, room)
  if (standing === undefined) return { code: 'not_found' }
  const changed = asked.filter(([name, value]) => value !== standing[name])
  for (const [name, value] of changed)
    if (standing.isDefault && !isForDefault(name, value)) return { code: 'default_room' }
    else if (name === 'name' && looksLikeAnother(String(value))) return { code: 'misleading_name' }
  for (const [name, value] of changed) {
    const refusal = await changeOne(deps, { user, room, name, value, address })
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** A picture of the room, or none. */
export async function changePicture(
  deps: ChangeDeps,
  { user, room, face, address }: { user: User; room: string; face: Image | undefined; address: string },
): Promise<Refusal | undefined> {
  const standing = await findStanding(deps.db, user.id, room)
  if (standing === undefined) return { code: 'not_found' }
  const value = face?.hash ?? ''
  if (standing.picture === value) return undefined
  const besides = async (tx: Queryable): Promise<void> => {
    if (face === undefined)
      return void (await tx.run('DELETE FROM room_pictures WHERE room_id = ?', [BigInt(room)]))
    await tx.run(
      `INSERT INTO room_pictures (room_id, image, hash, set_at) VALUES (?)
       ON DUPLICATE KEY UPDATE image = VALUES(image), hash = VALUES(hash), set_at = VALUES(set_at)`,
      [[BigInt(room), face.image, face.hash, new Date()]],
    )
  }
  return changeOne(deps, { user, room, name: 'picture', value, besides, address })
}

/** Everybody is in the default room. */
const isForDefault = (name: SettingName, value: SettingValue): boolean =>
  !(name === 'archived' && value === true) && !(name === 'visibility' && value === 'private')

async function changeOne(
  { db, notices, roster }: ChangeDeps,
  { user, room, name, value, besides, address }: One,
): Promise<Refusal | undefined> {
  const happening = { room, user, notice: settingNotice(name, value) }
  try {
    await db.transaction(async (tx) => {
      await store(tx, room, name, value)
      await besides?.(tx)
      await notices.note(tx, happening)
      const about = { room: { id: room }, changed: { [name]: name === 'picture' ? value !== '' : value } }
      if (name !== 'topic') await noteAudit(tx, { kind: 'room_changed', by: personOf(user), address, about })
    })
  } catch (error) {
    if (isDuplicate(error)) return { code: 'room_name_taken' }
    if (error instanceof Refused) return error.refusal
    throw error
  }
  await roster.roomChanged(room)
  await roster.personChanged(user.id, room)
  await notices.tell(happening)
  return undefined
}

/** A public room owns its name: `public_key` follows its name and its kind. @throws a duplicate key, if another one has it */
async function store(tx: Queryable, room: string, name: SettingName, value: SettingValue): Promise<void> {
  const { column } = roomSettings[name]
  if (name === 'name') await keepName(tx, room, String(value))
  const stored = typeof value === 'boolean' ? Number(value) : value
  await tx.run(`UPDATE rooms SET ${column} = ? WHERE id = ? AND deleted_at IS NULL`, [stored, BigInt(room)])
  if (name !== 'name' && name !== 'visibility') return
  const [row] = await tx.rows<{ name: string; kind: RoomKind }>(
    'SELECT name, kind FROM rooms WHERE id = ? AND deleted_at IS NULL FOR UPDATE',
    [BigInt(room)],
  )
  if (row === undefined) return
  const own = kindOf(row.kind).ownsName ? nameFields(row.name) : undefined
  await tx.run('UPDATE rooms SET public_key = ?, skeleton = ? WHERE id = ?', [
    own?.key ?? null,
    own?.skeleton ?? null,
    BigInt(room),
  ])
  if (own === undefined) return
  await requireOwnLook(tx, { id: room, name: row.name })
}

/** What it is called now leads to it from now on. */
async function keepName(tx: Queryable, room: string, now: string): Promise<void> {
  const [row] = await tx.rows<{ name: string }>(
    'SELECT name FROM rooms WHERE id = ? AND deleted_at IS NULL FOR UPDATE',
    [BigInt(room)],
  )
  if (row !== undefined) await keepFormerName(tx, room, { was: row.name, now })
}
