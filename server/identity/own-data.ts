// What proves who one person is. The secrets themselves are never exported.
import { ms, type OwnTable } from '../own-data/own-table.ts'

export const identityData: readonly OwnTable[] = [
  { table: 'second_factors' },
  { table: 'recovery_codes' },
  {
    table: 'passkeys',
    lines: async (db, id) => {
      const rows = await db.rows<{ name: string; created_at: Date; used_at: Date | null }>(
        'SELECT name, created_at, used_at FROM passkeys WHERE user_id = ? ORDER BY id',
        [id],
      )
      return rows.map(({ name, created_at, used_at }) => ({
        kind: 'passkey',
        name,
        createdAt: ms(created_at),
        usedAt: ms(used_at),
      }))
    },
  },
  { table: 'device_links' },
  {
    table: 'identities',
    lines: async (db, id) => {
      const rows = await db.rows<{ issuer: string; subject: string; created_at: Date }>(
        'SELECT issuer, subject, created_at FROM identities WHERE user_id = ? ORDER BY created_at',
        [id],
      )
      return rows.map(({ issuer, subject, created_at }) => ({
        kind: 'identity',
        issuer,
        subject,
        createdAt: ms(created_at),
      }))
    },
  },
  { table: 'identity_tickets' },
]
