// The quick switcher in its states, from fixtures.
import { h, type Component } from 'vue'
import type { Known } from '../../web/switcher/choices.ts'
import QuickSwitcher from '../../web/switcher/QuickSwitcher.vue'
import { t } from '../../web/words/words.ts'
import InShell from './InShell.vue'
import { garden, joined, manyRooms, members, openRooms } from './people.ts'
import { roomFace } from './room-fixture.ts'

const places = () =>
  (['date', 'search', 'keys'] as const).map((key) => ({ key, words: t(`switcher.places.${key}`) }))
const known: Known = {
  joined,
  open: openRooms,
  here: garden.id,
  recent: ['10', '8'],
  people: members.map(({ name }) => name),
  places: [],
}
const switcher =
  (startTyped: string, more: Partial<Known> = {}): (() => Component) =>
  () =>
  () => [
    h(InShell, { face: roomFace() }),
    h(QuickSwitcher, { open: true, known: { ...known, places: places(), ...more }, startTyped }),
  ]

export const switchers: Record<string, () => Component> = {
  switcher: switcher(''),
  'switcher-typed': switcher('e'),
  'switcher-chinese': switcher('讨论'),
  'switcher-many': switcher('team', { joined: manyRooms }),
  'switcher-nothing': switcher('orchard'),
  'switcher-no-person': switcher('@nobody'),
  'switcher-long': switcher('name', {
    joined: manyRooms.map((room) => ({ ...room, topic: room.topic || 'A topic that goes on for a while' })),
  }),
}
