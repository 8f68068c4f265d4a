// Moving rooms within and between sections, and sections among each other, by dragging, by keys and by menus.
import { computed } from 'vue'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { isUsual } from '../../server/protocol/section-kinds.ts'
import type { Section } from '../../server/protocol/sections.ts'
import { useRooms } from '../rooms/rooms.ts'
import { announce } from '../ui/announce.ts'
import { tellRefused } from '../ui/notify.ts'
import { roomName } from '../ui/room-kinds.ts'
import { sayRefusal } from '../words/refused.ts'
import { isolate } from '../words/say.ts'
import { t } from '../words/words.ts'
import { mayHold, settingsFor, usualOf } from './arrange.ts'
import { useSections } from './sections.ts'
import { usual } from './usual.ts'

export const titleOf = ({ id, name }: Pick<Section, 'id' | 'name'>): string => {
  const kind = isUsual(id) ? usual[id] : undefined
  return kind === undefined ? (name ?? '') : t(kind.title)
}

export function useMoving() {
  const sections = useSections()
  const rooms = useRooms()

  const placeOf = (room: RoomSummary) =>
    sections.arranged.find((one) => one.rooms.some(({ id }) => id === room.id))

  /** `before`: the id of the room that it stands before; undefined: where the order of the section puts it, '': last. */
  async function moveRoom(room: RoomSummary, to: string, before?: string): Promise<void> {
    const from = placeOf(room)?.section.id
    const target = sections.arranged.find(({ section }) => section.id === to)
    if (target === undefined || !mayHold(to, room) || before === room.id) return
    const ids = target.rooms.map(({ id }) => id).filter((id) => id !== room.id)
    const isByHand = before !== undefined && (from === to || target.section.sort === 'hand')
    const at = before === undefined || before === '' ? ids.length : ids.indexOf(before)
    const order = ids.toSpliced(at < 0 ? ids.length : at, 0, room.id)
    if (isByHand) void sections.set(to, { sort: 'hand', rooms: order })
    if (from !== to) {
      const refused = await rooms.tune(room, settingsFor(to))
      if (refused !== undefined) return tellRefused(sayRefusal(refused))
    }
    const section = isolate(titleOf(target.section))
    const about = { room: isolate(roomName(room)), section, n: order.indexOf(room.id) + 1, all: order.length }
    announce(t(isByHand ? 'sections.roomAt' : 'sections.roomIn', about))
  }

  /** One place up or down; from the end of a section into the next one that may hold it. */
  function stepRoom(room: RoomSummary, step: 1 | -1): void {
    const here = placeOf(room)
    if (here === undefined) return
    const at = here.rooms.findIndex(({ id }) => id === room.id)
    const next = here.rooms[at + step]
    if (next !== undefined)
      return void moveRoom(room, here.section.id, step < 0 ? next.id : (here.rooms[at + 2]?.id ?? ''))
    const all = sections.arranged
    for (let n = all.indexOf(here) + step; n >= 0 && n < all.length; n += step) {
      const other = all[n]
      if (other === undefined || !mayHold(other.section.id, room)) continue
      return void moveRoom(room, other.section.id, step > 0 ? (other.rooms[0]?.id ?? '') : '')
    }
  }

  /** Own sections only: before another one; '': last. */
  function moveSection(id: string, before: string): void {
    const others = sections.own.filter((one) => one.id !== id)
    const at = others.findIndex((one) => one.id === before)
    setPlace(id, at < 0 ? others.length : at)
  }

  function stepSection(id: string, step: 1 | -1): void {
    const at = sections.own.findIndex((one) => one.id === id) + step
    if (!isUsual(id) && at >= 0 && at < sections.own.length) setPlace(id, at)
  }

  function setPlace(id: string, place: number): void {
    const section = sections.own.find((one) => one.id === id)
    if (section === undefined || sections.own.indexOf(section) === place) return
    void sections.set(id, { place })
    const about = { section: isolate(titleOf(section)), n: place + 1, all: sections.own.length }
    announce(t('sections.sectionAt', about))
  }

  return { moveRoom, stepRoom, moveSection, stepSection }
}

/** The sections into which a room may go besides the favourites, and the one in which it is, which can be set. */
export function usePlaces(room: () => RoomSummary) {
  const sections = useSections()
  const { moveRoom } = useMoving()
  const none = computed(() => usualOf(room()))
  const places = computed(() =>
    sections.sections
      .filter(({ id }) => !isUsual(id) || id === none.value)
      .map((section) => ({ id: section.id, title: titleOf(section) })),
  )
  const chosen = computed({
    get: () => sections.own.find(({ id }) => id === room().section)?.id ?? none.value,
    set: (to: string) => void moveRoom(room(), to),
  })
  return { places, chosen }
}
