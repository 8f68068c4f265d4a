// The connections of this process by person: who is in which room, and who receives its events. Membership changes
// reach every process as notices of the log, so all of them move their people at the same number.
import type { Entry } from '../log/entry.ts'
import { closes } from '../protocol/errors.ts'
import type { ReadEvent, ServerEvent } from '../protocol/events.ts'
import type { RoomSummary } from '../protocol/people.ts'
import type { Connection } from './connection.ts'
import { HiddenRooms } from './hidden-rooms.ts'
import { introduce, releaseAll } from './introducing.ts'
import { moveAway } from './move-away.ts'
import { NewestOpen } from './newest-open.ts'
import { isOfInterest, isShownNoMore, offerOf } from './offers.ts'
import type { ConnectionRegistryDeps } from './registry-deps.ts'

export class ConnectionRegistry {
  readonly #options: ConnectionRegistryDeps
  readonly #byPerson = new Map<string, Set<Connection>>()
  /** Resolves once a connection's last move is complete; the first one loads its rooms. */
  readonly #settled = new Map<Connection, Promise<void>>()
  /** For each correction under way: whom notices have moved since it began, as `person room`; `room`: everybody. */
  readonly #moves = new Set<Set<string>>()

  readonly #hidden = new HiddenRooms()

  readonly newestOpen: NewestOpen

  constructor(options: ConnectionRegistryDeps) {
    this.#options = options
    this.newestOpen = new NewestOpen(() => options.memberships.newestOpen())
  }

  get count(): number {
    return this.#settled.size
  }

  *[Symbol.iterator](): Generator<Connection> {
    yield* this.#settled.keys()
  }

  of(userId: string): ReadonlySet<Connection> {
    return this.#byPerson.get(userId) ?? new Set()
  }

  /**
   * Registers a connection with its rooms, held until `release`. Resolves to its rooms for the welcome, which must be
   * sent in the same turn, because moves follow it. Undefined if the connection has closed meanwhile.
   */
  enter(connection: Connection): Promise<RoomSummary[] | undefined> {
    const own = this.#byPerson.get(connection.user.id) ?? new Set()
    this.#byPerson.set(connection.user.id, own.add(connection))
    const entering = this.#enter(connection)
    const known = (): void => undefined
    this.#settled.set(connection, entering.then(known, known))
    return entering
  }

  /**
   * Sends what was missed since the cursors and releases the rooms; rooms without a cursor continue from the welcome.
   */
  release(connection: Connection, cursors: Record<string, number>): void {
    releaseAll(connection, cursors, this.#options)
  }

  /** True if it was this person's last connection here. */
  leave(connection: Connection): boolean {
    this.#settled.delete(connection)
    for (const room of connection.rooms.keys()) void this.#options.rooms.find(room)?.unregister(connection)
    const own = this.#byPerson.get(connection.user.id)
    own?.delete(connection)
    if (own === undefined || own.size > 0) return false
    this.#byPerson.delete(connection.user.id)
    this.#hidden.forget(connection.user.id)
    return true
  }

  /** Moves people in and out of rooms as the log's notices say. */
  move(entries: readonly Entry[]): void {
    for (const { event, room, seq } of entries) {
      this.#wake(room, seq)
      if (event.type !== 'notice') continue
      const { notice, user } = event
      const { id } = 'person' in notice ? notice.person : user
      for (const moved of this.#moves) moved.add(`${id} ${room}`)
      if (notice.kind === 'joined' || notice.kind === 'created' || notice.kind === 'added')
        this.#eachOf(id, (one) => this.#join(one, room, seq))
      else if (notice.kind === 'left' || notice.kind === 'removed')
        this.#eachOf(id, (one) => this.#part(one, room))
      else if (notice.kind === 'role') {
        void this.#retell(id, room)
        if (notice.own !== undefined) void this.#retell(user.id, room)
      } else if (notice.kind === 'made_private') this.retell(room)
      else if (notice.kind === 'deleted') this.#empty(room)
      // In nobody else's list before something is said.
      if (notice.kind === 'created') this.#hidden.begun(room, seq, notice.people, this.#byPerson)
      if (isOfInterest(notice)) void this.offer(room, notice.kind === 'visibility' || isShownNoMore(notice))
    }
  }

  /**
   * Moves these people into the rooms that they are in, as `read` says, and out of all others: a notice may be missing.
   * Whomever the log moves meanwhile is where the log says. Rejects with what `read` throws.
   */
  async correct(
    people: readonly string[],
    read: (people: readonly string[]) => Promise<ReadonlyMap<string, ReadonlySet<string>>>,
  ): Promise<void> {
    const moved = new Set<string>()
    this.#moves.add(moved)
    try {
      const rooms = await read(people)
      const isMoved = (person: string, room: string): boolean =>
        moved.has(`${person} ${room}`) || moved.has(room)
      for (const person of people) {
        const own = rooms.get(person) ?? new Set()
        this.#eachOf(person, (one) => this.#correct(one, own, (room) => isMoved(person, room)))
      }
      const ends = people.flatMap((person) => [...this.of(person)].map((one) => this.#settled.get(one)))
      await Promise.all(ends)
    } finally {
      this.#moves.delete(moved)
    }
  }

  /**
   * Somebody closes a direct room (`upto`: what was there then), on all their devices, or opens it again. What was said meanwhile
   * keeps it in their list.
   */
  list(userId: string, room: string, upto: number | null): void {
    const head = this.#options.log.tail(room)?.head(room) ?? 0
    if (upto === null) {
      this.#hidden.show(userId, room)
      this.#eachOf(userId, (one) => this.#join(one, room, head + 1))
    } else if (head <= upto && this.#byPerson.has(userId)) {
      this.#hidden.hide(userId, room, upto)
      this.#eachOf(userId, (one) => this.#part(one, room))
    }
  }

  /** It was changed without a notice: whoever is in it is told how it is. */
  retell(room: string): void {
    const people = new Set([...this].flatMap(({ user, rooms }) => (rooms.has(room) ? [user.id] : [])))
    for (const person of people) void this.#retell(person, room)
  }

  tellPerson(userId: string, event: ServerEvent): void {
    this.#eachOf(userId, (one) => one.tell(event))
  }

  /** Somebody has read a room up to there; sent to their devices. */
  tellRead(userId: string, event: ReadEvent): void {
    const { room, turn = 0 } = event
    this.#eachOf(userId, (one) => {
      if (turn > (one.generations.get(room) ?? 0)) one.generations.set(room, turn)
      one.tell(event)
    })
  }

  /** Of a session that has ended. */
  signOut(session: string): void {
    for (const connection of this) if (connection.session === session) connection.close(closes.signedOut)
  }

  moveAway(): Promise<void> {
    return moveAway(this)
  }

  /**
   * Closes the connections that are in one of these rooms, or whose rooms are not known yet. Trap: a person who is
   * just being moved into such a room is not in it yet, so pending moves are awaited, and the rooms are checked
   * again.
   */
  closeIn(isOne: (room: string) => boolean, close: { code: number; reason: string }): void {
    for (const connection of this) {
      const isIn = (): boolean => connection.rooms.size === 0 || [...connection.rooms.keys()].some(isOne)
      if (isIn()) connection.close(close)
      else this.#next(connection, () => (isIn() ? connection.close(close) : undefined))
    }
  }

  async #enter(connection: Connection): Promise<RoomSummary[] | undefined> {
    const { memberships, rooms } = this.#options
    void this.newestOpen.learn()
    const { rooms: summaries, hidden } = await memberships.welcome(connection.user.id)
    if (!this.#settled.has(connection)) return undefined
    this.#hide(connection.user.id, hidden)
    await Promise.all(
      summaries.map(({ id, head, turn = 0 }) => {
        connection.rooms.set(id, head)
        if (turn > 0) connection.generations.set(id, turn)
        connection.hold(id)
        return rooms.open(id).register(connection)
      }),
    )
    return this.#settled.has(connection) ? summaries : undefined
  }

  /** What was said since they were read brings one back. */
  #hide(userId: string, hidden: ReadonlyMap<string, number>): void {
    for (const [room, upto] of hidden) {
      this.#hidden.hide(userId, room, upto)
      this.#wake(room, this.#options.log.tail(room)?.head(room) ?? 0)
    }
  }

  #wake(room: string, seq: number): void {
    for (const user of this.#hidden.woken(room, seq)) this.#eachOf(user, (one) => this.#join(one, room, seq))
  }

  /** One after the other: what leaves and comes back in one turn is not mistaken for what comes and leaves. */
  #eachOf(userId: string, act: (connection: Connection) => void | Promise<void>): void {
    for (const connection of this.of(userId)) this.#next(connection, act)
  }

  #next(connection: Connection, act: (connection: Connection) => void | Promise<void>): void {
    const before = this.#settled.get(connection) ?? Promise.resolve()
    const moved = before.then(() => act(connection))
    this.#settled.set(
      connection,
      moved.catch((error: unknown) => this.#options.onError(error, 'moving people')),
    )
  }

  /** Shows a room as it is now to who is not in it, or takes it from their list. Nobody learns of one never shown. */
  async offer(room: string, wasShown = false): Promise<void> {
    const event = await offerOf(room, wasShown, this.#options)
    if (event === undefined) return
    const isOpen = event.type === 'open'
    if (isOpen) this.newestOpen.heard(room)
    for (const connection of this)
      this.#next(connection, (one) => {
        const isShown = !isOpen || this.#options.bans?.isOutOf(one.user.id, room) !== true
        if (isShown && !one.rooms.has(room) && this.#settled.has(one)) one.tell(event)
      })
  }

  /** The same as reconnecting with a cursor just below the notice: nothing from it on is missed. */
  async #join(connection: Connection, room: string, seq: number): Promise<void> {
    if (connection.rooms.has(room) || !this.#settled.has(connection)) return
    // Set before anything is awaited, so that a person who leaves meanwhile is taken out again.
    connection.rooms.set(room, seq - 1)
    connection.hold(room)
    this.#moved(connection)
    await this.#options.rooms.open(room).register(connection)
    void introduce(connection, { room, seq }, this.#options)
  }

  /** One of their rooms has changed, or their role in it. */
  async #retell(userId: string, room: string): Promise<void> {
    if (this.of(userId).size === 0) return
    const { memberships, onError } = this.#options
    const known = await memberships.summary(userId, room).catch((error: unknown) => {
      onError(error, 'sending a role')
      return undefined
    })
    if (known?.joined !== true) return
    this.#eachOf(userId, (one) => {
      if (one.rooms.has(room)) one.tell({ type: 'room', room: known })
    })
  }

  async #correct(
    connection: Connection,
    own: ReadonlySet<string>,
    isMoved: (room: string) => boolean,
  ): Promise<void> {
    for (const room of [...connection.rooms.keys()])
      if (!own.has(room) && !isMoved(room)) await this.#part(connection, room)
    for (const room of own) {
      const head = this.#options.log.tail(room)?.head(room)
      if (this.#hidden.has(connection.user.id, room)) continue
      if (head !== undefined && !isMoved(room)) await this.#join(connection, room, head + 1)
    }
  }

  /** The room is deleted: nobody is in it, and whoever is just coming in goes out again. */
  #empty(room: string): void {
    for (const moved of this.#moves) moved.add(room)
    for (const connection of this) this.#next(connection, (one) => this.#part(one, room))
  }

  /** Nothing happens when the connection is out of the room: the notice of a correction may come later. */
  async #part(connection: Connection, room: string): Promise<void> {
    if (!this.#settled.has(connection) || !connection.rooms.has(room)) return
    await this.#options.rooms.find(room)?.unregister(connection)
    connection.drop(room)
    connection.tell({ type: 'gone', room })
    this.#moved(connection)
  }

  #moved({ user, rooms }: Connection): void {
    this.#options.presence.came(user.id, [...rooms.keys()])
  }
}
