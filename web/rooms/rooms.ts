// The rooms that the person is in and could join, each with its head and unread count. It starts the link when somebody
// signs in: from then on every entry of every joined room passes through here, whether or not the room is open.
import { defineStore } from 'pinia'
import { computed, watch, type Ref } from 'vue'
import type { Welcome } from '../../server/protocol/events.ts'
import type { RoomsAnswer } from '../../server/protocol/http.ts'
import type { RoomSummary, User } from '../../server/protocol/people.ts'
import { generationAfter } from '../../server/protocol/position.ts'
import { useSession } from '../account/session.ts'
import { forgetBlocks, isBlocked, loadBlocks } from '../directs/blocks.ts'
import { directNow } from '../directs/direct-view.ts'
import type { NamedRoom } from '../ui/room-kinds.ts'
import { useCache } from '../offline/cache.ts'
import { listRooms } from '../wire/api.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { firstListOf } from './first-list.ts'
import { ReadTeller } from './read-teller.ts'
import { roomRequests } from './room-requests.ts'
import { useRoomViews, type RoomView } from './room-views.ts'

export const useRooms = defineStore('rooms', () => {
  const session = useSession()
  const link = useLink()
  const cache = useCache()
  const teller = new ReadTeller((read) => link.tell(read))
  const rooms = useRoomViews({
    readLater: (id, position) => teller.read(id, position),
    asNow: (room) => directNow(room, session.user?.id ?? ''),
    changed: cache.saveSoon,
  })
  cache.keepRooms(rooms.plain)
  const { joined, open, badgeTotal, mentionsTotal, take, gone, watchEnd } = rooms
  const list = liveList<RoomsAnswer, FeedEvent>({ ask: listRooms, show, apply, isEager: true })
  let epoch: string | undefined
  const copy = listFromCopy({ cache, own: () => session.user?.id, take, list })
  const firstList = firstListOf(list.loadSoon)

  /** The connection is there (again), with the person's own rooms; the public ones can wait. */
  function welcomed(welcome: Welcome): void {
    const isFirst = epoch === undefined
    if ((epoch ?? copy.epoch() ?? welcome.epoch) !== welcome.epoch) rooms.counts.clear()
    epoch = welcome.epoch
    const ids = new Set(welcome.rooms.map(({ id }) => id))
    const left = joined.value.filter(({ id }) => !ids.has(id))
    left.forEach(({ id }) => gone(id))
    welcome.rooms.forEach(take)
    // At the start the list is asked for before the connection is there: it is asked for again only if it lacks something.
    const { newestOpen } = welcome
    if (isFirst && newestOpen !== undefined && left.length === 0) firstList.welcomed(newestOpen)
    else list.loadSoon()
    list.known()
    teller.flush()
    void loadBlocks()
  }

  /** The person's own rooms and the public ones. */
  function show(answer: RoomsAnswer): void {
    const ids = new Set(answer.rooms.map(({ id }) => id))
    for (const { id } of open.value) if (!ids.has(id)) rooms.views.delete(id)
    // Of an answer to what was asked before the welcome, only what is not one's own: that the welcome knows better.
    const own = new Set(joined.value.map(({ id }) => id))
    const isOld = firstList.isAwaited()
    answer.rooms.filter(({ id, joined: is }) => !isOld || (!is && !own.has(id))).forEach(take)
    firstList.answered(answer.rooms)
  }

  function apply(event: FeedEvent): void {
    const unsure = hear(rooms, event, session.user?.id ?? '')
    const position = unsure && rooms.counts.position(unsure)
    if (unsure && position) teller.recount(unsure, position)
  }

  function forget(): void {
    rooms.forget()
    teller.forget()
    epoch = copy.forget()
    firstList.reset()
    list.reset()
    forgetBlocks()
  }

  link.feed.listen((event) => (event.type === 'welcome' ? welcomed(event) : list.hear(event)))
  connectWhoever({ forget, load: list.load, showCopy: copy.show })

  return {
    status: list.status,
    joined,
    open,
    ...lookupsOf(rooms),
    badgeTotal,
    mentionsTotal,
    reload: list.load,
    hasConnected: () => epoch !== undefined,
    watchEnd,
    /** The answer of a request about a direct conversation. */
    took: take,
    ...roomRequests({ take, tuned: rooms.tuned, gone }),
    ...readingOf(rooms, teller),
  }
})

interface CopyDeps {
  cache: Pick<ReturnType<typeof useCache>, 'rooms'>
  own: () => string | undefined
  take: (room: RoomSummary) => unknown
  list: { status: Ref<string>; known: () => void }
}

/** The list as this device had it, until the server has answered. */
function listFromCopy({ cache, own, take, list }: CopyDeps) {
  /** Of the log that it is of. */
  let epoch: string | undefined

  async function show(user: string): Promise<void> {
    const kept = await cache.rooms()
    if (kept === undefined || own() !== user || list.status.value === 'ready') return
    epoch = kept.epoch
    kept.rooms.forEach(take)
    list.known()
  }

  return { show, epoch: () => epoch, forget: () => (epoch = undefined) }
}

interface Connecting {
  forget: () => void
  load: () => Promise<void>
  showCopy: (user: string) => Promise<void>
}

/** Whoever is signed in is connected, and what was known for somebody else is forgotten first. */
function connectWhoever({ forget, load, showCopy }: Connecting): void {
  const session = useSession()
  const link = useLink()
  watch(
    [() => session.user, () => session.isAsked],
    ([user, isAsked], [before, wasAsked]) => {
      const isSame = user !== undefined && user.id === before?.id
      if (!isSame) {
        forget()
        link.stop()
        if (user !== undefined) void showCopy(user.id)
      }
      if (user === undefined) return
      // Shown from what this device has, until the server says who this is.
      if (isAsked && !(isSame && wasAsked)) connect(user)
      else link.rename(user)
    },
    { immediate: true },
  )
  function connect(user: User): void {
    link.start(user, session.check)
    void load()
  }
}

/** A room has something that is not read, in it or in one of its threads, whether or not it counts. */
export const hasUnread = ({ unread, mentions = 0 }: Pick<RoomView, 'unread' | 'mentions'>): boolean =>
  unread > 0 || mentions > 0

type RoomViews = ReturnType<typeof useRoomViews>

const lookupsOf = ({ views, joined, open }: RoomViews) => ({
  byId: (id: string): RoomView | undefined => views.get(id),
  /** What to call it, for a list that may know of it before this does. */
  labelOf: (id: string): NamedRoom => views.get(id) ?? { name: id, kind: 'public' },
  /** Those that a message can link to. */
  linked: computed(() => [...joined.value, ...open.value]),
})

/** Returns the room whose unread messages the server has to count again. */
function hear(rooms: RoomViews, event: FeedEvent, own: string): string | undefined {
  const { views, counts, take, tuned, gone, publish } = rooms
  switch (event.type) {
    case 'entries': {
      // Whom the reader blocks mentions them no more.
      const messages = event.messages.map((one) =>
        isBlocked(one.user.id) && one.kind !== 'notice' ? { ...one, mentions: [] } : one,
      )
      const isSure = counts.hear({ ...event, messages }, own)
      rooms.hear(event.room, event.messages)
      return isSure ? undefined : event.room
    }
    case 'thread': {
      if (event.read === undefined) return undefined
      const isSure = counts.readThread(event.room, event.thread, event.read)
      publish(event.room)
      return isSure ? undefined : event.room
    }
    case 'read':
      counts.applyRead(event)
      publish(event.room)
      return undefined
    case 'room':
      take(event.room)
      return undefined
    case 'settings':
      tuned(event.room, event.settings)
      return undefined
    case 'open':
      if (views.get(event.room.id)?.joined !== true) take(event.room)
      return undefined
    case 'renamed':
      rooms.renamed()
      return undefined
    case 'blocks':
      void loadBlocks()
      return undefined
    case 'gone':
      gone(event.room)
      return undefined
    default:
      return undefined
  }
}

/** What this person has read: shown here at once, and on their other devices once the server has it. */
function readingOf({ counts, publish, joined }: RoomViews, teller: ReadTeller) {
  /** The room is read up to `seq`. */
  function readTo(id: string, seq: number): void {
    const before = counts.position(id)
    if (seq <= (before?.seq ?? 0)) return
    counts.readTo(id, seq)
    publish(id)
    teller.read(id, { generation: before?.generation ?? 0, seq })
  }

  /**
   * Message `seq` of the room and everything after it is unread again: a generation begins below it. `left`: as far as
   * is known here, until the server reports the number.
   */
  function markUnread(id: string, seq: number, left: { unread: number; mentions: number }): void {
    const before = counts.position(id)
    if (before === undefined) return
    const to = { generation: generationAfter(before.generation, Date.now()), seq: seq - 1 }
    counts.beginGeneration(id, to, left)
    publish(id)
    teller.read(id, to)
  }

  /**
   * Marks everything in every room as read, or in those that `which` selects: how many of them had unread messages, and
   * how that is undone.
   */
  function readAll(which: (room: RoomView) => boolean = () => true) {
    const unread = joined.value.filter((room) => hasUnread(room) && which(room))
    const before = unread.map(({ id, read, unread: left, mentions = 0 }) => ({ id, read, left, mentions }))
    for (const { id, head } of unread) readTo(id, head)
    const undo = (): void => {
      for (const { id, read, left, mentions } of before)
        if (left > 0) markUnread(id, read + 1, { unread: left, mentions })
    }
    return { count: unread.length, undo }
  }

  /** A thread of the room is read up to `seq`. */
  function readThread(id: string, thread: number, seq: number): void {
    counts.readThread(id, thread, seq)
    publish(id)
  }

  return { readTo, readThread, markUnread, readAll }
}
