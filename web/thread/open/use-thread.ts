// A thread on screen: its messages as lines, own messages being sent, and what is unread.
import { computed, onScopeDispose, reactive } from 'vue'
import type { Message, SpokenMessage } from '../../../server/protocol/http.ts'
import { useSession } from '../../account/session.ts'
import { useTyping } from '../../conversation/composer/typing.ts'
import { lastOwnLine } from '../../conversation/lines/lines.ts'
import { notesOf, withNotes } from '../../conversation/lines/notes.ts'
import { toRows } from '../../conversation/lines/rows.ts'
import { useLines } from '../../conversation/lines/use-lines.ts'
import { zoneDays } from '../../conversation/lines/zone-day.ts'
import { usePages } from '../../conversation/pages/pages.ts'
import { isLooking, useReading } from '../../conversation/pages/reading.ts'
import { useUnreadHere } from '../../conversation/pages/unread-here.ts'
import { endsOf } from '../../conversation/pages/window.ts'
import type { Timeline } from '../../conversation/timeline.ts'
import type { OpenedRoom } from '../../room/open/opened-room.ts'
import { isInRoom, type FeedEvent } from '../../wire/feed-events.ts'
import { useLink } from '../../wire/link.ts'
import type { OwnChange, WrittenBody } from '../../wire/outgoing.ts'
import type { Refusal } from '../../wire/refusal.ts'
import { useBeginning } from './beginning.ts'
import { useFollowed } from '../followed/followed.ts'
import { withBeginning } from './thread-rows.ts'
import { isReplyOf, threadSource } from './thread-source.ts'

const zoneDay = zoneDays()

/** What a thread on screen shows, and its actions; reactive. */
export interface OpenedThread extends Timeline {
  /** The root message. */
  root: SpokenMessage | undefined
  following: boolean
  follow: (on: boolean) => Promise<Refusal | undefined>
  /** Resolves when the newest replies are loaded, and those back to `seq`. */
  reach: (seq: number) => Promise<void>
}

interface ThreadDeps {
  /** The thread's root number, and its room, which is open beside it. */
  id: string
  room: OpenedRoom
  root: number
  /** Everything that is here has been read. */
  seen: () => void
}

type ThreadState = ReturnType<typeof useThreadState>

/** Follows the thread until the current scope ends. */
export function useThread(deps: ThreadDeps): OpenedThread {
  const { id, room, root } = deps
  const link = useLink()
  const followed = useFollowed()
  const state = useThreadState(deps)
  const { pages, reading, typing, beginning, me, own, unreadHere } = state
  const readUpTo = (): number => followed.readUpTo(id, root)

  const stopListening = link.feed.listen((event) => hear(state, event))
  onScopeDispose(() => {
    stopListening()
    reading.leave()
    typing.close()
    pages.close()
  })
  const reach = reachIn(pages, pages.load())

  const rows = computed(() => {
    const drawn = toRows(own.lines.value, {
      firstUnread: reading.firstUnread.value,
      began: false,
      ...endsOf(pages.shown.value),
      dayOf: zoneDay,
    })
    const replies = beginning.message.value?.threaded?.replies ?? 0
    return withNotes(
      withBeginning(drawn, root, replies),
      notesOf(room.notes, root),
      pages.shown.value.hasAfter,
    )
  })

  return reactive({
    status: pages.status,
    room: computed(() => room.room),
    root: beginning.message,
    rows,
    hasBefore: computed(() => pages.shown.value.hasBefore),
    hasAfter: computed(() => pages.shown.value.hasAfter),
    loadingBefore: pages.loadingBefore,
    beforeFailed: pages.beforeFailed,
    unseen: reading.unseen,
    skipped: computed(() => (reading.isSkipping.value ? unreadHere.after(readUpTo()).length : 0)),
    newest: computed(() => pages.window.value.messages.at(-1)?.seq ?? root),
    isArchived: own.isArchived,
    following: computed(() => followed.isFollowing(id, root)),
    typing: typing.typing,

    loadBefore: pages.loadBefore,
    loadAfter: pages.loadAfter,
    toNewest: pages.toNewest,
    retry: pages.retry,
    reach,
    seenTo: reading.seenTo,
    toUnread: async () => {
      const place = { seq: readUpTo() + 1, offset: 96 }
      reading.goBack()
      await reach(place.seq)
      return place
    },
    markRead: () => followed.readTo(id, root, pages.window.value.messages.at(-1)?.seq ?? root),
    standsAt: (place: unknown) => void (state.reader.isPinned = place === undefined),
    quoted: room.quoted,
    lookUp: room.lookUp,
    lastOwn: () => lastOwnLine(pages.window.value.messages, me.value),
    follow: (on: boolean) => followed.follow(id, root, on),
    tellTyping: typing.tellTyping,
    send: (body: WrittenBody) => {
      typing.sent()
      link.send(id, { ...body, thread: root })
      void pages.toNewest()
    },
    change: (change: OwnChange) => void link.change(id, change),
    ask: (name: string, args: string, onFailed?: () => void) => room.ask(name, args, onFailed, root),
    dismiss: room.dismiss,
  })
}

/** Loads older pages, until one reaches back to `seq`. */
function reachIn(pages: ReturnType<typeof usePages>, ready: Promise<void>) {
  return async (seq: number): Promise<void> => {
    await ready
    while (pages.shown.value.hasBefore && (pages.shown.value.messages[0]?.seq ?? 0) > seq) {
      await pages.loadBefore()
      if (pages.beforeFailed.value !== undefined || pages.status.value !== 'ready') return
    }
  }
}

function useThreadState({ id, root, seen }: ThreadDeps) {
  const session = useSession()
  const link = useLink()
  const followed = useFollowed()
  const me = computed(() => ({ id: session.user?.id ?? '', name: session.user?.name ?? '' }))
  const isReply = isReplyOf(root)
  const reader = { isPinned: true }
  const beginning = useBeginning(root)
  const pages = usePages({
    source: threadSource(id, root, beginning),
    wanted: () => 0,
    isAtEnd: () => reading.isAtEnd.value,
    isPinned: () => reader.isPinned,
    opened: () => {
      const { messages } = pages.window.value
      own.openedAt.value = messages.at(-1)?.seq ?? root
      reading.open(own.openedAt.value, firstUnread(messages))
    },
  })
  const unreadHere = useUnreadHere({
    window: pages.window,
    own: () => me.value.id,
    isHere: isReply,
    // How many there are is known while they are all loaded.
    total: () => (followed.isFresh(id, root) ? Infinity : 0),
  })
  const reading = useReading({
    own: me.value.id,
    atEnd: () => undefined,
    read: (seq) => {
      followed.readTo(id, root, seq)
      seen()
    },
    readUpTo: () => followed.readUpTo(id, root),
    isUnreadBetween: unreadHere.isBetween,
    isLooking,
  })
  const typing = useTyping(me.value.id, () => link.tell({ type: 'typing', room: id, thread: root }))
  const messages = computed(() => {
    const { messages: replies, hasBefore } = pages.shown.value
    return hasBefore || beginning.message.value === undefined
      ? replies
      : [beginning.message.value, ...replies]
  })
  const own = useLines({ room: id, me: () => me.value, messages: () => messages.value, isHere: isReply })

  function firstUnread(replies: readonly Message[]): number | undefined {
    if (!followed.isFollowing(id, root)) return undefined
    const read = followed.readUpTo(id, root)
    return replies.find(({ seq, user }) => seq > read && user.id !== me.value.id)?.seq
  }

  return { id, root, me, reader, beginning, pages, reading, typing, own, isReply, unreadHere }
}

function hear(state: ThreadState, event: FeedEvent): void {
  if (!isInRoom(event) || event.room !== state.id) return
  const { own, pages, typing, reading, beginning } = state
  own.hear(event)
  if (event.type === 'restart') return void pages.load()
  if (event.type === 'typing' && event.thread === state.root) typing.hear(event)
  if (event.type !== 'entries') return
  const replies = event.messages.filter(state.isReply)
  pages.hear(event)
  beginning.hear(event)
  typing.said(replies)
  reading.hear(replies)
}
