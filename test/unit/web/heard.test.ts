import { expect, it } from 'vitest'
import { defaultNotifySettings } from '../../../server/protocol/notify-defaults.ts'
import { isHeard, type Heard } from '../../../web/alerts/heard.ts'

const now = Date.UTC(2026, 5, 1, 12)
const heard = (more: Partial<Heard> = {}): boolean =>
  isHeard({ settings: defaultNotifySettings, choice: 'auto', now, room: '7', by: '3', ...more })

it('tells whoever is invisible, and whose choice is not known yet, but not who is not to be disturbed', () => {
  expect([heard(), heard({ choice: 'invisible' }), heard({ choice: undefined })]).toEqual([true, true, true])
  expect(heard({ choice: 'dnd' })).toBe(false)
})

it('lets named people and rooms through a pause and through "do not disturb"', () => {
  const pause = { ...defaultNotifySettings, snoozedUntil: now + 1 }
  expect(heard({ settings: pause })).toBe(false)
  expect(heard({ settings: pause, now: now + 1 })).toBe(true)
  for (const choice of ['auto', 'dnd'] as const) {
    const settings = { ...pause, pierce: { people: ['3'], rooms: ['8'] } }
    expect(heard({ settings, choice })).toBe(true)
    expect(heard({ settings, choice, by: '4' })).toBe(false)
    expect(heard({ settings, choice, by: undefined })).toBe(false)
    expect(heard({ settings, choice, by: '4', room: '8' })).toBe(true)
  }
})
