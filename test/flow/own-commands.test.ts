// Slash commands about one's own settings: what they set is what the app sets, and only who typed one is told.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { NoteEvent } from '../../server/protocol/events.ts'
import { untilTurnedOff } from '../../server/protocol/member-settings.ts'
import type { MeAnswer } from '../../server/protocol/naming.ts'
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann Oak')
  bob = await brook.enter('Bob Elm')
  await brook.meet(ann, bob)
})
afterAll(() => brook.stop())

async function types(name: string, args: string): Promise<NoteEvent> {
  const cid = newCid()
  ann.tells({ type: 'command', room: ann.room, cid, name, args })
  const found = await until(() =>
    ann.heard.find((event): event is NoteEvent => event.type === 'note' && event.cid === cid),
  )
  if (found === undefined) throw new Error('no note')
  return found
}
const done = async (name: string, args: string) => (await types(name, args)).done
const mutedUntil = async () => (await ann.rooms()).find(({ id }) => id === ann.room)?.mutedUntil
const snoozed = async () => (await ann.ask<NotifySettings>('GET', '/api/me/notifications')).body.snoozedUntil
const status = async () => (await ann.ask<MeAnswer>('GET', '/api/me')).body.profile.status
const minute = 60_000
const isIn = (at: number | null | undefined, ms: number) => Math.abs((at ?? 0) - Date.now() - ms) < minute

test('/mute: for a while, until it is turned off, and no more', async () => {
  expect(await done('mute', '')).toEqual({ what: 'muted', until: null })
  expect(await mutedUntil()).toBe(untilTurnedOff)
  const told = await done('mute', '1小时30分钟')
  expect(told?.what).toBe('muted')
  expect(isIn(told?.until, 90 * minute)).toBe(true)
  expect(await mutedUntil()).toBe(told?.until)
  expect(await done('mute', 'off')).toEqual({ what: 'unmuted' })
  expect(await mutedUntil()).toBeUndefined()
  await until(() =>
    ann.heard.some((event) => event.type === 'settings' && event.settings.mutedUntil === null),
  )
})

test('/dnd: an hour unless something else is said, on all devices', async () => {
  const told = await done('dnd', '')
  expect([told?.what, isIn(told?.until, 60 * minute)]).toEqual(['paused', true])
  expect(await snoozed()).toBe(told?.until)
  await until(() =>
    ann.heard.some(
      (event) => event.type === 'notify_settings' && event.settings.snoozedUntil === told?.until,
    ),
  )
  expect(isIn((await done('dnd', 'for 2d'))?.until, 2 * 24 * 60 * minute)).toBe(true)
  expect(await done('dnd', '关闭')).toEqual({ what: 'resumed' })
  expect(await snoozed()).toBeNull()
})

test('/status: an emoji by its name or itself, words, both, and nothing', async () => {
  expect(await done('status', ':palm_tree: on an island')).toEqual({ what: 'status_set' })
  expect(await status()).toEqual({ emoji: '🌴', text: 'on an island', until: null })
  await done('status', '🎧 focus')
  expect(await status()).toEqual({ emoji: '🎧', text: 'focus', until: null })
  await done('status', ':no-such-emoji: hm')
  expect(await status()).toEqual({ emoji: '', text: ':no-such-emoji: hm', until: null })
  expect(await done('status', '清除')).toEqual({ what: 'status_cleared' })
  expect(await status()).toBeUndefined()
})

test('what is no time is said to be none, and changes nothing; nobody else hears of any of it', async () => {
  for (const [name, args] of [
    ['mute', 'soon'],
    ['mute', '10 monkeys'],
    ['dnd', '0m'],
    ['dnd', '1h please'],
  ] as const)
    expect(await types(name, args), `${name} ${args}`).toMatchObject({
      failed: true,
      done: { what: 'no_span' },
    })
  expect([await mutedUntil(), await snoozed()]).toEqual([undefined, null])
  const cid = newCid()
  ann.tells({ type: 'command', room: ann.room, cid, name: 'mute', args: '999d' })
  await until(() =>
    ann.heard.some((event) => event.type === 'error' && event.cid === cid && event.code === 'bad_mute'),
  )
  expect(bob.heard.filter((event) => event.type === 'note' || event.type === 'message')).toEqual([])
})
