// The audit log has no hole: nothing was taken out of it.
import type { Check } from '../check.ts'

const numbersAtOnce = 50_000

export const audit: Check = {
  name: 'audit',
  about: 'the numbers of the audit log have no hole',
  ofRooms: false,
  async *look({ db, seen }) {
    const [row] = await db.rows<{ seq: number }>('SELECT seq FROM audit_head')
    const head = Number(row?.seq ?? 0)
    for (let from = 1; from <= head; from += numbersAtOnce) {
      const to = Math.min(head, from + numbersAtOnce - 1)
      const [count] = await db.rows<{ n: number }>(
        'SELECT COUNT(*) AS n FROM audit WHERE seq BETWEEN ? AND ?',
        [from, to],
      )
      seen(Number(count?.n))
      const missing = to - from + 1 - Number(count?.n)
      if (missing > 0)
        yield {
          key: String(from),
          words: `${missing} of the numbers ${from} to ${to} ${missing === 1 ? 'is' : 'are'} missing`,
        }
    }
  },
}
