// The connections of this process by person: who is let into which room, and who hears of it. Membership changes reach
// every process as notices of the log, so all of them move their people at the same number.
import type { Entry } from '../log/entry.ts'
import type { Tail } from '../log/tail.ts'
import { closes } from '../protocol/errors.ts'
import type { ReadEvent, ServerEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { RoomSummary } from '../protocol/people.ts'
import type { Rooms } from '../room/rooms.ts'
import { catchUp } from './catch-up.ts'
import type { Connection } from './connection.ts'

const sliceEveryMs = 100

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export interface CrowdOptions {
  rooms: Rooms
  tail: (room: string) => Tail | undefined
  /** The rooms that somebody is in, as their list shows them. */
  joinedRooms: (userId: string) => Promise<RoomSummary[]>
  /** One of them; undefined when it is not theirs any more. */
  summary: (userId: string, room: string) => Promise<RoomSummary | undefined>
  /** A public room as those see it who are not in it; undefined when it is private. */
  fromOutside: (room: string) => Promise<RoomSummary | undefined>
  /** Somebody came into a room or left one; all the rooms they are in from then on. */
  onMoved: (userId: string, rooms: string[]) => void
  onTrouble: (error: unknown, where: string) => void
}

export class Crowd {
  readonly #options: CrowdOptions
  readonly #byPerson = new Map<string, Set<Connection>>()
  /** Resolves when a connection's last move is made; the first is that its rooms are known. */
  readonly #settled = new Map<Connection, Promise<void>>()

  constructor(options: CrowdOptions) {
    this.#options = options
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
   * Lets a connection into its rooms, held until `release`. Answers its rooms for the welcome, which is to be told in the
   * turn in which this resolves: moves follow it. Undefined when the connection has left meanwhile.
   */
  enter(connection: Connection): Promise<RoomSummary[] | undefined> {
    const own = this.#byPerson.get(connection.user.id) ?? new Set()
    this.#byPerson.set(connection.user.id, own.add(connection))
    const entering = this.#enter(connection)
    const known = (): void => undefined
    this.#settled.set(connection, entering.then(known, known))
    return entering
  }

  /** Tells what was missed since the cursors and lets the rooms through; rooms without a cursor go on from the welcome. */
  release(connection: Connection, cursors: Record<string, number>): void {
    const budget = { bytes: limits.catchUpBytes }
    for (const [room, head] of connection.rooms) {
      const cursor = cursors[room]
      if (cursor === undefined && !connection.isHeld(room)) continue
      const tail = this.#options.tail(room)
      if (tail !== undefined) catchUp(connection, room, cursor ?? head, tail, budget)
    }
  }

  /** True when it was this person's last connection here. */
  leave(connection: Connection): boolean {
    this.#settled.delete(connection)
    for (const room of connection.rooms.keys()) void this.#options.rooms.find(room)?.unregister(connection)
    const own = this.#byPerson.get(connection.user.id)
    own?.delete(connection)
    if (own === undefined || own.size > 0) return false
    this.#byPerson.delete(connection.user.id)
    return true
  }

  /** Moves people in and out of rooms as the log's notices say. */
  move(entries: readonly Entry[]): void {
    for (const { event, room, seq } of entries) {
      if (event.type !== 'notice') continue
      const { notice, user } = event
      if (notice.kind === 'joined' || notice.kind === 'created')
        this.#eachOf(user.id, (one) => this.#join(one, room, seq))
      else if (notice.kind === 'added') this.#eachOf(notice.person.id, (one) => this.#join(one, room, seq))
      else if (notice.kind === 'left') this.#eachOf(user.id, (one) => this.#part(one, room))
      else if (notice.kind === 'removed') this.#eachOf(notice.person.id, (one) => this.#part(one, room))
      else if (notice.kind === 'role') void this.#retell(notice.person.id, room)
      if (notice.kind === 'created') void this.#offer(room)
    }
  }

  tellPerson(userId: string, event: ServerEvent): void {
    this.#eachOf(userId, (one) => one.tell(event))
  }

  /** Somebody has read a room up to there; their devices hear of it. */
  tellRead(userId: string, event: ReadEvent): void {
    const { room, turn = 0 } = event
    this.#eachOf(userId, (one) => {
      if (turn > (one.turns.get(room) ?? 0)) one.turns.set(room, turn)
      one.tell(event)
    })
  }

  /** Closes the connections of a session that has ended. */
  signOut(session: string): void {
    for (const connection of this) if (connection.session === session) connection.close(closes.signedOut)
  }

  /** Tells everybody to move to another server, spread over limits.moveAwayMs; resolves when they have gone. */
  async moveAway(): Promise<void> {
    const all = [...this]
    const slice = Math.max(50, Math.ceil(all.length / (limits.moveAwayMs / sliceEveryMs)))
    for (let from = 0; from < all.length; from += slice) {
      for (const connection of all.slice(from, from + slice)) connection.moveAway()
      if (from + slice < all.length) await pause(sliceEveryMs)
    }
    for (const end = Date.now() + limits.drainMs; this.count > 0 && Date.now() < end;) await pause(20)
  }

  closeAll(close: { code: number; reason: string }): void {
    for (const connection of this) connection.close(close)
  }

  async #enter(connection: Connection): Promise<RoomSummary[] | undefined> {
    const { joinedRooms, rooms } = this.#options
    const summaries = await joinedRooms(connection.user.id)
    if (!this.#settled.has(connection)) return undefined
    await Promise.all(
      summaries.map(({ id, head, turn = 0 }) => {
        connection.rooms.set(id, head)
        if (turn > 0) connection.turns.set(id, turn)
        connection.hold(id)
        return rooms.open(id).register(connection)
      }),
    )
    return this.#settled.has(connection) ? summaries : undefined
  }

  /** One after the other: who leaves and comes back in one turn must not be taken for one who comes and leaves. */
  #eachOf(userId: string, act: (connection: Connection) => void | Promise<void>): void {
    for (const connection of this.of(userId)) this.#next(connection, act)
  }

  #next(connection: Connection, act: (connection: Connection) => void | Promise<void>): void {
    const before = this.#settled.get(connection) ?? Promise.resolve()
    const moved = before.then(() => act(connection))
    this.#settled.set(
      connection,
      moved.catch((error: unknown) => this.#options.onTrouble(error, 'moving people')),
    )
  }

  /** A new public room is told to everybody who is not in it, so that they can join it from their list. */
  async #offer(room: string): Promise<void> {
    const { fromOutside, onTrouble } = this.#options
    const summary = await fromOutside(room).catch((error: unknown) => {
      onTrouble(error, 'telling of a new room')
      return undefined
    })
    if (summary === undefined) return
    for (const connection of this)
      this.#next(connection, (one) => {
        if (!one.rooms.has(room) && this.#settled.has(one)) one.tell({ type: 'open', room: summary })
      })
  }

  /** The same as coming back with a cursor just below the notice: nothing from it on is missed. */
  async #join(connection: Connection, room: string, seq: number): Promise<void> {
    if (connection.rooms.has(room) || !this.#settled.has(connection)) return
    // In its rooms before anything is waited for, so that one who leaves meanwhile is taken out again.
    connection.rooms.set(room, seq - 1)
    connection.hold(room)
    this.#moved(connection)
    await this.#options.rooms.open(room).register(connection)
    void this.#introduce(connection, room, seq)
  }

  /** Apart from the moves: a slow answer must not keep somebody in a room they leave. */
  async #introduce(connection: Connection, room: string, seq: number): Promise<void> {
    const { summary, tail, onTrouble } = this.#options
    const known = await summary(connection.user.id, room).catch((error: unknown) => {
      onTrouble(error, 'telling of a room')
      return undefined
    })
    // Left meanwhile, perhaps to join again.
    if (connection.rooms.get(room) !== seq - 1) return
    if (known !== undefined) connection.tell({ type: 'room', room: known })
    const part = tail(room)
    // Not held any more: what the browser has said meanwhile let the room through.
    if (part !== undefined && connection.isHeld(room))
      catchUp(connection, room, seq - 1, part, { bytes: limits.catchUpBytes })
  }

  /** Somebody is something else in a room they are in. */
  async #retell(userId: string, room: string): Promise<void> {
    if (this.of(userId).size === 0) return
    const { summary, onTrouble } = this.#options
    const known = await summary(userId, room).catch((error: unknown) => {
      onTrouble(error, 'telling of a role')
      return undefined
    })
    if (known?.joined !== true) return
    this.#eachOf(userId, (one) => {
      if (one.rooms.has(room)) one.tell({ type: 'room', room: known })
    })
  }

  async #part(connection: Connection, room: string): Promise<void> {
    if (!this.#settled.has(connection)) return
    await this.#options.rooms.find(room)?.unregister(connection)
    connection.drop(room)
    connection.tell({ type: 'gone', room })
    this.#moved(connection)
  }

  #moved({ user, rooms }: Connection): void {
    this.#options.onMoved(user.id, [...rooms.keys()])
  }
}
