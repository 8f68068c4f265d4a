import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { zoneDays } from '../../../web/room/zone-day.ts'

const hour = 3_600_000
/** The clock goes forward on 29 March 2026 and back on 25 October. */
beforeAll(() => void vi.stubEnv('TZ', 'Europe/Berlin'))
afterAll(() => void vi.unstubAllEnvs())

it('a message stands under the day of its moment, also where a day has 23 hours or 25', () => {
  const changes = ['2026-03-29T01:00Z', '2026-10-25T01:00Z'].map((at) => Date.parse(at))
  const days = zoneDays()
  for (const change of changes)
    for (let at = change - 30 * hour; at < change + 30 * hour; at += hour / 2)
      expect([at, days(at)]).toEqual([at, new Date(at).toDateString()])
})

it('whatever the order they are asked in', () => {
  const moment = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') })
  fc.assert(
    fc.property(fc.array(moment), (moments) => {
      const days = zoneDays()
      for (const at of moments) expect(days(at)).toBe(new Date(at).toDateString())
    }),
  )
})
