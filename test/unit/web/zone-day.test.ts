import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { zoneDays } from '../../../web/conversation/lines/zone-day.ts'

const hour = 3_600_000
/** The clock goes forward on 29 March 2026 and back on 25 October. */
beforeAll(() => void vi.stubEnv('TZ', 'Europe/Berlin'))
afterAll(() => void vi.unstubAllEnvs())

it('a message is under the day of its time, even if a day has 23 hours or 25', () => {
  const changes = ['2026-03-29T01:00Z', '2026-10-25T01:00Z'].map((at) => Date.parse(at))
  const days = zoneDays()
  for (const change of changes)
    for (let at = change - 30 * hour; at < change + 30 * hour; at += hour / 2)
      expect([at, days(at)]).toEqual([at, new Date(at).toDateString()])
})

it.each([
  ['America/Sao_Paulo', '2018-11-04T03:00Z', '2018-02-18T02:00Z'],
  ['America/Havana', '2026-03-08T05:00Z', '2026-11-01T05:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00Z', '2026-10-29T21:00Z'],
  ['America/St_Johns', '2010-03-14T03:31Z', '2010-11-07T02:31Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z', '2011-12-31T10:00Z'],
  ['Asia/Kathmandu', '2026-01-01T00:00Z', '2026-01-02T00:00Z'],
])('where the clocks change at midnight, too: %s', (zone, ...changes) => {
  vi.stubEnv('TZ', zone)
  const days = zoneDays()
  for (const change of changes.map((at) => Date.parse(at)))
    for (let at = change - 30 * hour; at < change + 30 * hour; at += hour / 4)
      expect([at, days(at)]).toEqual([at, new Date(at).toDateString()])
  vi.stubEnv('TZ', 'Europe/Berlin')
})

it('in whatever order they are asked for', () => {
  const moment = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') })
  fc.assert(
    fc.property(fc.array(moment), (moments) => {
      const days = zoneDays()
      for (const at of moments) expect(days(at)).toBe(new Date(at).toDateString())
    }),
  )
})
