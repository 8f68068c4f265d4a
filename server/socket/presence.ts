// Who is online, on any process. Each process announces on the bus who comes and goes, and everybody again at
// intervals; a process that falls silent takes its people with it.
import type { Bus, Signal } from '../bus.ts'
import type { Log } from '../log/log.ts'
import type { Rooms } from '../room/rooms.ts'

/** A reload or a short break does not count as going away. */
const awayAfterMs = 5_000
/** Everybody is announced again this often, and a process is gone after three times that. */
const wholeEveryMs = 10_000
const silentAfterMs = 3 * wholeEveryMs
/** Comings and goings are sent to a room together. */
const tellEveryMs = 500

type PresenceSignal = Extract<Signal, { kind: 'presence' }>

interface Peer {
  heardAt: number
  /** The rooms of each person who is online. */
  people: Map<string, string[]>
}

export interface PresenceDeps {
  bus: Pick<Bus, 'publish' | 'subscribe'>
  rooms: Pick<Rooms, 'announce'>
  log: Pick<Log, 'isShedding'>
  /** A name that no other process has. */
  process: string
}

export class Presence {
  readonly #bus: Pick<Bus, 'publish' | 'subscribe'>
  readonly #self: string
  readonly #rooms: Pick<Rooms, 'announce'>
  readonly #log: Pick<Log, 'isShedding'>
  readonly #peers = new Map<string, Peer>()
  readonly #leaving = new Map<string, NodeJS.Timeout>()
  readonly #news = new Map<string, Map<string, boolean>>()
  readonly #timers: NodeJS.Timeout[]
  readonly #unsubscribe: () => void

  constructor({ bus, rooms, log, process }: PresenceDeps) {
    this.#bus = bus
    this.#self = process
    this.#rooms = rooms
    this.#log = log
    this.#peers.set(process, { heardAt: Infinity, people: new Map() })
    this.#unsubscribe = bus.subscribe((signal) => this.#hear(signal))
    this.#timers = [
      setInterval(() => this.#beat(), wholeEveryMs),
      setInterval(() => this.#flush(), tellEveryMs),
    ]
    bus.publish({ kind: 'presence-asked' })
  }

  isHere(userId: string): boolean {
    for (const { people } of this.#peers.values()) if (people.has(userId)) return true
    return false
  }

  /** A person at this process is in these rooms: after a connection opened, or after a move. */
  came(userId: string, rooms: string[]): void {
    clearTimeout(this.#leaving.get(userId))
    this.#leaving.delete(userId)
    this.#apply(this.#self, [[userId, rooms]], [])
    this.#bus.publish({
      kind: 'presence',
      process: this.#self,
      whole: false,
      here: [[userId, rooms]],
      away: [],
    })
  }

  /** A person's last connection at this process has closed. */
  went(userId: string): void {
    const leave = (): void => {
      this.#leaving.delete(userId)
      this.#apply(this.#self, [], [userId])
      this.#bus.publish({ kind: 'presence', process: this.#self, whole: false, here: [], away: [userId] })
    }
    this.#leaving.set(userId, setTimeout(leave, awayAfterMs))
  }

  close(): void {
    this.#unsubscribe()
    for (const timer of [...this.#timers, ...this.#leaving.values()]) clearTimeout(timer)
    this.#bus.publish({ kind: 'presence', process: this.#self, whole: true, here: [], away: [] })
  }

  #hear(signal: Signal): void {
    if (signal.kind === 'presence-asked') this.#tellWhole()
    else if (signal.kind === 'presence' && signal.process !== this.#self) this.#hearPeer(signal)
  }

  #hearPeer({ process, whole, here, away }: PresenceSignal): void {
    const peer = this.#peers.get(process) ?? { heardAt: 0, people: new Map<string, string[]>() }
    this.#peers.set(process, peer)
    peer.heardAt = performance.now()
    const present = new Set(here.map(([user]) => user))
    this.#apply(process, here, whole ? [...peer.people.keys()].filter((user) => !present.has(user)) : away)
  }

  #apply(process: string, here: [string, string[]][], away: string[]): void {
    const people = this.#peers.get(process)?.people
    for (const [user, rooms] of here) {
      const known = this.#roomsOf(user)
      const fresh = rooms.filter((room) => !known.has(room))
      this.#note(user, fresh, true)
      people?.set(user, rooms)
    }
    for (const user of away) {
      const rooms = people?.get(user)
      people?.delete(user)
      if (rooms !== undefined && !this.isHere(user)) this.#note(user, rooms, false)
    }
  }

  /** The rooms in which somebody is known to be online. */
  #roomsOf(user: string): Set<string> {
    return new Set([...this.#peers.values()].flatMap(({ people }) => people.get(user) ?? []))
  }

  #note(user: string, rooms: readonly string[], isHere: boolean): void {
    for (const room of rooms) {
      const news = this.#news.get(room) ?? new Map<string, boolean>()
      this.#news.set(room, news.set(user, isHere))
    }
  }

  #beat(): void {
    this.#tellWhole()
    for (const [process, { heardAt, people }] of this.#peers) {
      if (performance.now() - heardAt < silentAfterMs) continue
      this.#apply(process, [], [...people.keys()])
      this.#peers.delete(process)
    }
  }

  #tellWhole(): void {
    const here = [...(this.#peers.get(this.#self)?.people ?? [])]
    this.#bus.publish({ kind: 'presence', process: this.#self, whole: true, here, away: [] })
  }

  #flush(): void {
    for (const [room, news] of this.#news) {
      const users = (wanted: boolean): string[] =>
        [...news].flatMap(([user, isHere]) => (isHere === wanted ? [user] : []))
      if (this.#log.isShedding) continue
      this.#rooms.announce({ type: 'presence', room, here: users(true), away: users(false) })
    }
    this.#news.clear()
  }
}
