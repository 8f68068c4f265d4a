// The default room: there is exactly one, and every newcomer is in it.
import { isDuplicate, type Db } from '../db.ts'
import { nameKey } from '../protocol/names.ts'

const name = 'lobby'

/** The id of the default room, which is created if there is none. Of several processes at once, one creates it. */
export async function ensureLobby(db: Db): Promise<string> {
  const found = await findLobby(db)
  if (found !== undefined) return found
  try {
    const { insertId } = await db.run(
      'INSERT INTO rooms (name, public_key, kind, topic, is_default, created_by, created_at) VALUES (?)',
      [[name, nameKey(name), 'public', '', 1, null, new Date()]],
    )
    return insertId
  } catch (error) {
    if (!isDuplicate(error)) throw error
    const made = await findLobby(db)
    if (made === undefined) throw new Error(`there is a room "${name}" that is not the default room`)
    return made
  }
}

async function findLobby(db: Db): Promise<string | undefined> {
  const [row] = await db.rows<{ id: number }>('SELECT id FROM rooms WHERE is_default = 1')
  return row === undefined ? undefined : String(row.id)
}
