// The times that are offered for what is to happen later, in the time zone of whoever looks.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fieldsOf, messageTimes, nextHour, timeOf } from '../../../web/times/times.ts'

const zone = process.env['TZ']
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'))
afterAll(() => void (process.env['TZ'] = zone))

const offered = (now: string): string[] =>
  messageTimes(new Date(now)).map(({ word, at }) => `${word} ${Object.values(fieldsOf(at)).join(' ')}`)

it('this evening, tomorrow and on Monday, each once', () => {
  // A Tuesday.
  expect(offered('2026-12-01T12:00')).toEqual([
    'later.evening 2026-12-01 20:00',
    'later.tomorrow 2026-12-02 09:00',
    'later.monday 2026-12-07 09:00',
  ])
  // Late on a Sunday: there is no evening left, and Monday is tomorrow.
  expect(offered('2026-12-06T19:45')).toEqual([
    'later.tomorrow 2026-12-07 09:00',
    'later.monday 2026-12-14 09:00',
  ])
})

it('nine is nine on the day on which clocks change', () => {
  expect(offered('2026-03-28T21:00')[0]).toBe('later.tomorrow 2026-03-29 09:00')
  expect(offered('2026-10-24T21:00')[0]).toBe('later.tomorrow 2026-10-25 09:00')
  const [first] = messageTimes(new Date('2026-03-28T21:00'))
  expect((first?.at ?? 0) - new Date('2026-03-28T21:00').getTime()).toBe(11 * 3_600_000)
})

it('what is typed is a time of this zone, or none', () => {
  const at = new Date(2026, 11, 1, 10, 30).getTime()
  expect(timeOf(fieldsOf(at))).toBe(at)
  expect(timeOf({ day: '', time: '10:30' })).toBeUndefined()
  expect(timeOf({ day: '2026-13-01', time: '10:30' })).toBeUndefined()
  expect(fieldsOf(nextHour(at)).time).toBe('12:00')
})
