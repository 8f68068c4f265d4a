// The connections of this process by person: who is let into which room, and who hears of it. Membership changes reach
// every process as notices of the log, so all of them move their people at the same number.
import type { Entry } from '../log/entry.ts'
import type { Tail } from '../log/tail.ts'
import { closes } from '../protocol/errors.ts'
import type { ServerEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { RoomSummary } from '../protocol/people.ts'
import type { Rooms } from '../room/rooms.ts'
import { catchUp } from './catch-up.ts'
import type { Connection } from './connection.ts'

export interface CrowdOptions {
  rooms: Rooms
  tail: (room: string) => Tail | undefined
  /** The rooms that somebody is in, as their list shows them. */
  joinedRooms: (userId: string) => Promise<RoomSummary[]>
  /** One of them; undefined when it is not theirs any more. */
  summary: (userId: string, room: string) => Promise<RoomSummary | undefined>
  onTrouble: (error: unknown, where: string) => void
}

export class Crowd {
  readonly #options: CrowdOptions
  readonly #byPerson = new Map<string, Set<Connection>>()
  /** Resolves when a connection's rooms are known: moves heard before that wait for it. */
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

  /** Lets a connection into its rooms, held until `release`. Answers its rooms for the welcome. */
  async enter(connection: Connection): Promise<RoomSummary[]> {
    const { joinedRooms, rooms } = this.#options
    const own = this.#byPerson.get(connection.user.id) ?? new Set()
    this.#byPerson.set(connection.user.id, own.add(connection))
    const entering = (async () => {
      const summaries = await joinedRooms(connection.user.id)
      await Promise.all(
        summaries.map(({ id, head }) => {
          connection.rooms.set(id, head)
          connection.hold(id)
          return rooms.open(id).register(connection)
        }),
      )
      return summaries
    })()
    this.#settled.set(
      connection,
      entering.then(
        () => undefined,
        () => undefined,
      ),
    )
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
    }
  }

  tellPerson(userId: string, event: ServerEvent): void {
    for (const connection of this.of(userId)) connection.tell(event)
  }

  /** Closes the connections of a session that has ended. */
  signOut(session: string): void {
    for (const connection of this) if (connection.session === session) connection.close(closes.signedOut)
  }

  closeAll(close: { code: number; reason: string }): void {
    for (const connection of this) connection.close(close)
  }

  #eachOf(userId: string, act: (connection: Connection) => void | Promise<void>): void {
    for (const connection of this.of(userId)) {
      const settled = this.#settled.get(connection) ?? Promise.resolve()
      settled
        .then(() => act(connection))
        .catch((error: unknown) => this.#options.onTrouble(error, 'moving people'))
    }
  }

  /** The same as coming back with a cursor just below the notice: nothing from it on is missed. */
  async #join(connection: Connection, room: string, seq: number): Promise<void> {
    if (connection.rooms.has(room) || connection.isHeld(room) || !this.#settled.has(connection)) return
    connection.hold(room)
    const { rooms, summary, tail } = this.#options
    await rooms.open(room).register(connection)
    connection.rooms.set(room, seq - 1)
    const known = await summary(connection.user.id, room)
    if (known !== undefined) connection.tell({ type: 'room', room: known })
    const part = tail(room)
    if (part !== undefined && connection.rooms.has(room))
      catchUp(connection, room, seq - 1, part, { bytes: limits.catchUpBytes })
  }

  #part(connection: Connection, room: string): void {
    connection.drop(room)
    void this.#options.rooms.find(room)?.unregister(connection)
    connection.tell({ type: 'gone', room })
  }
}
