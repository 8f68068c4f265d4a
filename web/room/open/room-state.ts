// The parts of an open room's state and their connections: its pages and lines, its readers, members and pins.
import { computed } from 'vue'
import { limits } from '../../../server/protocol/limits.ts'
import { showsInRoom } from '../../../server/protocol/timeline.ts'
import { useSession } from '../../account/session.ts'
import { useTyping } from '../../conversation/composer/typing.ts'
import { notesOf, useNotes, withNotes } from '../../conversation/lines/notes.ts'
import type { Row } from '../../conversation/lines/line.ts'
import { toRows } from '../../conversation/lines/rows.ts'
import { useLines } from '../../conversation/lines/use-lines.ts'
import { zoneDays } from '../../conversation/lines/zone-day.ts'
import { usePages } from '../../conversation/pages/pages.ts'
import { useQuotes } from '../../conversation/pages/quotes.ts'
import { isLooking, useReading } from '../../conversation/pages/reading.ts'
import { roomSource } from '../../conversation/pages/source.ts'
import { useUnreadHere } from '../../conversation/pages/unread-here.ts'
import { endsOf, messageOf } from '../../conversation/pages/window.ts'
import { useCache } from '../../offline/cache.ts'
import { useCopyState } from '../../offline/copy-state.ts'
import { copiedSource } from '../../offline/page-source.ts'
import { useMembers } from '../../people/members.ts'
import { usePins } from '../../pins/pins.ts'
import { useRooms } from '../../rooms/rooms.ts'
import { useLink } from '../../wire/link.ts'

/** With fewer unread messages than this, the first page reaches back to the first of them, with a little context. */
const unreadOnFirstPage = limits.page.max - 20
const shownBefore = 20

const zoneDay = zoneDays()

interface RowsOf {
  pages: ReturnType<typeof usePages>
  reading: ReturnType<typeof useReading>
  own: ReturnType<typeof useLines>
  notes: ReturnType<typeof useNotes>
  copy: ReturnType<typeof useCopyState>
  newest: number
  isLive: boolean
}

function rowsOf({ pages, reading, own, notes, copy, newest, isLive }: RowsOf): Row[] {
  const shown = pages.shown.value
  const began = pages.status.value === 'ready' && !shown.hasBefore
  const places = { firstUnread: reading.firstUnread.value, began, ...endsOf(shown) }
  const lacks = !shown.hasAfter && copy.lacks(own.upTo.value, newest)
  const loadedUpTo = lacks ? own.upTo.value : places.loadedUpTo
  const drawn = toRows(own.lines.value, { ...places, loadedUpTo, dayOf: zoneDay })
  // While somebody can be asked, what is missing is about to come.
  if (lacks && !isLive && !drawn.some(({ kind }) => kind === 'gap'))
    drawn.push({ kind: 'gap', key: 'gap', isLast: true })
  return withNotes(drawn, notesOf(notes.notes.value), shown.hasAfter)
}

/** From this device, as far as that goes, and from the server. */
function pagesOf(room: string, copy: Pick<Parameters<typeof copiedSource>[0], 'isLive' | 'copied'>) {
  const { feed } = useLink()
  return copiedSource({ room, source: roomSource(room, feed), feed, cache: useCache().ready, ...copy })
}

export type RoomState = ReturnType<typeof useRoomState>

export function useRoomState(id: string) {
  const session = useSession()
  const rooms = useRooms()
  const link = useLink()
  const me = computed(() => ({ id: session.user?.id ?? '', name: session.user?.name ?? '' }))
  const room = computed(() => rooms.byId(id))
  const isLive = computed(() => link.state === 'live' || link.state === 'behind')
  const copy = useCopyState(id)
  /** `isLooked`: somebody looks at it. `isPinned`: its list is at the newest. */
  const reader = { isLooked: false, isPinned: true }

  const pages = usePages({
    source: pagesOf(id, { isLive: () => isLive.value, copied: copy.taken }),
    wanted,
    isAtEnd: () => !reader.isLooked || reading.isAtEnd.value,
    isPinned: () => reader.isPinned,
    opened: () => {
      own.openedAt.value = pages.window.value.messages.at(-1)?.seq ?? 0
      if (reader.isLooked) startReading()
    },
  })
  const members = useMembers(id)
  const pins = usePins({ room: id, messageAt: (seq) => messageOf(pages.window.value, seq) })
  const typing = useTyping(me.value.id, () => link.tell({ type: 'typing', room: id }))
  const unreadHere = useUnreadHere({
    window: pages.window,
    own: () => me.value.id,
    isHere: showsInRoom,
    total: () => room.value?.unread ?? 0,
  })
  const reading = useReading({
    own: me.value.id,
    atEnd: (is) => rooms.watchEnd(id, is),
    read: (seq) => rooms.readTo(id, seq),
    readUpTo: () => room.value?.read ?? 0,
    isUnreadBetween: unreadHere.isBetween,
    isLooking,
  })
  const quotes = useQuotes(id)
  const notes = useNotes({ room: id, tell: link.tell, newest: () => newest.value })
  const own = useLines({
    room: id,
    me: () => me.value,
    messages: () => pages.shown.value.messages.filter(showsInRoom),
    isHere: showsInRoom,
  })
  const newest = computed(() => Math.max(room.value?.head ?? 0, own.upTo.value))
  const parts = { pages, reading, own, notes, copy }
  const rows = computed(() => rowsOf({ ...parts, newest: newest.value, isLive: isLive.value }))

  function wanted(): number {
    const missed = (room.value?.unread ?? 0) === 0 ? 0 : newest.value - (room.value?.read ?? 0)
    return missed > unreadOnFirstPage
      ? limits.page.default
      : Math.max(limits.page.default, missed + shownBefore)
  }

  function startReading(): void {
    if (pages.status.value !== 'ready') return
    reading.open(pages.window.value.messages.at(-1)?.seq ?? 0, firstUnread())
  }

  /** The first message of somebody else above the read marker; an estimate if history does not reach back to it. */
  function firstUnread(): number | undefined {
    const { read = 0, unread = 0, joined = false } = room.value ?? {}
    if (unread === 0 || !joined) return undefined
    return unreadHere.beginsAfter(read) ? read + 1 : unreadHere.after(read)[0]?.seq
  }

  /** The newest page does not reach back to what is unread. */
  function isUnreadFar(): boolean {
    const { read = 0, unread = 0, joined = false } = room.value ?? {}
    return joined && unread > 0 && unreadHere.beginsAfter(read)
  }

  const isSettled = computed(() => isLive.value || pages.status.value !== 'ready')
  const asOf = computed(() => (isSettled.value ? undefined : copy.asOf(own.upTo.value, newest.value)))
  const state = { ...parts, id, me, room, reader, members, pins, typing, quotes }
  return Object.assign(state, { newest, rows, asOf, startReading, isUnreadFar })
}
