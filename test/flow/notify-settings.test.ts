// How somebody wants to be told: one object, the same on all their devices, and what it may be.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { defaultNotifySettings } from '../../server/protocol/notify-defaults.ts'
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'

const { keywords, pierce, quiet, snoozeMs } = limits.notifications

let brook: Brook
let ann: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
})
afterAll(() => brook.stop())

const read = async (who = ann) => (await who.ask<NotifySettings>('GET', '/api/me/notifications')).body

/** Answers what is kept, or the code of the refusal. */
async function puts(change: object) {
  const answer = await ann.ask<NotifySettings & { error?: { code: string } }>(
    'PUT',
    '/api/me/notifications',
    { ...defaultNotifySettings, ...change },
  )
  return answer.body.error?.code ?? answer.body
}

test('whoever has never chosen is told as by default; a choice is kept, for nobody else, on all devices', async () => {
  expect(await read()).toEqual(defaultNotifySettings)
  const phone = ann.again()
  await phone.connects()
  const bob = await brook.enter('Bob')
  const wanted: NotifySettings = {
    keywords: ['water', '灌溉', 'سقي', '물'],
    previews: false,
    sound: 'wood',
    quiet: { zone: 'Asia/Shanghai', days: [{ day: 1, from: '22:00', to: '07:30' }] },
    snoozedUntil: Date.now() + 3_600_000,
    pierce: { people: [bob.user.id], rooms: ['1'] },
    mail: { on: false, afterMinutes: 60 },
  }
  expect(await puts(wanted)).toEqual(wanted)
  expect(await phone.event('notify_settings')).toEqual({ type: 'notify_settings', settings: wanted })
  expect(await read()).toEqual(wanted)
  expect(await read(bob)).toEqual(defaultNotifySettings)
})

test('keywords are tidied, and those that mean the same are one', async () => {
  const kept = (await puts({
    keywords: ['  Big   pump ', 'big pump', 'BIG PUMP', 'ｐｕｍｐ', 'pump'],
  })) as NotifySettings
  expect(kept.keywords).toEqual(['Big pump', 'ｐｕｍｐ'])
  const many = Array.from({ length: keywords.max }, (_, at) => `word ${at}`)
  expect(await puts({ keywords: many })).toMatchObject({ keywords: many })
  expect(await puts({ keywords: [...many, 'one more'] })).toBe('bad_request')
  expect(await puts({ keywords: ['灌'.repeat(keywords.chars)] })).toBeTypeOf('object')
  for (const word of ['', '   ', '灌'.repeat(keywords.chars + 1), 'a\u0000b', '\u202eabc', '\u0301'])
    expect(await puts({ keywords: [word] }), JSON.stringify(word)).toBe('bad_keyword')
})

test('quiet hours are in a zone that exists, have a length, and do not overlap on one day', async () => {
  const hours = (days: NonNullable<NotifySettings['quiet']>['days'], zone = 'Europe/Berlin') =>
    puts({ quiet: { zone, days } })
  for (const zone of ['Mars/Base', '+02:00', '北京', 'Europe/'])
    expect(await hours([], zone), zone).toBe('bad_time_zone')
  expect(await hours([], 'x'.repeat(65))).toBe('bad_request')
  for (const from of ['24:00', '9:00', '09:60', 'noon'])
    expect(await hours([{ day: 0, from, to: '10:00' }]), from).toBe('bad_request')
  expect(await hours([{ day: 7, from: '08:00', to: '10:00' }])).toBe('bad_request')
  expect(await hours([{ day: 0, from: '08:00', to: '08:00' }])).toBe('bad_quiet_hours')
  const siesta = { day: 0, from: '13:00', to: '15:00' }
  const night = { day: 0, from: '22:00', to: '07:00' }
  expect(await hours([night, siesta])).toBeTypeOf('object')
  expect(await hours([siesta, { day: 0, from: '14:59', to: '16:00' }])).toBe('bad_quiet_hours')
  expect(await hours([night, { day: 0, from: '23:00', to: '23:30' }])).toBe('bad_quiet_hours')
  const every = Array.from({ length: quiet.spans }, (_, at) => (at % 2 === 0 ? night : siesta)).map(
    (span, at) => ({ ...span, day: Math.floor(at / 2) }),
  )
  expect(await hours(every)).toBeTypeOf('object')
  expect(await hours([...every, { day: 0, from: '09:00', to: '10:00' }])).toBe('bad_request')
})

test('a pause ends within a year, and one that is over is none', async () => {
  expect(await puts({ snoozedUntil: Date.now() + snoozeMs + 60_000 })).toBe('bad_snooze')
  expect(await puts({ snoozedUntil: Date.now() - 1 })).toMatchObject({ snoozedUntil: null })
})

test('what has another form is refused', async () => {
  const ids = (many: number) => Array.from({ length: many }, (_, at) => String(at + 1))
  expect(await puts({ pierce: { people: ids(pierce.people), rooms: ids(pierce.rooms) } })).toBeTypeOf(
    'object',
  )
  expect(await puts({ pierce: { people: ids(pierce.people + 1), rooms: [] } })).toBe('bad_request')
  expect(await puts({ pierce: { people: [], rooms: ['x'] } })).toBe('bad_request')
  expect(await puts({ sound: 'gong' })).toBe('bad_request')
  expect(await puts({ mail: { on: true, afterMinutes: 4 } })).toBe('bad_request')
  expect(await puts({ more: 1 })).toBe('bad_request')
  const partial = await ann.ask('PUT', '/api/me/notifications', { keywords: [] })
  expect(partial.status).toBe(400)
})
