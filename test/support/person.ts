// Somebody in a test: signs in, says things, hears things, drops off and comes back. Speaks the wire as a bot would.
import { WebSocket } from 'ws'
import { newCid } from '../../server/protocol/cid.ts'
import type {
  Ack,
  ErrorEvent,
  MessageEvent,
  NoticeEvent,
  ServerEvent,
  Welcome,
} from '../../server/protocol/events.ts'
import type { ChangesAnswer, PageAnswer } from '../../server/protocol/http.ts'
import type { RoomSummary, User } from '../../server/protocol/people.ts'
import { isChange } from '../../server/protocol/timeline.ts'
import { until } from './until.ts'

/** The address of a test's server: http://127.0.0.1:port. */
export type Address = string

interface Answer<T> {
  status: number
  body: T
}

const comingIn = new Set(['/api/guests', '/api/users', '/api/session', '/api/owner'])

export class Person {
  readonly user: User
  /** As a browser keeps it: another one, where an answer brings it. */
  cookie: string
  address: Address
  /** Everything received on the current connection, in order. */
  heard: ServerEvent[] = []
  /** Numbered entries of all connections by room, in the order they came. */
  readonly numbers = new Map<string, number[]>()
  /** Acknowledged cids of all connections. */
  readonly acks = new Set<string>()
  closed: { code: number; reason: string } | undefined
  /** The default room. */
  room = ''
  #socket: WebSocket | undefined

  private constructor(address: Address, user: User, cookie: string) {
    this.address = address
    this.user = user
    this.cookie = cookie
  }

  /** A new guest, without a connection. */
  static arrive(address: Address, name: string): Promise<Person> {
    return Person.#enters(address, name, '/api/guests', { name })
  }

  /** A new session of somebody with a password, without a connection. */
  static signsIn(address: Address, name: string, password: string): Promise<Person> {
    return Person.#enters(address, name, '/api/session', { name, password })
  }

  static async #enters(address: Address, name: string, path: string, body: object): Promise<Person> {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${name} was not let in: ${answer.status} ${await answer.text()}`)
    const { user } = (await answer.json()) as { user: User }
    const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';')
    return new Person(address, user, cookie)
  }

  /** The same person on another device, with the same session. */
  again(): Person {
    return new Person(this.address, this.user, this.cookie)
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await fetch(this.address + path, {
      method,
      headers: {
        cookie: this.cookie,
        origin: this.address,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // Another token of one's own, and not that of somebody else who comes in.
    if (method !== 'POST' || !comingIn.has(path))
      for (const cookie of answer.headers.getSetCookie())
        if (!/Max-Age=0/.test(cookie)) this.cookie = cookie.split(';')[0] ?? ''
    const text = await answer.text()
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

  /** The code of a refusal, or the status. */
  async tries(method: string, path: string, body?: unknown): Promise<string | number> {
    const answer = await this.ask<{ error?: { code: string } } | undefined>(method, path, body)
    return answer.body?.error?.code ?? answer.status
  }

  async makes(name: string, kind: 'public' | 'private' = 'public'): Promise<RoomSummary> {
    const { status, body } = await this.ask<{ room: RoomSummary }>('POST', '/api/rooms', { name, kind })
    if (status !== 201) throw new Error(`${name} was not made: ${JSON.stringify(body)}`)
    this.room = body.room.id
    return body.room
  }

  async joins(room: string): Promise<void> {
    const { status, body } = await this.ask('PUT', `/api/rooms/${room}/members/me`)
    if (status !== 200) throw new Error(`${this.user.name} could not join: ${JSON.stringify(body)}`)
    this.room = room
  }

  async rooms(): Promise<RoomSummary[]> {
    return (await this.ask<{ rooms: RoomSummary[] }>('GET', '/api/rooms')).body.rooms
  }

  async page(query = '', room = this.room): Promise<PageAnswer> {
    const { status, body } = await this.ask<PageAnswer>('GET', `/api/rooms/${room}/messages?${query}`)
    if (status !== 200) throw new Error(`no page: ${status} ${JSON.stringify(body)}`)
    return body
  }

  async changes(after: number, room = this.room): Promise<ChangesAnswer> {
    const { status, body } = await this.ask<ChangesAnswer>('GET', `/api/rooms/${room}/changes?after=${after}`)
    if (status !== 200) throw new Error(`no changes: ${status} ${JSON.stringify(body)}`)
    return body
  }

  /** The numbers of everything that changed after a number, page by page to the end. */
  async everything(after: number, room = this.room): Promise<number[]> {
    const { messages, head, more } = await this.changes(after, room)
    const numbers = messages.map(({ seq }) => seq)
    return more ? [...numbers, ...(await this.everything(head, room))] : numbers
  }

  /** Opens the socket and waits for the welcome. `resume`: cursors; without it, the rooms continue from the welcome. */
  async connects(resume: Record<string, number> = {}): Promise<Welcome> {
    const welcome = await this.connectsSilently()
    this.tells({ type: 'resume', rooms: resume })
    return welcome
  }

  /** Opens the socket and sends nothing. */
  async connectsSilently(): Promise<Welcome> {
    this.heard = []
    this.closed = undefined
    const socket = new WebSocket(`${this.address.replace('http', 'ws')}/api/ws`, {
      headers: { cookie: this.cookie, origin: this.address },
    })
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#take(data.toString()))
    socket.on('close', (code, reason) => {
      // Trap: the connection before may end only now.
      if (socket === this.#socket) this.closed = { code, reason: reason.toString() }
    })
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    const welcome = await this.event('welcome')
    if (this.room === '') this.room = welcome.rooms[0]?.id ?? ''
    return welcome
  }

  /** Drops off without a close frame. */
  drops(): void {
    this.#socket?.terminate()
  }

  /** Reconnects, perhaps to another server, with its cursors. */
  async returns(address: Address = this.address): Promise<Welcome> {
    this.address = address
    const cursors = [...this.numbers].map(([room, numbers]) => [room, Math.max(...numbers)])
    return this.connects(Object.fromEntries(cursors))
  }

  tells(command: object | string): void {
    this.#socket?.send(typeof command === 'string' ? command : JSON.stringify(command))
  }

  /** Sends a message and returns its cid; `acked` waits for its number. */
  says(
    text: string,
    { room = this.room, cid = newCid(), replyTo }: { room?: string; cid?: string; replyTo?: number } = {},
  ): string {
    this.tells({ type: 'send', room, cid, text, ...(replyTo === undefined ? {} : { replyTo }) })
    return cid
  }

  /** Says it, once, until the log is back and has it: what is unknown is asked again under the same cid. */
  async saysAtLast(text: string, withinMs?: number): Promise<void> {
    const cid = newCid()
    await until(
      async () => {
        if (this.closed !== undefined) await this.returns().catch(() => undefined)
        const before = this.heard.length
        this.says(text, { cid })
        const isAnswer = (event: ServerEvent): event is Ack | ErrorEvent =>
          (event.type === 'ack' || event.type === 'error') && event.cid === cid
        const answer = await this.#hears(isAnswer, before).catch(() => undefined)
        return answer?.type === 'ack'
      },
      Boolean,
      withinMs,
    )
  }

  acked(cid: string): Promise<Ack> {
    return this.#hears((event): event is Ack => event.type === 'ack' && event.cid === cid)
  }

  /** Those of these cids that have been acknowledged so far, on any connection. */
  ackedBefore(cids: readonly string[]): string[] {
    return cids.filter((cid) => this.acks.has(cid))
  }

  refused(cid: string): Promise<ErrorEvent> {
    return this.#hears((event): event is ErrorEvent => event.type === 'error' && event.cid === cid)
  }

  hears(text: string): Promise<MessageEvent> {
    return this.#hears((event): event is MessageEvent => event.type === 'message' && event.text === text)
  }

  /** A notice of this kind, in any room if none is given. */
  notices(kind: string, room?: string): Promise<NoticeEvent> {
    return this.#hears(
      (event): event is NoticeEvent =>
        event.type === 'notice' && event.notice.kind === kind && (room === undefined || event.room === room),
    )
  }

  /** A change of one message of the default room. */
  change<Type extends ServerEvent['type']>(
    type: Type,
    target: number,
  ): Promise<Extract<ServerEvent, { type: Type }>> {
    return this.#hears(
      (event): event is Extract<ServerEvent, { type: Type }> =>
        event.type === type &&
        'target' in event &&
        event.target === target &&
        'room' in event &&
        event.room === this.room,
    )
  }

  event<Type extends ServerEvent['type']>(type: Type): Promise<Extract<ServerEvent, { type: Type }>> {
    return this.#hears((event): event is Extract<ServerEvent, { type: Type }> => event.type === type)
  }

  /** Waits until the connection has ended, and returns how. */
  async ends(): Promise<{ code: number; reason: string }> {
    const { closed } = await until(
      () => ({ closed: this.closed }),
      ({ closed }) => closed !== undefined,
    )
    return closed ?? { code: 0, reason: '' }
  }

  messages(room?: string): MessageEvent[] {
    return this.heard.filter(
      (event): event is MessageEvent =>
        event.type === 'message' && (room === undefined || event.room === room),
    )
  }

  /** The numbers received of a room over all connections, in the order they came. */
  numbersOf(room = this.room): number[] {
    return this.numbers.get(room) ?? []
  }

  /** Stops reading, as a browser whose network hangs. */
  pauses(): void {
    this.#socket?.pause()
  }

  resumesReading(): void {
    this.#socket?.resume()
  }

  /** Fails at once when the connection has ended without it. `from`: how many events of the connection are passed over. */
  async #hears<Event extends ServerEvent>(
    match: (event: ServerEvent) => event is Event,
    from = 0,
  ): Promise<Event> {
    const { found, ...seen } = await until(
      () => ({ found: this.heard.slice(from).find(match), closed: this.closed, last: this.heard.slice(-4) }),
      ({ found: is, closed }) => is !== undefined || closed !== undefined,
    )
    if (found === undefined)
      throw new Error(`${this.user.name}'s connection has ended: ${JSON.stringify(seen)}`)
    return found
  }

  #take(text: string): void {
    for (const line of text.split('\n')) {
      const event = JSON.parse(line) as ServerEvent
      this.heard.push(event)
      if (event.type === 'ack') this.acks.add(event.cid)
      if (!isChange(event) && !['message', 'notice', 'unknown'].includes(event.type)) continue
      if (!('seq' in event)) continue
      const numbers = this.numbers.get(event.room) ?? []
      this.numbers.set(event.room, numbers)
      numbers.push(event.seq)
    }
  }
}
