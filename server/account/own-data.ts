// One person's sessions: how they are exported, and how they end.
import { ms, type OwnTable } from '../own-data/own-table.ts'

interface Row {
  id: number
  agent: string
  name: string | null
  created_at: Date
  used_at: Date
  expires_at: Date
}

export const accountData: readonly OwnTable[] = [
  {
    table: 'sessions',
    // Sessions.closeAll.
    end: 'elsewhere',
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        'SELECT id, agent, name, created_at, used_at, expires_at FROM sessions WHERE user_id = ? ORDER BY id',
        [id],
      )
      return rows.map((row) => ({
        kind: 'session',
        id: String(row.id),
        agent: row.agent,
        ...(row.name === null ? {} : { name: row.name }),
        createdAt: ms(row.created_at),
        usedAt: ms(row.used_at),
        expiresAt: ms(row.expires_at),
      }))
    },
  },
]
