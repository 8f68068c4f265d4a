// The rooms that the person is in and could join, as they are shown: each summary updated with later events.
import { computed, shallowReactive } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import { nameKey } from '../../server/protocol/names.ts'
import type { MemberSettingsBody } from '../../server/protocol/member-setting-fields.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { isLater, type Position } from '../../server/protocol/position.ts'
import { isSeenByAll } from '../../server/protocol/room-kinds.ts'
import { changeIn, isSettingNotice } from '../../server/protocol/room-settings.ts'
import { useCounted } from './counted.ts'
import { paced } from './paced.ts'
import { RoomCounts } from './room-counts.ts'

/** A room in the list. `head`, `read`, `unread` and `lastAt` are updated by events. */
export interface RoomView extends RoomSummary {
  mentioned: false
}

interface RoomViewDeps {
  /** This tab has read more of the room than its summary knows. */
  readLater: (id: string, position: Position) => void
  /** With the names that people have now. */
  asNow: (room: RoomSummary) => RoomSummary
  /** Something of the list is otherwise now. */
  changed?: () => void
}

export function useRoomViews({ readLater, asNow, changed = () => undefined }: RoomViewDeps) {
  const views = shallowReactive(new Map<string, RoomView>())
  const counts = new RoomCounts()
  const activity = activityIn(views, publish)
  /** The room on screen whose reader is at its end: new messages there are read as they arrive. */
  let watched: string | undefined

  /** Takes in a summary, from any source, and returns the room as it is shown. */
  function take(summary: RoomSummary): RoomView {
    const { id } = summary
    const view = views.get(id)
    counts.take(summary, view?.joined === true)
    const lastAt = Math.max(summary.lastAt ?? 0, view?.lastAt ?? 0) || null
    const next = { ...asNow(summary), lastAt, mentioned: false } as const
    if (view === undefined) views.set(id, shallowReactive(next))
    // What is missing in a summary is not set any more.
    else update(view, { mutedUntil: undefined, section: undefined, people: undefined, ...next })
    publish(id)
    const position = counts.position(id)
    const known = { generation: summary.turn ?? 0, seq: summary.read }
    if (position !== undefined && isLater(position, known)) readLater(id, position)
    return views.get(id) ?? next
  }

  /** Somebody is called otherwise now. */
  function renamed(): void {
    for (const view of views.values()) if (view.people !== undefined) Object.assign(view, asNow(view))
  }

  /** Updates the shown counts of a room. */
  function publish(id: string): void {
    changed()
    const view = views.get(id)
    const shown = counts.shown(id)
    if (view === undefined || shown === undefined) return
    Object.assign(view, id === watched ? { ...shown, unread: 0, mentions: 0 } : shown)
  }

  function gone(id: string): void {
    changed()
    const view = views.get(id)
    // Whoever was not in it has lost sight of it.
    if (view?.joined === true && isSeenByAll(view.kind))
      Object.assign(view, { joined: false, role: null, unread: 0, mentions: 0 })
    else views.delete(id)
    counts.forget(id)
  }

  function tuned(id: string, settings: MemberSettingsBody): void {
    changed()
    tune(views.get(id), settings)
  }

  /** What messages themselves change about their room, and its counts: shown soon. */
  function hear(id: string, messages: readonly Message[]): void {
    const view = views.get(id)
    if (view === undefined) return
    activity.hear(id, messages)
    noteSettings(view, messages)
  }

  /** The reader of the room on screen has reached its end (true), where its badge stays 0, or left it. */
  function watchEnd(id: string, is: boolean): void {
    if (is === (watched === id)) return
    const before = watched
    watched = is ? id : undefined
    if (before !== undefined) publish(before)
    publish(id)
  }

  function forget(): void {
    activity.forget()
    views.clear()
    counts.clear()
    watched = undefined
  }

  const changes = { take, tuned, publish, gone, hear, renamed, watchEnd, forget }
  return { views, counts, plain: plainOf(views, counts), ...changes, ...listsOf(views) }
}

/** The rooms as they are, to be written down; how far they are read is what this tab knows, even if nobody was told yet. */
const plainOf = (views: ReadonlyMap<string, RoomView>, counts: RoomCounts) => (): RoomSummary[] =>
  [...views.values()].map((view) => ({ ...view, ...counts.shown(view.id) }))

function noteSettings(view: RoomView, messages: readonly Message[]): void {
  for (const message of messages) {
    if (message.kind !== 'notice' || !isSettingNotice(message.notice)) continue
    if (message.notice.kind === 'name') view.formerly = formerlyAfter(view, message.notice.name)
    Object.assign(view, changeIn(message.notice))
  }
}

/** Sets what is another value: a list of hundreds of rooms that brings nothing new draws none of them again. */
function update(view: RoomView, next: Readonly<Record<string, unknown>>): void {
  const isSame = (one: unknown, other: unknown): boolean =>
    Object.is(one, other) || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
  const changed = Object.entries(next).filter(
    ([field, value]) => !isSame(view[field as keyof RoomView], value),
  )
  Object.assign(view, Object.fromEntries(changed))
}

/** What is said in rooms: shown a few times a second, with their counts. */
function activityIn(views: ReadonlyMap<string, RoomView>, publish: (id: string) => void) {
  /** When something was last said in rooms that are to be drawn anew. */
  const spokenAt = new Map<string, number>()
  const drawn = paced((id) => {
    const view = views.get(id)
    if (view !== undefined) view.lastAt = Math.max(view.lastAt ?? 0, spokenAt.get(id) ?? 0) || null
    spokenAt.delete(id)
    publish(id)
  })
  return {
    hear: (id: string, messages: readonly Message[]): void => {
      spokenAt.set(id, Math.max(spokenAt.get(id) ?? 0, ...messages.map(({ at }) => at)))
      drawn.soon(id)
    },
    forget: (): void => {
      drawn.drop()
      spokenAt.clear()
    },
  }
}

/** The names that lead to a room once it is called `name`; the server says so with its next summary. */
const formerlyAfter = ({ name: was, formerly = [] }: RoomView, name: string): string[] =>
  [...new Set([...formerly, was])].filter((one) => nameKey(one) !== nameKey(name))

/** The person has set something for the room, on any device. */
function tune(view: RoomView | undefined, settings: MemberSettingsBody): void {
  if (view === undefined) return
  Object.assign(view, settings)
  if (settings.mutedUntil === null) delete view.mutedUntil
  if (settings.section === null) delete view.section
}

const sum = (rooms: readonly RoomView[], of: (room: RoomView) => number): number =>
  rooms.reduce((total, room) => total + of(room), 0)

function listsOf(views: ReadonlyMap<string, RoomView>) {
  const countedIn = useCounted()
  const sorted = (which: (room: RoomView) => boolean): RoomView[] =>
    [...views.values()].filter(which).sort(byName)
  const joined = computed(() => sorted((room) => room.joined))
  return {
    /** By name, the default room first. */
    joined,
    /** Public rooms that the person is not in. */
    open: computed(() => sorted((room) => !room.joined && isSeenByAll(room.kind))),
    /** What the title of the tab says. */
    badgeTotal: computed(() => sum(joined.value, (room) => countedIn(room).badge)),
    /** Unread mentions, over all rooms. */
    mentionsTotal: computed(() => sum(joined.value, (room) => countedIn(room).mentions)),
  }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

const byName = (a: RoomView, b: RoomView): number =>
  Number(b.isDefault) - Number(a.isDefault) || collator.compare(a.name, b.name)
