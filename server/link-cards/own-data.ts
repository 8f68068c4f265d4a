// How one person wants to see link cards.
import type { OwnTable } from '../own-data/own-table.ts'

export const linkCardData: readonly OwnTable[] = [
  {
    table: 'link_card_views',
    lines: async (db, id) => {
      const rows = await db.rows<{ view: string }>('SELECT view FROM link_card_views WHERE user_id = ?', [id])
      return rows.map(({ view }) => ({ kind: 'linkCardView', view }))
    },
  },
]
