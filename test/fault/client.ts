// A browser without a screen: the real web/wire (socket, feed, cursors, healing, outbox) and, instead of the room on
// screen, a list that claims to be complete. Everything it sends and receives goes into the histories.
import { setTimeout as pause } from 'node:timers/promises'
import type { EntryEvent, ServerEvent } from '../../server/protocol/events.ts'
import type { Message, PageAnswer } from '../../server/protocol/http.ts'
import type { User } from '../../server/protocol/people.ts'
import { isChange } from '../../server/protocol/timeline.ts'
import { page } from '../../web/wire/api.ts'
import { waitMs } from '../../web/wire/back-off.ts'
import { Feed } from '../../web/wire/feed.ts'
import { memoryStorage } from '../../web/wire/outbox-storage.ts'
import { Outbox } from '../../web/wire/outbox.ts'
import type { Outgoing, OwnChange } from '../../web/wire/outgoing.ts'
import { isRefusal, mayRetry } from '../../web/wire/refusal.ts'
import { Socket, type SocketState } from '../../web/wire/socket.ts'
import type { FeedEvent } from '../../web/wire/feed-events.ts'
import {
  emptyWindow,
  fromPage,
  withNews,
  type News,
  type Window,
} from '../../web/conversation/pages/window.ts'
import { contentOf, stateOf, type Histories } from './histories.ts'
import { inTab, type Tab } from './tab.ts'
import { WireOrder } from './wire-order.ts'

export interface Account {
  user: User
  cookie: string
}

/** Creates a guest, with as many retries as needed. */
export async function arrive(addresses: readonly string[], name: string): Promise<Account> {
  for (let tries = 0; ; tries += 1) {
    const address = addresses[tries % addresses.length] ?? ''
    try {
      const answer = await fetch(`${address}/api/guests`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: tries === 0 ? name : `${name}-${tries}` }),
      })
      if (answer.status === 201) {
        const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';')
        return { user: ((await answer.json()) as { user: User }).user, cookie }
      }
    } catch {
      // Try the next server, after a moment.
    }
    if (tries > 100) throw new Error(`${name} was not let in`)
    await pause(200)
  }
}

export class Client {
  readonly name: string
  readonly account: Account
  state: SocketState = 'shut'
  waiting: readonly Outgoing[] = []
  connects = 0
  /** The code of the newest refusal. */
  lastRefusal = ''
  isOnline = true
  /** Frames to drop before they reach the page. */
  drops = 0
  readonly #histories: Histories
  readonly #addresses: readonly string[]
  readonly #random: () => number
  readonly #tab: Tab
  readonly #storage = memoryStorage()
  #feed!: Feed
  #socket!: Socket
  #outbox!: Outbox
  #epoch = ''
  #server = 0
  /** Rooms whose list is claimed to be complete, and those being loaded. */
  readonly #kept = new Set<string>()
  readonly #loading = new Map<string, News[]>()
  /** What the list of each room shows, as web/room holds it. */
  readonly #windows = new Map<string, Window>()
  readonly #order = new WireOrder()
  /** Open gaps: since when, and up to which number. */
  readonly #holes = new Map<string, { since: number; to: number }>()
  #passing: { room: string; from: number; to: number } | undefined
  #isShut = false

  constructor(
    name: string,
    account: Account,
    parts: { histories: Histories; addresses: readonly string[]; random: () => number },
  ) {
    this.name = name
    this.account = account
    this.#histories = parts.histories
    this.#addresses = parts.addresses
    this.#random = parts.random
    this.#server = Math.floor(parts.random() * parts.addresses.length)
    this.#tab = {
      cookie: account.cookie,
      socket: undefined,
      isOnline: () => this.isOnline,
      // Each attempt goes to the next server; HTTP may go to a different one than the socket.
      address: (use) => {
        if (use === 'socket') this.#server += 1
        const other = use === 'http' && this.#random() < 0.3 ? 1 : 0
        return this.#addresses[(this.#server + other) % this.#addresses.length] ?? ''
      },
      passes: () => {
        if (this.drops === 0) return true
        this.drops -= 1
        return false
      },
    }
  }

  open(): void {
    this.#inTab(() => this.#build())
  }

  /** Reloads the page: only the outbox's storage survives. */
  reload(): void {
    this.close()
    this.#isShut = false
    for (const room of this.#kept) this.#histories.view(this.name, room).base = undefined
    this.#kept.clear()
    this.#loading.clear()
    this.#holes.clear()
    this.open()
  }

  close(): void {
    this.#isShut = true
    this.#inTab(() => {
      this.#outbox.close()
      this.#socket.shut()
      this.#feed.forget()
    })
  }

  says(room: string, text: string): string {
    const cid = this.#inTab(() => this.#outbox.put(room, { text }))
    this.#histories.says({ cid, room, user: this.account.user.id, by: this.name, text, at: Date.now() })
    return cid
  }

  changes(room: string, change: OwnChange): string {
    const cid = this.#inTab(() => this.#outbox.change(room, change))
    this.#histories.makes({ cid, room, user: this.account.user.id, by: this.name, change, at: Date.now() })
    return cid
  }

  /** A message of the room that is shown and not deleted; `own`: one that this client sent. */
  some(room: string, own: boolean, roll: number): number | undefined {
    const fitting = (this.#windows.get(room)?.messages ?? []).filter(
      (one) =>
        one.kind === 'message' && one.deletedAt === null && (!own || one.user.id === this.account.user.id),
    )
    return fitting[Math.floor(roll * fitting.length)]?.seq
  }

  async joins(room: string): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      const answer = await this.asks('PUT', `/api/rooms/${room}/members/me`).catch(() => undefined)
      if (answer?.status === 200) return
      await pause(200)
    }
    throw new Error(`${this.name} could not join ${room}`)
  }

  async makes(name: string): Promise<string> {
    const answer = await this.asks('POST', '/api/rooms', { name, kind: 'public' })
    return ((await answer.json()) as { room: { id: string } }).room.id
  }

  asks(method: string, path: string, body?: object): Promise<Response> {
    return this.#inTab(() =>
      fetch(path, {
        method,
        signal: AbortSignal.timeout(10_000),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    )
  }

  upTo(room: string): number {
    return this.#kept.has(room) ? this.#feed.upTo(room) : -1
  }

  /** Cuts the connection without a close frame. */
  cut(): void {
    this.#tab.socket?.terminate()
  }

  /** The network goes down until it is restored. */
  set online(is: boolean) {
    this.isOnline = is
    if (!is) this.cut()
    else this.#inTab(() => this.#socket.retryNow())
  }

  /** Stops reading, as a frozen page does. */
  pauses(): void {
    this.#tab.socket?.pause()
  }

  readsOn(): void {
    this.#tab.socket?.resume()
  }

  #inTab<T>(act: () => T): T {
    return inTab(this.#tab, act)
  }

  #build(): void {
    const feed = new Feed((resume) => {
      this.#order.resumed(resume.rooms ?? {})
      socket.tell(resume)
    })
    const socket = new Socket({
      url: 'ws://the-tab-knows',
      hear: (events) => this.#hear(events),
      changed: () => this.#changed(socket.state),
      doubt: () => undefined,
      turnedAway: (code) =>
        this.#histories.violate({ kind: 'not back', words: `${this.name} was turned away by ${code}` }),
      question: () => {
        const question = feed.question()
        this.#order.resumed(question?.rooms ?? {})
        return question
      },
    })
    const outbox = new Outbox({
      storage: this.#storage,
      user: this.account.user.id,
      tell: (send) => socket.tell(send),
      doubt: () => socket.retryNow(),
      changed: (items) => {
        this.waiting = items.filter(({ state }) => state === 'waiting')
        for (const { cid, state, refusal } of items)
          if (state === 'failed') this.#histories.refused(cid, refusal?.code ?? 'unknown')
      },
      dropped: ({ cid }, { code }) => this.#histories.refused(cid, code),
      announce: () => undefined,
    })
    this.#feed = feed
    this.#socket = socket
    this.#outbox = outbox
    feed.listen((event) => this.#heard(event))
    void outbox.refresh()
    socket.open()
  }

  #changed(state: SocketState): void {
    this.state = state
    if (state === 'live') this.connects += 1
    else {
      this.#outbox.live(false)
      this.#order.restart()
      this.#holes.clear()
    }
  }

  // As in link.ts.
  #hear(events: ServerEvent[]): void {
    for (const event of events) this.#hearOne(event)
    this.#feed.hear(events)
    for (const event of events) {
      if (event.type === 'welcome') this.#outbox.live(true)
      if (event.type === 'ack') {
        this.#histories.acknowledged(event.cid, event.room, event.seq)
        this.#feed.know(event.room, event.seq)
        this.#outbox.logged(event.cid)
      }
      if (event.type === 'error') {
        this.#histories.refusedForNow(event.code)
        this.lastRefusal = event.code
        this.#outbox.refused(event)
      }
    }
    this.#watchHoles()
  }

  #hearOne(event: ServerEvent): void {
    if (event.type === 'welcome') this.#epoch = event.epoch
    if (isEntry(event)) this.#onWire(event)
  }

  #onWire(event: EntryEvent): void {
    const { room, seq } = event
    const last = this.#order.hears(room, seq)
    if (last !== undefined)
      this.#histories.violate({
        kind: 'disordered',
        words: `${this.name} heard it after ${last} on one connection`,
        room,
        seq,
      })
    if (this.#epoch !== '') this.#histories.heard(this.name, this.#epoch, event)
  }

  #heard(event: FeedEvent): void {
    switch (event.type) {
      case 'welcome':
        for (const room of this.#kept)
          if (!event.rooms.some(({ id, joined }) => joined && id === room))
            this.#histories.violate({
              kind: 'not back',
              words: `${this.name} was welcomed without a room it is in`,
              room,
            })
        for (const { id, joined } of event.rooms)
          if (joined && !this.#kept.has(id) && !this.#loading.has(id)) void this.#load(id)
        return
      case 'room':
        if (event.room.joined && !this.#kept.has(event.room.id) && !this.#loading.has(event.room.id))
          void this.#load(event.room.id)
        return
      case 'entries':
        this.#loading.get(event.room)?.push(event)
        if (this.#kept.has(event.room)) this.#take(event.room, event.messages, event.head, event)
        for (const message of event.messages) if (message.kind === 'message') this.#own(event.room, message)
        for (const change of event.changes) this.#own(event.room, change)
        return
      case 'upTo':
        return this.#reached(event.room, event.upTo)
      case 'restart':
        return this.#restart(event.room)
      default:
        return
    }
  }

  /** Seeing one's own message in the log is as good as an ack. */
  #own(room: string, { cid, seq }: { cid: string; seq: number }): void {
    if (!this.waiting.some((item) => item.cid === cid)) return
    this.#histories.acknowledged(cid, room, seq)
    this.#outbox.logged(cid)
  }

  #take(room: string, messages: readonly Message[], head: number, news?: News): void {
    if (news !== undefined) this.#windows.set(room, withNews(this.#windows.get(room) ?? emptyWindow, news))
    const { have } = this.#histories.view(this.name, room)
    for (const message of messages) {
      const known = (have[message.seq] ??= contentOf(message))
      if (known !== contentOf(message))
        this.#histories.violate({
          kind: 'differing',
          words: `${this.name} has ${known} and was told ${contentOf(message)}`,
          room,
          seq: message.seq,
        })
    }
    const hole = this.#holes.get(room)
    if (head > this.#feed.upTo(room) && hole === undefined)
      this.#holes.set(room, { since: Date.now(), to: head })
  }

  #watchHoles(): void {
    for (const [room, { since, to }] of this.#holes) {
      if (this.#feed.upTo(room) < to) continue
      this.#holes.delete(room)
      const ms = Date.now() - since
      if (ms < 2) continue
      this.#histories.heals.count += 1
      this.#histories.heals.worstMs = Math.max(this.#histories.heals.worstMs, ms)
    }
  }

  /** The cursor has moved: is everything up to there here? A restart in the same tick makes the check void. */
  #reached(room: string, upTo: number): void {
    if (!this.#kept.has(room)) return
    const view = this.#histories.view(this.name, room)
    const passing = { room, from: view.upTo + 1, to: upTo }
    view.upTo = upTo
    this.#passing = passing
    queueMicrotask(() => {
      if (this.#passing === passing) this.#passing = undefined
      if (!this.#kept.has(room)) return
      for (let seq = passing.from; seq <= passing.to; seq += 1)
        if (view.have[seq] === undefined)
          this.#histories.passed.push({ client: this.name, room, seq, at: Date.now() })
      this.#watchHoles()
    })
  }

  #restart(room: string): void {
    this.#histories.counts.restarts += 1
    this.#kept.delete(room)
    this.#holes.delete(room)
    const view = this.#histories.view(this.name, room)
    view.base = undefined
    view.have = []
    void this.#load(room)
  }

  /** The newest page, retried until it loads; live events are merged into it, as in web/conversation/pages/pages.ts. */
  async #load(room: string): Promise<void> {
    const told: News[] = []
    this.#loading.set(room, told)
    for (let failures = 0; this.#loading.get(room) === told && !this.#isShut; failures += 1) {
      this.#feed.open(room)
      told.length = 0
      const answer = await page(room, { limit: 60 })
      if (this.#loading.get(room) !== told || this.#isShut) return
      if (!isRefusal(answer)) return this.#loaded(room, answer, told)
      if (!mayRetry(answer.code)) {
        this.#loading.delete(room)
        return this.#histories.violate({ kind: 'not back', words: `${this.name}: ${answer.code}`, room })
      }
      await pause((answer.retryAfterMs ?? 0) + waitMs(failures + 1))
    }
  }

  #loaded(room: string, answer: PageAnswer, told: readonly News[]): void {
    const { messages, hasBefore, upTo } = answer
    this.#loading.delete(room)
    const view = this.#histories.view(this.name, room)
    const first = messages[0]?.seq ?? 1
    view.have = []
    view.base = hasBefore ? first - 1 : 0
    view.upTo = upTo
    this.#windows.set(room, fromPage(answer, told))
    view.shown = () =>
      new Map((this.#windows.get(room)?.messages ?? []).map((message) => [message.seq, stateOf(message)]))
    this.#kept.add(room)
    this.#take(room, messages, 0)
    for (const news of told) this.#take(room, news.messages, 0)
    this.#feed.keep(room, view.upTo)
  }
}

const isEntry = (event: ServerEvent): event is EntryEvent =>
  event.type === 'message' || event.type === 'notice' || event.type === 'unknown' || isChange(event)
