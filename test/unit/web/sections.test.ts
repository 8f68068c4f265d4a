// @vitest-environment happy-dom
// What of a room counts, in which section a room is, and in which order.
import { describe, expect, it } from 'vitest'
import { countedOf, untilTurnedOff } from '../../../server/protocol/member-settings.ts'
import type { RoomSummary } from '../../../server/protocol/people.ts'
import type { Section } from '../../../server/protocol/sections.ts'
import { isNew } from '../../../web/rooms/counted.ts'
import { arrange, mayHold, settingsFor } from '../../../web/sections/arrange.ts'
import { muteEnd } from '../../../web/sections/muting.ts'
import { garden } from './said.ts'

const room = (id: string, more: Partial<RoomSummary> = {}): RoomSummary =>
  garden({ id, name: `room ${id}`, ...more })
const section = (id: string, more: Partial<Section> = {}): Section => ({
  id,
  name: null,
  folded: false,
  sort: 'name',
  rooms: [],
  ...more,
})

describe('of a room counts', () => {
  const at = 1_000
  const counted = (more: Partial<RoomSummary>) =>
    countedOf(room('1', { unread: 5, mentions: 2, ...more }), at)

  it('everything, until its member says otherwise', () => {
    for (const level of ['all', 'mentions'] as const)
      expect(counted({ level })).toEqual({ isMuted: false, unread: 5, mentions: 2, badge: 5 })
    expect(counted({ unread: 0 })).toMatchObject({ badge: 2 })
  })
  it('only what mentions this person, while it is muted', () => {
    for (const mutedUntil of [at + 1, untilTurnedOff])
      expect(counted({ mutedUntil })).toEqual({ isMuted: true, unread: 0, mentions: 2, badge: 2 })
    expect(counted({ mutedUntil: at })).toMatchObject({ isMuted: false, unread: 5 })
    expect(isNew(counted({ mutedUntil: at + 1, mentions: 0 }))).toBe(false)
  })
  it('nothing of all rooms together, where one is told nothing', () => {
    expect(counted({ level: 'nothing' })).toEqual({ isMuted: false, unread: 5, mentions: 0, badge: 0 })
    expect(counted({ level: 'nothing', mutedUntil: at + 1 })).toMatchObject({ unread: 0, mentions: 0 })
  })
})

describe('a list of rooms', () => {
  const sections = [
    section('favourites'),
    section('7', { name: 'Product' }),
    section('directs'),
    section('rooms'),
  ]
  const ids = (rooms: RoomSummary[], all = sections) =>
    arrange(rooms, all).map((one) => [one.section.id, one.rooms.map(({ id }) => id).join(' ')])

  it('has favourites first, then own sections, direct messages, and the rest; what is in a section that is gone is in none', () => {
    const rooms = [
      room('1'),
      room('2', { favourite: true, section: '7' }),
      room('3', { section: '7' }),
      room('4', { section: '8' }),
      room('5', { kind: 'direct' }),
      room('6', { kind: 'direct', section: '7' }),
    ]
    expect(ids(rooms)).toEqual([
      ['favourites', '2'],
      ['7', '3 6'],
      ['directs', '5'],
      ['rooms', '1 4'],
    ])
  })

  it('sorts each as it is set: as given, by the latest message, or by hand with new ones last', () => {
    const rooms = [room('1', { lastAt: 5 }), room('2', { lastAt: null }), room('3', { lastAt: 9 })]
    const sorted = (more: Partial<Section>) => ids(rooms, [section('rooms', more)])[0]?.[1]
    expect(sorted({})).toBe('1 2 3')
    expect(sorted({ sort: 'latest' })).toBe('3 1 2')
    expect(sorted({ sort: 'hand', rooms: ['9', '3', '2'] })).toBe('3 2 1')
  })

  it('takes a room into any section but one for another kind', () => {
    expect(['favourites', '7', 'rooms'].map((id) => mayHold(id, room('1')))).toEqual([true, true, true])
    expect(mayHold('directs', room('1'))).toBe(false)
    expect(['favourites', '7', 'rooms'].map(settingsFor)).toEqual([
      { favourite: true },
      { favourite: false, section: '7' },
      { favourite: false, section: null },
    ])
  })
})

it('a mute lasts an hour, until nine the next morning, or until it is turned off', () => {
  const now = new Date(2026, 11, 31, 22, 30)
  expect(muteEnd('hour', now)).toBe(new Date(2026, 11, 31, 23, 30).getTime())
  expect(muteEnd('tomorrow', now)).toBe(new Date(2027, 0, 1, 9).getTime())
  expect(muteEnd('forever', now)).toBe(untilTurnedOff)
})
