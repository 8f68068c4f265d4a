// Which room somebody at the command line means.
import type { Db } from '../db.ts'
import { roomOnceNamed } from '../naming/room-names.ts'
import { nameKey } from '../protocol/names.ts'

/** Several rooms have this name. Its message names them, and how to say which one: a few lines. */
export class UnclearRoom extends Error {
  override name = 'UnclearRoom'
}

interface Row {
  id: number | string
  name: string
  kind: string
  members: number
}

const shown = 20

/**
 * The id of the room `word`: its name (also as `#name`), one that it had of late, or its number (also as `id:7`). Private rooms too: whoever runs this has
 * access to the database. Undefined if there is none.
 * @throws UnclearRoom if there are several: a public and a private one, or one whose name is the number of another
 */
export async function findRoom(db: Db, word: string): Promise<string | undefined> {
  const [, number] = /^(?:id:)?([1-9]\d{0,18})$/.exec(word) ?? []
  const name = word.startsWith('id:') && number !== undefined ? undefined : word.replace(/^#/, '')
  const rooms = await db.rows<Row>(
    `SELECT id, name, kind, (SELECT COUNT(*) FROM memberships m WHERE m.room_id = rooms.id) AS members
     FROM rooms WHERE deleted_at IS NULL AND (id = ? OR public_key = ? OR name = ?) ORDER BY id LIMIT ?`,
    [BigInt(number ?? 0), nameKey(name ?? ''), name ?? '', shown],
  )
  if (rooms.length === 0 && name !== undefined) return roomOnceNamed(db, nameKey(name))
  if (rooms.length < 2) return rooms[0] === undefined ? undefined : String(rooms[0].id)
  const lines = rooms.map(
    (room) =>
      `  id:${room.id}  ${room.kind} room "${room.name}", ${room.members} ${room.members === 1 ? 'member' : 'members'}`,
  )
  throw new UnclearRoom([`"${word}" is more than one room. Say which by its number:`, ...lines].join('\n'))
}
