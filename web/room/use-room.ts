// A room on screen, for the components: one reactive object with all that is shown and all that can be asked for.
import { computed, reactive, shallowRef, toValue, watch, onScopeDispose, type MaybeRefOrGetter } from 'vue'
import { useLink } from '../wire/link.ts'
import type { Outgoing, OwnChange } from '../wire/outgoing.ts'
import { useOpened } from './opened.ts'
import type { Place } from './place.ts'
import { messageOf } from './window.ts'

/**
 * Follows the room `id`, which may change; call it in setup. The room's state stays when one leaves, so that coming
 * back is instant.
 */
export function useRoom(id: MaybeRefOrGetter<string>) {
  const opened = useOpened()
  const link = useLink()
  const here = shallowRef(opened.enter(toValue(id)))
  let entered = toValue(id)

  watch(
    () => toValue(id),
    (next) => {
      const left = entered
      entered = next
      here.value = opened.enter(next)
      opened.leave(left)
    },
    { flush: 'sync' },
  )
  onScopeDispose(() => opened.leave(entered))

  return reactive({
    status: computed(() => here.value.pages.status.value),
    room: computed(() => here.value.room.value),
    rows: computed(() => here.value.rows.value),
    hasBefore: computed(() => here.value.pages.shown.value.hasBefore),
    hasAfter: computed(() => here.value.pages.shown.value.hasAfter),
    loadingBefore: computed(() => here.value.pages.loadingBefore.value),
    /** Why older history could not be had. */
    beforeFailed: computed(() => here.value.pages.beforeFailed.value),
    /** Where the list should be after goTo. */
    aroundSeq: computed(() => here.value.pages.aroundSeq.value),
    /** The newest number of the room. */
    newest: computed(() => here.value.newest.value),
    /** Everything up to this number is here. */
    completeUpTo: computed(() => here.value.upTo.value),
    /** The first message that was unread when the room was opened. */
    firstUnread: computed(() => here.value.reading.firstUnread.value),
    /** Messages of others that came while the reader was not at the end. */
    unseen: computed(() => here.value.reading.unseen.value),
    typing: computed(() => here.value.typing.typing.value),
    members: computed(() => here.value.members.members.value),
    membersStatus: computed(() => here.value.members.status.value),
    memberTotal: computed(() => here.value.members.total.value),
    pins: computed(() => here.value.pins.pins.value),
    pinsStatus: computed(() => here.value.pins.status.value),
    loadPins: () => here.value.pins.load(),
    loadBefore: () => here.value.pages.loadBefore(),
    loadAfter: () => here.value.pages.loadAfter(),
    toNewest: () => here.value.pages.toNewest(),
    goTo: (seq: number) => here.value.pages.goTo(seq),
    /** The message with this number, where it is in memory. */
    messageAt: (seq: number) => messageOf(here.value.pages.window.value, seq),
    /** Loads again what failed: the room, its older history, its members. */
    retry: () => here.value.retry(),
    /** A message that is answered and not on the list; `lookUp` reads it, where it is not in memory. */
    quoted: (seq: number) => here.value.quoted(seq),
    lookUp: (seq: number) => void (here.value.quoted(seq) ?? here.value.quotes.look(seq)),
    lastOwn: () => here.value.lastOwn(),
    /** Where the list stands; undefined at the newest. */
    standsAt: (place: Place | undefined): void => here.value.standsAt(place),
    /** The newest number on screen, with the window focused. */
    seenTo: (seq: number) => here.value.reading.seenTo(seq),
    markUnread: (seq: number) => here.value.markUnread(seq),
    markRead: () => here.value.markRead(),
    send: (text: string, replyTo?: number) => here.value.send(text, replyTo),
    tellTyping: () => here.value.typing.tellTyping(),
    /** Asks for a command. False: nothing was asked, for there is no connection. */
    ask: (name: string, args: string, thread?: number): boolean => here.value.notes.ask(name, args, thread),
    /** What only oneself sees, in the room and in its threads. */
    notes: computed(() => here.value.notes.notes.value),
    dismiss: (key: string): void => here.value.notes.dismiss(key),
    /** Sends a failed message again, as it is. */
    resend: (cid: string) => link.resend(cid),
    /** Gives up a message that was not sent. */
    discard: (cid: string): void => void link.remove(cid),
    /** Takes something out of the outbox and gives it back, to be changed and sent as another one. */
    takeBack: (cid: string): Outgoing | undefined => link.remove(cid),
    /** Edits, deletes or reacts to a message. */
    change: (change: OwnChange): void => here.value.change(change),
  })
}
