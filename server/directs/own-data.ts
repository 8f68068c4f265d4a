// Whom one person blocks. Their file does not say who blocks them.
import type { OwnTable } from '../own-data/own-table.ts'
import { noteBlocks } from './blocks.ts'

export const directData: readonly OwnTable[] = [
  {
    table: 'blocks',
    beforeEnd: noteBlocks,
    // Both ways: nobody has a former member in the list of those whom they block.
    end: async (tx, id) => {
      await tx.run('DELETE FROM blocks WHERE user_id = ? OR blocked_id = ?', [id, id])
    },
    lines: async (db, id) => {
      const rows = await db.rows<{ blocked_id: number; name: string; at_ms: number }>(
        `SELECT b.blocked_id, u.name, b.at_ms FROM blocks b JOIN users u ON u.id = b.blocked_id
         WHERE b.user_id = ? ORDER BY b.at_ms`,
        [id],
      )
      return rows.map(({ blocked_id, name, at_ms }) => ({
        kind: 'block',
        person: { id: String(blocked_id), name },
        at: Number(at_ms),
      }))
    },
  },
  {
    table: 'direct_conversions',
    end: async (tx, id) => {
      await tx.run('DELETE FROM direct_conversions WHERE user_id = ?', [id])
    },
    lines: async (db, id) => {
      const rows = await db.rows<{ room_id: number; name: string; at_ms: number }>(
        'SELECT room_id, name, at_ms FROM direct_conversions WHERE user_id = ? ORDER BY at_ms',
        [id],
      )
      return rows.map(({ room_id, name, at_ms }) => ({
        kind: 'agreedToPrivateRoom',
        room: String(room_id),
        name,
        at: Number(at_ms),
      }))
    },
  },
]
