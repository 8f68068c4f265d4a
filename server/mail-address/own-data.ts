// One person's mail address.
import { ms, type OwnTable } from '../own-data/own-table.ts'

interface Row {
  address: string | null
  confirmed_at: Date | null
  pending: string | null
  language: string
}

export const mailAddressData: readonly OwnTable[] = [
  {
    table: 'mail_addresses',
    lines: async (db, id) => {
      const rows = await db.rows<Row>(
        'SELECT address, confirmed_at, pending, language FROM mail_addresses WHERE user_id = ?',
        [id],
      )
      return rows.map(({ address, confirmed_at, pending, language }) => ({
        kind: 'mailAddress',
        address,
        confirmedAt: ms(confirmed_at),
        ...(pending === null ? {} : { pending }),
        language,
      }))
    },
  },
]
