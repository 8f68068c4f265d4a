// One room that is or was on screen: its history, lines, readers and typing, joined to what the feed tells of it.
import { computed, onScopeDispose, watch } from 'vue'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { showsInRoom } from '../../server/protocol/timeline.ts'
import { useSession } from '../account/session.ts'
import type { MessageLine } from '../message/line.ts'
import { toLines } from '../message/lines.ts'
import { toRows } from '../message/rows.ts'
import { useLines } from '../message/use-lines.ts'
import { useMembers } from '../people/members.ts'
import { usePins } from '../pins/pins.ts'
import { names } from '../rooms/named.ts'
import { useRooms } from '../rooms/rooms.ts'
import { useLink } from '../wire/link.ts'
import type { OwnChange } from '../wire/outgoing.ts'
import type { Told } from '../wire/told.ts'
import { notesOf, useNotes, withNotes } from './notes.ts'
import { usePages } from './pages.ts'
import type { Place } from './place.ts'
import { useQuotes } from './quotes.ts'
import { useReading } from './reading.ts'
import { useTyping } from './typing.ts'
import { messageOf } from './window.ts'
import { zoneDays } from './zone-day.ts'

/** Below this many unread the first page reaches back to the first of them, and shows a little of what was before. */
const unreadOnFirstPage = limits.page.most - 20
const shownBefore = 20
/** A thousand browsers that come back together do not ask for members together. */
const membersWithinMs = 2_000

const zoneDay = zoneDays()

/** Somebody sits before the page. */
const isLooking = (): boolean =>
  typeof document === 'undefined' || (document.visibilityState === 'visible' && document.hasFocus())

export type OpenedRoom = ReturnType<typeof openRoom>

/** Begins to follow the room; call it in a scope, whose end ends it. */
export function openRoom(id: string) {
  const session = useSession()
  const rooms = useRooms()
  const link = useLink()
  const me = computed(() => ({ id: session.user?.id ?? '', name: session.user?.name ?? '' }))
  const room = computed(() => rooms.byId(id))
  let isLooked = false

  /** The list stands at the newest. */
  let isPinned = true
  const pages = usePages({
    ...{ room: id, feed: link.feed, wanted, isAtEnd, opened },
    isPinned: () => isPinned,
  })
  const members = useMembers(id)
  const pins = usePins({
    room: id,
    messageAt: (seq) => messageOf(pages.window.value, seq),
  })
  const typing = useTyping(me.value.id, () => link.tell({ type: 'typing', room: id }))
  const reading = useReading({
    own: me.value.id,
    atEnd: (is) => rooms.watchEnd(id, is),
    read: (seq) => rooms.readTo(id, seq),
    readUpTo: () => room.value?.read ?? 0,
    isLooking,
  })

  const quotes = useQuotes(id)
  const notes = useNotes({ room: id, tell: link.tell, newest: () => newest.value })
  const { lines, upTo, openedAt, ...own } = useLines({
    room: id,
    me: () => me.value,
    messages: () => pages.shown.value.messages.filter(showsInRoom),
    isHere: showsInRoom,
    willBeHere: ({ thread, alsoInRoom }) => thread === undefined || alsoInRoom === true,
  })
  const rows = computed(() =>
    withNotes(
      toRows(lines.value, {
        firstUnread: reading.firstUnread.value,
        began: pages.status.value === 'ready' && !pages.shown.value.hasBefore,
        dayOf: zoneDay,
      }),
      notesOf(notes.notes.value),
      pages.shown.value.hasAfter,
    ),
  )
  const newest = computed(() => Math.max(room.value?.head ?? 0, upTo.value))

  function wanted(): number {
    const missed = (room.value?.unread ?? 0) === 0 ? 0 : newest.value - (room.value?.read ?? 0)
    return missed > unreadOnFirstPage ? limits.page.usual : Math.max(limits.page.usual, missed + shownBefore)
  }

  function isAtEnd(): boolean {
    return !isLooked || reading.isAtEnd.value
  }

  function opened(): void {
    openedAt.value = pages.window.value.messages.at(-1)?.seq ?? 0
    if (isLooked) startReading()
  }

  function startReading(): void {
    if (pages.status.value !== 'ready') return
    reading.open(pages.window.value.messages.at(-1)?.seq ?? 0, firstUnread())
  }

  /** The first message of somebody else above the read marker; where history does not reach back to it, a guess. */
  function firstUnread(): number | undefined {
    const { read = 0, unread = 0, joined = false } = room.value ?? {}
    if (unread === 0 || !joined) return undefined
    const { messages, hasBefore } = pages.window.value
    if (hasBefore && (messages[0]?.seq ?? 0) > read + 1) return read + 1
    const isUnread = (message: Message): boolean =>
      message.seq > read &&
      message.kind === 'message' &&
      showsInRoom(message) &&
      message.user.id !== me.value.id
    return messages.find(isUnread)?.seq
  }

  function hear(told: Told): void {
    if (told.type === 'welcome') return returned()
    if (told.type === 'room' || told.type === 'open' || told.type === 'gone' || told.room !== id) return
    switch (told.type) {
      case 'entries':
        pages.hear(told)
        quotes.hear(told)
        pins.hear(told)
        typing.said(told.messages.filter(showsInRoom))
        members.hear(told.messages)
        if (isLooked) reading.hear(told.messages.filter(showsInRoom))
        return
      case 'upTo':
      case 'acked':
      case 'changed':
      case 'archived':
        return own.hear(told)
      case 'unchanged':
        // The shell says so, wherever one is.
        return
      case 'restart':
        own.hear(told)
        quotes.forget()
        pins.missed()
        if (isLooked) pins.look()
        return void pages.load()
      case 'note':
        return notes.hear(told)
      case 'answered':
        return notes.answered(told)
      case 'typing':
        return told.thread === undefined ? typing.hear(told) : undefined
      case 'presence':
        return members.present(told)
      case 'read':
      case 'saved':
      case 'thread':
        return
    }
  }

  /** A connection is there (again): who came and went meanwhile is not told. */
  function returned(): void {
    reading.returned(room.value?.head ?? 0)
    members.missed()
    pins.missed()
    if (isLooked) setTimeout(() => isLooked && look(), Math.random() * membersWithinMs)
    if (pages.status.value === 'failed') void pages.load()
  }

  function look(): void {
    members.look()
    pins.look()
  }

  /** Somebody looks at the room. */
  function enter(): void {
    isLooked = true
    look()
    startReading()
  }

  /** One's own last message in memory. */
  function lastOwn(): MessageLine | undefined {
    const isOwn = (message: Message) => showsInRoom(message) && message.user.id === me.value.id
    const said = pages.window.value.messages.findLast(
      (message) => isOwn(message) && message.kind === 'message' && message.deletedAt === null,
    )
    const parts = { acked: [], outgoing: [], me: me.value, archivedUpTo: undefined, openedAt: Infinity }
    const [line] = said === undefined ? [] : toLines({ ...parts, messages: [said] })
    return line?.kind === 'message' ? line : undefined
  }

  /** A message that is answered, from memory. */
  function quoted(seq: number): SpokenMessage | undefined {
    const message = messageOf(pages.window.value, seq)
    return message?.kind === 'message' ? message : quotes.find(seq)
  }

  /** The list stands at this message, or, where there is none, at the newest. */
  function standsAt(place: Place | undefined): void {
    isPinned = place === undefined
  }

  function leave(): void {
    isLooked = false
    isPinned = true
    reading.leave()
    pages.rest()
  }

  /** Message `seq` and what follows it is unread again. */
  function markUnread(seq: number): void {
    const others = pages.window.value.messages.filter(
      (message) => message.seq >= seq && message.kind === 'message' && message.user.id !== me.value.id,
    )
    const mentions = others.filter((message) => names(message, me.value.id)).length
    rooms.markUnread(id, seq, { unread: others.length, mentions })
  }

  /** Everything in the room is read. */
  function markRead(): void {
    reading.goOn()
    rooms.readTo(id, newest.value)
  }

  function send(text: string, replyTo?: number): void {
    reading.goOn()
    typing.sent()
    link.send(id, text, { replyTo })
    void pages.toNewest()
  }

  function change(change: OwnChange): void {
    link.change(id, change)
  }

  async function retry(): Promise<void> {
    if (members.status.value === 'failed') void members.load()
    await pages.retry()
  }

  const stopListening = link.feed.listen(hear)
  globalThis.addEventListener('blur', reading.leave)
  onScopeDispose(() => {
    stopListening()
    globalThis.removeEventListener('blur', reading.leave)
    reading.leave()
    typing.close()
    pins.close()
    pages.close()
  })

  // A later turn: marked unread here, on another device, or while this one slept.
  watch(
    () => room.value?.turn ?? 0,
    (turn, before) => {
      if (isLooked && turn > before && room.value !== undefined) reading.hold(room.value.read)
    },
  )

  watch(() => room.value?.read, reading.readElsewhere)
  // Everything is read elsewhere, or with all rooms.
  watch(
    () => room.value?.unread,
    (unread) => unread === 0 && reading.goOn(),
  )

  // The list of rooms says what is unread, and so how much to load; without it the room is asked for all the same.
  const isPlaced = computed(() => room.value !== undefined || rooms.status !== 'loading')
  watch([isPlaced, () => room.value?.joined], ([is]) => is && void pages.load(), { immediate: true })

  return {
    room,
    rows,
    pages,
    members,
    pins,
    typing,
    reading,
    notes,
    quotes,
    quoted,
    lastOwn,
    newest,
    upTo,
    enter,
    leave,
    standsAt,
    markUnread,
    markRead,
    send,
    change,
    retry,
  }
}
