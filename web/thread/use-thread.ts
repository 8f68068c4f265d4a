// A thread on screen: its messages as lines, one's own words on their way, and what is new in it since one read it.
import { computed, onScopeDispose, reactive } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import { useSession } from '../account/session.ts'
import { useLines } from '../message/use-lines.ts'
import { useTyping } from '../room/typing.ts'
import { useReading } from '../room/reading.ts'
import { toRows } from '../message/rows.ts'
import type { OwnChange } from '../wire/outgoing.ts'
import { useLink } from '../wire/link.ts'
import type { Told } from '../wire/told.ts'
import { useFollowed } from './followed.ts'
import { useThreadPages } from './thread-pages.ts'
import { withBeginning } from './thread-rows.ts'

const zoneDay = (at: number): string => new Date(at).toDateString()

/** Follows the thread while its scope lives. `seen`: everything that is here has been read. */
export function useThread(room: string, root: number, seen: () => void) {
  const session = useSession()
  const link = useLink()
  const followed = useFollowed()
  const me = computed(() => ({ id: session.user?.id ?? '', name: session.user?.name ?? '' }))
  const pages = useThreadPages(room, root)
  const reading = useReading({
    own: me.value.id,
    atEnd: () => undefined,
    read: (seq) => {
      followed.readTo(room, root, seq)
      seen()
    },
    readUpTo: () => followed.readUpTo(room, root),
    isLooking: () => document.visibilityState === 'visible' && document.hasFocus(),
  })

  const typing = useTyping(me.value.id, () => link.tell({ type: 'typing', room, thread: root }))
  const isReply = (message: Message): boolean => message.kind === 'message' && message.thread === root

  const messages = computed(() => {
    const { messages: replies, hasBefore } = pages.window.value
    return hasBefore || pages.beginning.value === undefined ? replies : [pages.beginning.value, ...replies]
  })
  const { lines, openedAt, ...own } = useLines({
    ...{ room, isHere: isReply },
    me: () => me.value,
    messages: () => messages.value,
    willBeHere: ({ thread }) => thread === root,
  })
  const replies = computed(() => pages.beginning.value?.threaded?.replies ?? 0)
  const rows = computed(() =>
    withBeginning(
      toRows(lines.value, { firstUnread: reading.firstUnread.value, began: false, dayOf: zoneDay }),
      root,
      replies.value,
    ),
  )

  async function load(): Promise<void> {
    await pages.load()
    const { messages: here } = pages.window.value
    openedAt.value = here.at(-1)?.seq ?? root
    const read = followed.readUpTo(room, root)
    const isKnown = followed.isFollowing(room, root)
    const unread = here.find(({ seq, user }) => isKnown && seq > read && user.id !== me.value.id)?.seq
    reading.open(openedAt.value, unread)
  }

  function hear(told: Told): void {
    if (!('room' in told) || told.room !== room) return
    own.hear(told)
    if (told.type === 'restart') return void load()
    if (told.type === 'typing' && told.thread === root) typing.hear(told)
    if (told.type !== 'entries') return
    const replied = told.messages.filter(isReply)
    pages.hear(told)
    typing.said(replied)
    reading.hear(replied)
  }

  const stopListening = link.feed.listen(hear)
  onScopeDispose(() => {
    stopListening()
    reading.leave()
    typing.close()
    pages.close()
  })
  const ready = load()

  return reactive({
    status: pages.status,
    root: pages.beginning,
    rows,
    hasBefore: computed(() => pages.window.value.hasBefore),
    loadingBefore: pages.loadingBefore,
    beforeFailed: pages.beforeFailed,
    unseen: reading.unseen,
    newest: computed(() => messages.value.at(-1)?.seq ?? root),
    following: computed(() => followed.isFollowing(room, root)),
    retry: pages.retry,
    loadBefore: pages.loadBefore,
    /** When the newest replies are here, and those back to `seq`. */
    reach: async (seq: number) => {
      await ready
      await pages.reach(seq)
    },
    seenTo: reading.seenTo,
    follow: (on: boolean) => followed.follow(room, root, on),
    typing: typing.typing,
    tellTyping: typing.tellTyping,
    send: (text: string, where: { replyTo?: number | undefined; alsoInRoom: boolean }) => {
      typing.sent()
      link.send(room, text, { ...where, thread: root })
    },
    change: (change: OwnChange) => void link.change(room, change),
  })
}
