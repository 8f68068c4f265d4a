// One room that is or was on screen: its state, its events from the feed, and the view that the components use.
import { computed, onScopeDispose, reactive, watch } from 'vue'
import type { Message, SpokenMessage } from '../../../server/protocol/http.ts'
import type { Member } from '../../../server/protocol/people.ts'
import { isSpoken, showsInRoom } from '../../../server/protocol/timeline.ts'
import type { Note } from '../../conversation/lines/line.ts'
import { lastOwnLine } from '../../conversation/lines/lines.ts'
import type { Place } from '../../conversation/pages/place.ts'
import { messageOf } from '../../conversation/pages/window.ts'
import type { Timeline } from '../../conversation/timeline.ts'
import { names } from '../../rooms/named.ts'
import { useRooms } from '../../rooms/rooms.ts'
import { isInRoom, type FeedEvent } from '../../wire/feed-events.ts'
import { useLink } from '../../wire/link.ts'
import type { Refusal } from '../../wire/refusal.ts'
import { useRoomState, type RoomState } from './room-state.ts'

/** Spreads the requests of a thousand browsers that reconnect together. */
const membersWithinMs = 2_000
/** Longer than a connection takes on a slow phone. */
const connectWithinMs = 5_000

type ListStatus = 'loading' | 'ready' | 'failed'

/** What a room on screen shows, and its actions; reactive. */
export interface OpenedRoom extends Timeline {
  /** Everything up to this number is here. */
  completeUpTo: number
  /** The first message that was unread when the room was opened. */
  firstUnread: number | undefined
  /** Where the list should be after goTo. */
  aroundSeq: number | undefined
  members: Member[]
  membersStatus: ListStatus
  memberTotal: number
  /** The pinned messages, last pinned first. */
  pins: readonly SpokenMessage[]
  pinsStatus: ListStatus
  /** What only this person sees, in the room and in its threads. */
  notes: readonly Note[]
  loadPins: () => void
  loadMoreMembers: () => void
  /** Shows the messages around `seq`. */
  goTo: (seq: number) => Promise<Refusal | undefined>
  /** The message with this number, if it is in memory. */
  messageAt: (seq: number) => Message | undefined
  retry: () => Promise<void>
  loadBefore: () => Promise<void>
  loadAfter: () => Promise<void>
  toNewest: () => Promise<void>
  ask: (name: string, args: string, onFailed?: () => void, thread?: number) => boolean
  /** Marks message `seq` and everything after it as unread. */
  markUnread: (seq: number) => void
  /** Where unread messages begin, if there are any that the newest page does not reach. */
  unreadPlace: () => Place | undefined
  /** Somebody looks at the room, or nobody does any more. */
  enter: () => void
  leave: () => void
}

/** Follows the room until the current scope ends. */
export function openRoom(id: string): OpenedRoom {
  const rooms = useRooms()
  const link = useLink()
  const state = useRoomState(id)
  const { room, reading, reader } = state

  const stopListening = link.feed.listen((event) => hear(state, event))
  globalThis.addEventListener('blur', reading.leave)
  onScopeDispose(() => {
    stopListening()
    globalThis.removeEventListener('blur', reading.leave)
    reading.leave()
    state.typing.close()
    state.members.close()
    state.pins.close()
    state.pages.close()
  })

  // A later generation of reading: marked unread here, on another device, or while this one slept.
  watch(
    () => room.value?.turn ?? 0,
    (generation, before) => {
      if (reader.isLooked && generation > before && room.value !== undefined) reading.hold(room.value.read)
    },
  )
  watch(() => room.value?.read, reading.readElsewhere)
  // Everything was read elsewhere, or with all rooms.
  watch(
    () => room.value?.unread,
    (unread) => unread === 0 && reading.goOn(),
  )
  // The list of rooms says how much is unread, and so how much to load; without it the room is loaded anyway.
  const isPlaced = computed(() => room.value !== undefined || rooms.status !== 'loading')
  watch([isPlaced, () => room.value?.joined], ([is]) => is && void state.pages.load(), { immediate: true })
  watch(
    () => isAway(link),
    (is) => is && !rooms.hasConnected() && lookIn(state, 0),
  )

  return viewOf(state)
}

function hear(state: RoomState, event: FeedEvent): void {
  if (event.type === 'welcome') return returned(state)
  if (!isInRoom(event) || event.room !== state.id) return
  const { own, notes, members, typing, pins, quotes, reader } = state
  switch (event.type) {
    case 'entries': {
      const shown = event.messages.filter(showsInRoom)
      state.pages.hear(event)
      quotes.hear(event)
      pins.hear(event)
      typing.said(shown)
      members.hear(event.messages)
      if (reader.isLooked) state.reading.hear(shown)
      return
    }
    case 'upTo':
      own.hear(event)
      return mended(state)
    case 'acked':
    case 'changed':
    case 'archived':
      return own.hear(event)
    case 'unchanged':
      // The shell shows this, on every page.
      return
    case 'restart':
      own.hear(event)
      quotes.forget()
      pins.missed()
      if (reader.isLooked) pins.look()
      return void state.pages.load()
    case 'note':
      return notes.hear(event)
    case 'answered':
      return notes.answered(event)
    case 'typing':
      return event.thread === undefined ? typing.hear(event) : undefined
    case 'presence':
      return members.present(event)
    case 'read':
    case 'saved':
    case 'thread':
    case 'gone':
      return
  }
}

/** What was opened from this device is whole: what is unread of it is known only now. */
function mended({ copy, reader, startReading }: RoomState): void {
  if (copy.heard() && reader.isLooked) startReading()
}

/** The connection is there (again): joins and leaves meanwhile were missed. */
function returned(state: RoomState): void {
  const { reading, members, pins, pages, room } = state
  reading.returned(room.value?.head ?? 0)
  // The feed goes on after this.
  queueMicrotask(() => mended(state))
  members.missed()
  pins.missed()
  // Those that nobody has asked for yet are wanted now; the others are there, and stay until the new ones come.
  if (members.status.value === 'loading') lookIn(state, 0)
  else lookIn(state, Math.random() * membersWithinMs)
  if (pages.status.value === 'failed') void pages.load()
}

/** An attempt to connect has failed: what this device has is shown until one succeeds. */
const isAway = ({ state, retryAt }: ReturnType<typeof useLink>): boolean =>
  state === 'offline' || retryAt !== undefined

function look({ members, pins }: RoomState): void {
  members.look()
  pins.look()
}

function lookIn(state: RoomState, ms: number): void {
  const { reader } = state
  if (reader.isLooked) setTimeout(() => reader.isLooked && look(state), ms)
}

/** The state and the actions for the components: each from one part, or combined. */
function viewOf(state: RoomState): OpenedRoom {
  const { pages, reading, members, pins, notes, quotes, typing, own } = state
  const quoted = (seq: number): SpokenMessage | undefined => {
    const message = messageOf(pages.window.value, seq)
    return message !== undefined && isSpoken(message) ? message : quotes.find(seq)
  }
  return reactive({
    status: pages.status,
    room: state.room,
    rows: state.rows,
    hasBefore: computed(() => pages.shown.value.hasBefore),
    hasAfter: computed(() => pages.shown.value.hasAfter),
    loadingBefore: pages.loadingBefore,
    beforeFailed: pages.beforeFailed,
    aroundSeq: pages.aroundSeq,
    newest: state.newest,
    isArchived: own.isArchived,
    completeUpTo: own.upTo,
    firstUnread: reading.firstUnread,
    unseen: reading.unseen,
    skipped: computed(() => (reading.isSkipping.value ? (state.room.value?.unread ?? 0) : 0)),
    typing: typing.typing,
    asOf: state.asOf,
    members: members.members,
    membersStatus: members.status,
    memberTotal: members.total,
    pins: pins.pins,
    pinsStatus: pins.status,
    notes: notes.notes,

    loadBefore: pages.loadBefore,
    loadAfter: pages.loadAfter,
    toNewest: pages.toNewest,
    goTo: pages.goTo,
    loadPins: pins.load,
    loadMoreMembers: members.loadMore,
    seenTo: reading.seenTo,
    tellTyping: typing.tellTyping,
    ask: notes.ask,
    dismiss: notes.dismiss,
    messageAt: (seq: number) => messageOf(pages.window.value, seq),
    quoted,
    lookUp: (seq: number) => void (quoted(seq) ?? quotes.look(seq)),
    lastOwn: () => lastOwnLine(pages.window.value.messages.filter(showsInRoom), state.me.value),
    ...actionsOf(state),
  })
}

/** The first unread message, with its line a little below the top of the list. */
const unreadPlace = ({ room }: RoomState): Place => ({ seq: (room.value?.read ?? 0) + 1, offset: 96 })

function actionsOf(state: RoomState) {
  const { id, me, pages, reading, members, typing, reader } = state
  const rooms = useRooms()
  const link = useLink()
  return {
    standsAt: (place: unknown) => void (reader.isPinned = place === undefined),
    retry: async () => {
      if (members.status.value === 'failed') void members.load()
      await pages.retry()
    },
    send: (body: Parameters<Timeline['send']>[0]) => {
      reading.goOn()
      typing.sent()
      link.send(id, body)
      void pages.toNewest()
    },
    change: (change: Parameters<Timeline['change']>[0]) => void link.change(id, change),
    markUnread: (seq: number) => {
      const others = pages.window.value.messages.filter(
        (message) => message.seq >= seq && isSpoken(message) && message.user.id !== me.value.id,
      )
      const mentions = others.filter((message) => names(message, me.value.id)).length
      rooms.markUnread(id, seq, { unread: others.length, mentions })
    },
    /** Where unread messages begin. */
    toUnread: async () => {
      const place = unreadPlace(state)
      reading.goBack()
      return (await pages.goTo(place.seq)) === undefined ? place : undefined
    },
    unreadPlace: () => (state.isUnreadFar() ? unreadPlace(state) : undefined),
    markRead: () => {
      reading.goOn()
      rooms.readTo(id, state.newest.value)
    },
    enter: () => {
      reader.isLooked = true
      // Before the connection is there, nobody would tell of what changes after the answer: see `returned`.
      if (rooms.hasConnected() || isAway(link)) look(state)
      else lookIn(state, connectWithinMs)
      state.startReading()
    },
    leave: () => {
      reader.isLooked = false
      reader.isPinned = true
      reading.leave()
      pages.rest()
    },
  }
}
