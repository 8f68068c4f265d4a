// A thread on screen: its messages as lines, one's own words on their way, and what is new in it since one read it.
import { computed, onScopeDispose, reactive, ref, shallowRef } from 'vue'
import type { ChangeEvent } from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { useSession } from '../account/session.ts'
import { toLines } from '../message/lines.ts'
import { useTyping } from '../room/typing.ts'
import { useReading } from '../room/reading.ts'
import { toRows } from '../message/rows.ts'
import { isChanging, type OwnChange } from '../wire/outgoing.ts'
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
  const acked = shallowRef<SpokenMessage[]>([])
  const changed = shallowRef<ChangeEvent[]>([])
  const archivedUpTo = ref<number>()
  const openedAt = ref(Infinity)
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
  const lines = computed(() =>
    toLines({
      messages: messages.value,
      acked: acked.value,
      changed: changed.value,
      outgoing: link.outgoing.filter(
        (item) => item.room === room && (isChanging(item) || item.thread === root),
      ),
      me: me.value,
      archivedUpTo: archivedUpTo.value,
      openedAt: openedAt.value,
    }),
  )
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
    if (told.type === 'archived' && told.room === room)
      archivedUpTo.value = Math.max(archivedUpTo.value ?? 0, told.seq)
    if (told.type === 'restart' && told.room === room) {
      archivedUpTo.value = undefined
      changed.value = []
      return void load()
    }
    if (told.type === 'acked' && told.room === room && told.message.thread === root)
      acked.value = [...acked.value, told.message]
    if (told.type === 'changed' && told.room === room) changed.value = [...changed.value, told.change]
    if (told.type === 'upTo' && told.room === room) {
      acked.value = acked.value.filter(({ seq }) => seq > told.upTo)
      changed.value = changed.value.filter(({ seq }) => seq > told.upTo)
    }
    if (told.type === 'typing' && told.room === room && told.thread === root) typing.hear(told)
    if (told.type !== 'entries' || told.room !== room) return
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
