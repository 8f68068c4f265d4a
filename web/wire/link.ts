// The connection as the rest of the web app sees it: how it is, what comes over it, and what is said.
// Here the socket, the feed and the outbox meet; nothing outside wire/ knows the three of them.
import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef } from 'vue'
import type { Read, SlashCommand, Typing } from '../../server/protocol/commands.ts'
import { closes } from '../../server/protocol/errors.ts'
import type { ChangeEvent, ErrorEvent, ServerEvent } from '../../server/protocol/events.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { User } from '../../server/protocol/people.ts'
import { Feed } from './feed.ts'
import { Outbox } from './outbox.ts'
import { openStorage, whenOpen } from './outbox-disk.ts'
import { isChanging, type Outgoing, type OutgoingChange, type OwnChange, type SaidWhere } from './outgoing.ts'
import { Socket } from './socket.ts'
import { openTabs, type Logged, type Tabs } from './tabs.ts'

/**
 * `connecting`: first connect or a short reconnect. `offline`: the browser says so, or several tries failed.
 * `behind`: connected, but the server cannot take messages, or is catching up; they wait here.
 */
export type LinkState = 'connecting' | 'live' | 'offline' | 'behind'

/** Two tries are a blink or a server that restarts; the third takes seconds, and a person wants to know. */
const offlineAfter = 3
/** Longer than the longest pause of the outbox that was refused: without a new refusal all is well again. */
const behindMs = 25_000
/** Signed out, says the socket; signed in, says HTTP: they will agree shortly. */
const disagreeMs = 5_000
const doubtEveryMs = 5_000

const behindCodes: ReadonlySet<string> = new Set([
  'log_unavailable',
  'log_unknown',
  'overloaded',
  'not_ready',
])

interface Session {
  user: User
  outbox: Outbox
  tabs: Tabs
  /** Asks whether this person is still signed in. */
  doubt: () => Promise<void>
}

/** What a person wrote, and has not gone yet; a reaction that waits is nothing to be told of. */
const isWordThatWaits = (item: Outgoing): boolean =>
  item.state === 'waiting' && (!isChanging(item) || item.change.type === 'edit')

/** The entry that a change of one's own has become. */
function changeMade(
  { room, cid, change }: OutgoingChange,
  made: Pick<ChangeEvent, 'seq' | 'at' | 'user'>,
): ChangeEvent {
  const fields = { room, cid, target: change.seq, ...made }
  switch (change.type) {
    case 'edit':
      return { ...fields, type: 'edited', text: change.text }
    case 'delete':
      return { ...fields, type: 'deleted' }
    case 'react':
      return { ...fields, type: 'reacted', emoji: change.emoji, on: change.on }
    case 'pin':
      return { ...fields, type: 'pinned', on: change.on }
  }
}

export const useLink = defineStore('link', () => {
  const socketState = ref<Socket['state']>('shut')
  const failures = ref(0)
  const retryAt = ref<number>()
  const online = ref(navigator.onLine)
  const isBehind = ref(false)
  const kept = ref(true)
  const outgoing = shallowRef<readonly Outgoing[]>([])
  let session: Session | undefined
  let doubtedAt = 0
  let behindTimer: ReturnType<typeof setTimeout> | undefined

  const feed = markRaw(new Feed((resume) => socket.tell(resume)))
  const socket = new Socket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws`,
    hear,
    changed: socketChanged,
    doubt,
    turnedAway: (code) => void turnedAway(code),
    question: () => feed.question(),
  })
  const storage = openStorage()
  void storage.then(({ lasts }) => (kept.value = lasts))

  const state = computed<LinkState>(() => {
    if (socketState.value === 'live') return isBehind.value ? 'behind' : 'live'
    const isOffline = !online.value || failures.value >= offlineAfter || socketState.value === 'shut'
    return isOffline ? 'offline' : 'connecting'
  })
  const waiting = computed(() => outgoing.value.filter(isWordThatWaits).length)

  function socketChanged(): void {
    socketState.value = socket.state
    failures.value = socket.failures
    retryAt.value = socket.retryAt
    if (socket.state !== 'live') session?.outbox.live(false)
  }

  function hear(events: ServerEvent[]): void {
    feed.hear(events)
    for (const event of events) {
      // Resume goes first, for feed.hear has said it: what was said while away comes after what was missed.
      if (event.type === 'welcome') session?.outbox.live(true)
      if (event.type === 'ack') acked(event)
      if (event.type === 'error') refused(event)
    }
  }

  function acked(ack: Logged): void {
    feed.know(ack.room, ack.seq)
    behind(false)
    settled(ack)
    feed.tell({ type: 'answered', room: ack.room, cid: ack.cid })
  }

  function settled(at: Logged): void {
    if (logged(at)) session?.tabs.tellLogged(at)
  }

  /** A message of one's own has its number. False: it was not in the outbox. */
  function logged({ cid, room, seq, at }: Logged): boolean {
    const item = session?.outbox.logged(cid)
    if (session === undefined || item === undefined) return false
    const { id, name } = session.user
    if (isChanging(item)) {
      const change = changeMade(item, { seq, at, user: { id, name } })
      feed.tell({ type: 'changed', room, change })
      return true
    }
    const { text, replyTo = null, thread, alsoInRoom } = item
    const message = {
      kind: 'message',
      seq,
      updatedSeq: seq,
      cid,
      user: { id, name },
      text,
      at,
      replyTo,
      editedAt: null,
      deletedAt: null,
      reactions: [],
      ...(thread === undefined ? {} : { thread }),
      ...(alsoInRoom === undefined ? {} : { alsoInRoom }),
    } satisfies SpokenMessage
    feed.tell({ type: 'acked', room, message })
    return true
  }

  function refused(error: ErrorEvent): void {
    session?.outbox.refused(error)
    const { cid, room, code, retryAfterMs } = error
    if (cid !== undefined && room !== undefined) {
      const refusal = retryAfterMs === undefined ? { code } : { code, retryAfterMs }
      feed.tell({ type: 'answered', room, cid, refusal })
    }
    if (behindCodes.has(error.code)) behind(true)
    if (error.code === 'signed_out') void session?.doubt()
  }

  function behind(is: boolean): void {
    clearTimeout(behindTimer)
    isBehind.value = is
    if (is) behindTimer = setTimeout(() => (isBehind.value = false), behindMs)
  }

  /** A thousand browsers whose handshakes fail should not ask a thousand times more. */
  function doubt(): void {
    if (Date.now() - doubtedAt < doubtEveryMs) return
    doubtedAt = Date.now()
    void session?.doubt()
  }

  async function turnedAway(code: number): Promise<void> {
    if (code !== closes.signedOut.code) return
    const asked = session
    await asked?.doubt()
    setTimeout(() => asked !== undefined && asked === session && socket.open(), disagreeMs)
  }

  /** Connects as `user`; `doubt` is asked whether this person is still signed in. */
  function start(user: User, doubt: () => Promise<void>): void {
    stop()
    const tabs = openTabs(user.id, {
      changed: () => void outbox.refresh(),
      logged: (ack) => void logged(ack),
    })
    const outbox = new Outbox({
      storage: whenOpen(storage),
      user: user.id,
      tell: (said) => socket.tell(said),
      doubt: () => socket.wake(),
      changed: (items) => (outgoing.value = items),
      dropped: ({ room, change }, refusal) => feed.tell({ type: 'unchanged', room, change, refusal }),
      announce: tabs.tellChanged,
    })
    session = { user, outbox, tabs, doubt }
    void outbox.refresh()
    socket.open()
  }

  /** Nobody is here any more. What waits stays kept for when they are back. */
  function stop(): void {
    session?.outbox.close()
    session?.tabs.close()
    session = undefined
    socket.shut()
    feed.forget()
    behind(false)
    outgoing.value = []
  }

  /** The same person under what has changed about them (a guest who has set a password). */
  function rename(user: User): void {
    if (session !== undefined) session = { ...session, user }
  }

  feed.listen((told) => {
    if (told.type !== 'entries') return
    for (const message of told.messages) {
      if (message.kind === 'message') settled({ ...message, room: told.room })
    }
    for (const change of told.changes) settled(change)
  })

  const retryNow = (): void => socket.retryNow()
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

  return {
    state,
    retryAt,
    /** Tries at once. */
    retryNow,
    /** Messages that wait to be sent, in all rooms. */
    waiting,
    /** False: this browser keeps nothing (private mode), and what waits lives in this tab alone. */
    kept,
    start,
    stop,
    rename,
    /** What the server tells: `feed.listen`. */
    feed,
    /** What waits or failed, of all rooms, in order. */
    outgoing,
    send: (room: string, text: string, where?: SaidWhere) => session?.outbox.put(room, text, where),
    /** Edits, deletes or reacts to a message, as surely as one speaks. */
    change: (room: string, change: OwnChange) => session?.outbox.change(room, change),
    resend: (cid: string) => session?.outbox.resend(cid),
    /** Takes a message out of the outbox for good; answers it. */
    remove: (cid: string): Outgoing | undefined => session?.outbox.remove(cid),
    /** Says something that is lost when there is no connection. False: it was lost. */
    tell: (command: Typing | Read | SlashCommand): boolean => socket.tell(command),
  }
})
