// The rooms of one person, with what they have set for each.
import { ms, type OwnTable } from '../own-data/own-table.ts'

interface Row {
  room_id: number
  name: string | null
  kind: string
  role: string
  joined_at: Date
  read_seq: number
  level: string | null
  muted_until_ms: number | null
  favourite: number
  section: string | null
}

/** SQL: what a direct room is called for whoever `m` is; NULL: nobody else is in it. */
const othersOfRoom = `(SELECT GROUP_CONCAT(u.name ORDER BY u.name_key SEPARATOR ', ') FROM memberships o
  JOIN users u ON u.id = o.user_id WHERE o.room_id = r.id AND o.user_id <> m.user_id)`

export const membershipData: readonly OwnTable[] = [
  {
    table: 'memberships',
    // Whoever has ended leaves each room through its log, and what they own goes to others.
    end: 'elsewhere',
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        `SELECT m.room_id, IF(r.kind = 'direct', ${othersOfRoom}, r.name) AS name, r.kind, m.role, m.joined_at, m.read_seq, m.level, m.muted_until_ms,
           m.favourite, s.name AS section FROM memberships m JOIN rooms r ON r.id = m.room_id
         LEFT JOIN sections s ON s.id = m.section_id WHERE m.user_id = ? ORDER BY m.room_id`,
        [id],
      )
      // What was never set is missing.
      return rows.map((row) => ({
        kind: 'membership',
        room: { id: String(row.room_id), name: row.name ?? '', kind: row.kind },
        role: row.role,
        joinedAt: ms(row.joined_at),
        read: row.read_seq,
        ...(row.level === null ? {} : { level: row.level }),
        ...(row.muted_until_ms === null ? {} : { mutedUntil: Number(row.muted_until_ms) }),
        ...(row.favourite === 0 ? {} : { favourite: true }),
        ...(row.section === null ? {} : { section: row.section }),
      }))
    },
  },
]
