// The connection as the rest of the web app sees it: its state, its events, and sending. The socket, the feed and the
// outbox meet here; nothing outside wire/ knows the three of them.
import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef, type Ref } from 'vue'
import type { Idle, Read, SlashCommand, Typing, Watch } from '../../server/protocol/requests.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import type { User } from '../../server/protocol/people.ts'
import { answersOf } from './answers.ts'
import { Feed } from './feed.ts'
import { GatheredFrames } from './gathered-frames.ts'
import { useLinkState } from './link-state.ts'
import { openStorage } from './outbox-disk.ts'
import { isChanging, type Outgoing, type OwnChange, type WrittenBody } from './outgoing.ts'
import type { Refusal } from './refusal.ts'
import { doubtsOf, openSender, type Sender } from './sender.ts'
import { Socket } from './socket.ts'

/** What a person wrote and has not been sent; a waiting reaction is not shown. */
const isWordThatWaits = (item: Outgoing): boolean =>
  item.state === 'waiting' && (!isChanging(item) || item.change.type === 'edit')

export const useLink = defineStore('link', () => {
  const { state, retryAt, online, ...link } = useLinkState()
  const kept = ref(true)
  const outgoing = shallowRef<readonly Outgoing[]>([])
  const waiting = waitingIn(outgoing)
  const changed = (items: readonly Outgoing[]) => void (outgoing.value = items)
  let sender: Sender | undefined
  const current = () => sender

  const feed = markRaw(new Feed((resume) => socket.tell(resume)))
  const answers = answersOf({ feed, sender: current, link })
  const frames = new GatheredFrames(hearing(feed, answers, current))
  const socket = new Socket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`,
    hear: (events) => frames.add(events),
    changed: socketChanged,
    question: () => feed.question(),
    ...doubtsOf(current, () => socket.open()),
  })
  const storage = openStorage()
  void storage.then(({ lasts }) => (kept.value = lasts))

  function socketChanged(): void {
    // What came over a connection is heard before its end, and the welcome together with its beginning: a page that is
    // opened in between would load what the welcome makes it load again.
    if (socket.state !== 'live') frames.flush()
    link.changed(socket)
    if (socket.state === 'live') frames.flush()
    else sender?.outbox.live(false)
  }

  /** Connects as `user`; `doubt` checks whether this person is still signed in. */
  function start(user: User, doubt: () => Promise<void>): void {
    stop()
    link.started()
    sender = openSender({ user, doubt }, { storage, socket, feed, changed, logged: answers.logged })
    void sender.outbox.refresh()
    socket.open()
  }

  /** Nobody is signed in any more. What waits stays stored until they are back. */
  function stop(): void {
    sender?.outbox.close()
    sender?.tabs.close()
    sender = undefined
    frames.drop()
    socket.shut()
    feed.forget()
    link.stopped()
    outgoing.value = []
  }

  /** The same person with changed data (a guest who has set a password). */
  const rename = (user: User): void => void (sender &&= { ...sender, user })

  followBrowser(socket, online)

  return {
    state,
    retryAt,
    /** Tries at once. */
    retryNow: () => socket.retryNow(),
    /** Messages that wait to be sent, in all rooms. */
    waiting,
    /** False: this browser stores nothing (private mode), and what waits lives only in this tab. */
    kept,
    start,
    stop,
    rename,
    /** Events from the server: `feed.listen`. */
    feed,
    /** What waits or failed, of all rooms, in order. */
    outgoing,
    ...sendingOf(current, socket),
  }
})

const waitingIn = (outgoing: Ref<readonly Outgoing[]>) =>
  computed(() => outgoing.value.filter(isWordThatWaits).length)

/** Hears what the socket brings: the feed, then the outbox. */
const hearing =
  (feed: Feed, answers: ReturnType<typeof answersOf>, sender: () => Sender | undefined) =>
  (events: ServerEvent[]): void => {
    feed.hear(events)
    for (const event of events) {
      // feed.hear has sent the resume first: what was written while disconnected comes after what was missed.
      if (event.type === 'welcome') sender()?.outbox.live(true)
      answers.hear(event)
    }
  }

/** Messages and changes made here: they go into the outbox and are sent when possible. */
const sendingOf = (sender: () => Sender | undefined, socket: Socket) => ({
  send: (room: string, body: WrittenBody) => sender()?.outbox.put(room, body),
  /** The server has a file of a message that waits for it; or does not take it. */
  fileWhole: (cid: string, key: string, ref: FileRef) => sender()?.outbox.fileWhole(cid, key, ref),
  fileRefused: (cid: string, refusal: Refusal) => sender()?.outbox.fileRefused(cid, refusal),
  /** Edits, deletes or reacts to a message, as reliably as sending one. */
  change: (room: string, change: OwnChange) => sender()?.outbox.change(room, change),
  resend: (cid: string) => sender()?.outbox.resend(cid),
  /** Removes a message from the outbox for good; returns it. */
  remove: (cid: string): Outgoing | undefined => sender()?.outbox.remove(cid),
  /** Sends something that is lost if there is no connection. False: it was lost. */
  tell: (command: Typing | Read | SlashCommand | Watch | Idle): boolean => socket.tell(command),
})

/** Follows the browser's events: the network comes and goes, and somebody looks at the page again. */
function followBrowser(socket: Socket, online: Ref<boolean>): void {
  globalThis.addEventListener('online', () => {
    online.value = true
    socket.wake()
  })
  globalThis.addEventListener('offline', () => {
    online.value = false
    socket.suspect()
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) socket.wake()
  })
}
