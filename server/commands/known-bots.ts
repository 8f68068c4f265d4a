// Which ids are those of bots. A command answers as one: a made-up id would be given to a person some day.
import type { Db } from '../db.ts'

/** Asks MySQL once about each bot, because bots are never removed. Rejects while MySQL is down. */
export function knownBots(db: Db): (id: string) => Promise<boolean> {
  const known = new Set<string>()
  return async (id) => {
    if (known.has(id)) return true
    const rows = /^[1-9]\d{0,18}$/.test(id)
      ? await db.rows('SELECT 1 FROM users WHERE id = ? AND is_bot = 1', [BigInt(id)])
      : []
    if (rows.length > 0) known.add(id)
    return rows.length > 0
  }
}
