// Quiet hours in one's own zone: over both changes of the clock, over midnight, and in zones that are half an hour off.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { heldUntil, isZone, quietUntil, type QuietHours } from '../../server/protocol/quiet-hours.ts'

const at = (iso: string): number => Date.parse(iso)
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString()
const everyDay = (from: string, to: string): QuietHours['days'] =>
  [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, from, to }))
const berlin = (from: string, to: string): QuietHours => ({
  zone: 'Europe/Berlin',
  days: everyDay(from, to),
})

test('a night is quiet from its evening to its morning, and the day is not', () => {
  const night = berlin('22:00', '07:00')
  expect(quietUntil(night, at('2026-11-30T20:59:59Z'))).toBeUndefined()
  expect(iso(quietUntil(night, at('2026-11-30T21:00:00Z')))).toBe('2026-12-01T06:00:00.000Z')
  expect(iso(quietUntil(night, at('2026-12-01T05:59:59Z')))).toBe('2026-12-01T06:00:00.000Z')
  expect(quietUntil(night, at('2026-12-01T06:00:00Z'))).toBeUndefined()
})

test('the days are those of the zone, and a night belongs to the day on which it begins', () => {
  // Friday evening in Auckland is Friday morning in UTC.
  const friday: QuietHours = { zone: 'Pacific/Auckland', days: [{ day: 5, from: '20:00', to: '09:00' }] }
  expect(iso(quietUntil(friday, at('2026-12-04T07:30:00Z')))).toBe('2026-12-04T20:00:00.000Z')
  expect(iso(quietUntil(friday, at('2026-12-04T19:00:00Z')))).toBe('2026-12-04T20:00:00.000Z')
  expect(quietUntil(friday, at('2026-12-05T07:30:00Z'))).toBeUndefined()
})

test('the night in which clocks are put forward is an hour shorter', () => {
  // 29 March 2026, 02:00 CET is 03:00 CEST.
  const night = berlin('22:00', '07:00')
  expect(iso(quietUntil(night, at('2026-03-28T21:00:00Z')))).toBe('2026-03-29T05:00:00.000Z')
  expect(quietUntil(night, at('2026-03-28T20:59:00Z'))).toBeUndefined()
  // 02:30 does not exist: whoever wants quiet until then, or from then, has it to or from the change.
  expect(iso(quietUntil(berlin('22:00', '02:30'), at('2026-03-29T00:30:00Z')))).toBe(
    '2026-03-29T01:00:00.000Z',
  )
  expect(iso(quietUntil(berlin('02:30', '04:00'), at('2026-03-29T01:00:00Z')))).toBe(
    '2026-03-29T02:00:00.000Z',
  )
  expect(quietUntil(berlin('02:15', '02:45'), at('2026-03-29T01:00:00Z'))).toBeUndefined()
})

test('the night in which clocks are put back is an hour longer, and does not end twice', () => {
  // 25 October 2026, 03:00 CEST is 02:00 CET.
  expect(iso(quietUntil(berlin('22:00', '07:00'), at('2026-10-24T20:00:00Z')))).toBe(
    '2026-10-25T06:00:00.000Z',
  )
  const early = berlin('22:00', '02:30')
  // 02:40 for the first time, between the two 02:30.
  expect(iso(quietUntil(early, at('2026-10-25T00:40:00Z')))).toBe('2026-10-25T01:30:00.000Z')
  expect(quietUntil(early, at('2026-10-25T01:30:00Z'))).toBeUndefined()
})

test('zones that are not whole hours off, and a change of half an hour', () => {
  const nepal: QuietHours = { zone: 'Asia/Kathmandu', days: everyDay('22:00', '07:00') }
  expect(iso(quietUntil(nepal, at('2026-06-01T16:15:00Z')))).toBe('2026-06-02T01:15:00.000Z')
  expect(quietUntil(nepal, at('2026-06-01T16:14:59Z'))).toBeUndefined()
  // Lord Howe Island: 4 October 2026, 02:00 (+10:30) is 02:30 (+11).
  const howe: QuietHours = { zone: 'Australia/Lord_Howe', days: everyDay('22:00', '02:15') }
  expect(iso(quietUntil(howe, at('2026-10-03T12:00:00Z')))).toBe('2026-10-03T15:30:00.000Z')
})

test('stretches that touch are one, and the whole day is possible', () => {
  const weekend: QuietHours = {
    zone: 'UTC',
    days: [
      { day: 5, from: '18:00', to: '00:00' },
      { day: 6, from: '00:00', to: '00:00' },
      { day: 0, from: '00:00', to: '12:00' },
    ],
  }
  expect(iso(quietUntil(weekend, at('2026-12-04T18:00:00Z')))).toBe('2026-12-06T12:00:00.000Z')
  expect(iso(quietUntil(weekend, at('2026-12-05T18:00:00Z')))).toBe('2026-12-06T12:00:00.000Z')
})

test('nothing is quiet without hours, or in a zone that does not exist', () => {
  expect(quietUntil(null, 0)).toBeUndefined()
  expect(quietUntil({ zone: 'Mars/Olympus', days: everyDay('00:00', '00:00') }, 0)).toBeUndefined()
  expect(['Europe/Berlin', 'UTC', 'Asia/Kolkata'].map(isZone)).toEqual([true, true, true])
  expect(['', 'Mars/Olympus', '+02:00', 'Europe/Berlin '].map(isZone)).toEqual([false, false, false, false])
})

test('a snooze that ends within the night lasts until the morning', () => {
  const quiet = berlin('22:00', '07:00')
  const now = at('2026-11-30T20:30:00Z')
  expect(heldUntil({ quiet, snoozedUntil: null }, now)).toBeUndefined()
  expect(iso(heldUntil({ quiet, snoozedUntil: at('2026-11-30T21:30:00Z') }, now))).toBe(
    '2026-12-01T06:00:00.000Z',
  )
  expect(iso(heldUntil({ quiet: null, snoozedUntil: at('2026-11-30T21:30:00Z') }, now))).toBe(
    '2026-11-30T21:30:00.000Z',
  )
  expect(heldUntil({ quiet: null, snoozedUntil: now }, now)).toBeUndefined()
})

const clock = fc
  .integer({ min: 0, max: 24 * 60 - 1 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`)
test('whatever the hours, quiet that began lasts until it ends, and is over then', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'),
      fc.array(fc.record({ day: fc.integer({ min: 0, max: 6 }), from: clock, to: clock }), { maxLength: 7 }),
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (zone, days, now, part) => {
        const quiet = { zone, days }
        const end = quietUntil(quiet, now)
        if (end === undefined) return
        expect(end).toBeGreaterThan(now)
        expect(quietUntil(quiet, Math.floor(now + (end - 1 - now) * part))).toBe(end)
        // Limit: what touches after more than a week is found later.
        if (end - now < 7 * 24 * 3_600_000) expect(quietUntil(quiet, end)).toBeUndefined()
      },
    ),
    { numRuns: 300 },
  )
})
