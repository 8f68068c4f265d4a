// Who is here, on any process, as others see it. Each process announces on the bus who comes and goes, and everybody again at
// intervals; a process that falls silent takes its people with it.
import type { Bus, Signal } from '../bus.ts'
import type { Log } from '../log/log.ts'
import { limits } from '../protocol/limits.ts'
import type { Presence as State, PresenceChoice } from '../protocol/profiles.ts'
import type { Rooms } from '../room/rooms.ts'

/** A reload or a short break does not count as going away. */
const awayAfterMs = 5_000
/** Everybody is announced again this often, and a process is gone after three times that. */
const wholeEveryMs = 10_000
const silentAfterMs = 3 * wholeEveryMs
const { tellEveryMs, tellAtLeastMs, writesPerSecond } = limits.presence

type PresenceSignal = Extract<Signal, { kind: 'presence' }>

/** Somebody at one process. */
interface Here {
  rooms: string[]
  /** On all of their devices there. */
  isIdle: boolean
}

interface Peer {
  heardAt: number
  people: Map<string, Here>
}

export interface PresenceDeps {
  bus: Pick<Bus, 'publish' | 'subscribe'>
  rooms: Pick<Rooms, 'announce' | 'sizeOf'>
  log: Pick<Log, 'isShedding'>
  /** A name that no other process has. */
  process: string
  /** Whether somebody wants to be seen. */
  choiceOf?: (userId: string) => PresenceChoice
}

/** How long nobody is told after so many were: see limits.presence. */
export const pauseAfter = (writes: number): number =>
  Math.min(tellAtLeastMs, (writes / writesPerSecond) * 1_000)

export class Presence {
  readonly #bus: Pick<Bus, 'publish' | 'subscribe'>
  readonly #self: string
  readonly #rooms: PresenceDeps['rooms']
  readonly #log: Pick<Log, 'isShedding'>
  readonly #choiceOf: (userId: string) => PresenceChoice
  readonly #peers = new Map<string, Peer>()
  readonly #leaving = new Map<string, NodeJS.Timeout>()
  readonly #news = new Map<string, Map<string, boolean>>()
  /** Rooms that were told a moment ago, and until when they wait for the next news. */
  readonly #quiet = new Map<string, number>()
  /** As what each person was seen last; nobody who is offline is in it. */
  readonly #seen = new Map<string, State>()
  readonly #listeners = new Set<(userId: string, state: State) => void>()
  readonly #timers: NodeJS.Timeout[]
  readonly #unsubscribe: () => void

  constructor({ bus, rooms, log, process, choiceOf = () => 'auto' }: PresenceDeps) {
    this.#bus = bus
    this.#self = process
    this.#rooms = rooms
    this.#log = log
    this.#choiceOf = choiceOf
    this.#peers.set(process, { heardAt: Infinity, people: new Map() })
    this.#unsubscribe = bus.subscribe((signal) => this.#hear(signal))
    this.#timers = [
      setInterval(() => this.#beat(), wholeEveryMs),
      setInterval(() => this.#flush(), tellEveryMs),
    ]
    bus.publish({ kind: 'presence-asked' })
  }

  /** Whether others see that they are here: not of who is invisible. */
  isHere(userId: string): boolean {
    return this.stateOf(userId) !== 'offline'
  }

  /** Whether they are at one of their devices, seen or not. */
  isAtHand(userId: string): boolean {
    return this.#placesOf(userId).some(({ isIdle }) => !isIdle)
  }

  /** As others see them. */
  stateOf(userId: string): State {
    const places = this.#placesOf(userId)
    const choice = places.length === 0 ? 'invisible' : this.#choiceOf(userId)
    if (choice === 'invisible') return 'offline'
    if (choice === 'dnd') return 'dnd'
    return places.every(({ isIdle }) => isIdle) ? 'idle' : 'online'
  }

  /** Those who are connected to this process and seen. */
  seenHere(): string[] {
    return [...(this.#peers.get(this.#self)?.people.keys() ?? [])].filter((user) => this.isHere(user))
  }

  /** Called when somebody is seen as something else than before. */
  onChange(listener: (userId: string, state: State) => void): void {
    this.#listeners.add(listener)
  }

  /** A person at this process is in these rooms: after a connection opened, or after a move. */
  came(userId: string, rooms: string[]): void {
    clearTimeout(this.#leaving.get(userId))
    this.#leaving.delete(userId)
    this.#tell(userId, { rooms, isIdle: this.#ownOf(userId)?.isIdle ?? false })
  }

  /** Whether all of somebody's devices at this process are idle. */
  idles(userId: string, isIdle: boolean): void {
    const own = this.#ownOf(userId)
    if (own !== undefined && own.isIdle !== isIdle) this.#tell(userId, { ...own, isIdle })
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

  /** They have chosen otherwise; without a list: what everybody has chosen is known now. */
  chose(people: Iterable<string> = this.#everybody()): void {
    for (const user of people) this.#see(user, [...this.#roomsOf(user)])
  }

  close(): void {
    this.#unsubscribe()
    for (const timer of [...this.#timers, ...this.#leaving.values()]) clearTimeout(timer)
    this.#bus.publish({ kind: 'presence', process: this.#self, whole: true, here: [], away: [] })
  }

  #everybody(): Set<string> {
    return new Set([...this.#peers.values()].flatMap(({ people }) => [...people.keys()]))
  }

  #ownOf(userId: string): Here | undefined {
    return this.#peers.get(this.#self)?.people.get(userId)
  }

  #tell(userId: string, here: Here): void {
    const idle = new Set(here.isIdle ? [userId] : [])
    this.#apply(this.#self, [[userId, here.rooms]], [], idle)
    this.#bus.publish({
      kind: 'presence',
      process: this.#self,
      whole: false,
      here: [[userId, here.rooms]],
      away: [],
      ...(here.isIdle ? { idle: [userId] } : {}),
    })
  }

  #hear(signal: Signal): void {
    if (signal.kind === 'presence-asked') this.#tellWhole()
    else if (signal.kind === 'presence' && signal.process !== this.#self) this.#hearPeer(signal)
  }

  #hearPeer({ process, whole, here, away, idle }: PresenceSignal): void {
    const peer = this.#peers.get(process) ?? { heardAt: 0, people: new Map<string, Here>() }
    this.#peers.set(process, peer)
    peer.heardAt = performance.now()
    const present = new Set(here.map(([user]) => user))
    const gone = whole ? [...peer.people.keys()].filter((user) => !present.has(user)) : away
    this.#apply(process, here, gone, new Set(idle))
  }

  #apply(process: string, here: [string, string[]][], away: string[], idle?: ReadonlySet<string>): void {
    const people = this.#peers.get(process)?.people
    for (const [user, rooms] of here) {
      const known = this.#roomsOf(user)
      people?.set(user, { rooms, isIdle: idle?.has(user) ?? false })
      const fresh = rooms.filter((room) => !known.has(room))
      // Somebody who is seen already is news where they were not before; a newcomer is news everywhere.
      this.#see(user, this.#seen.has(user) ? fresh : [...known, ...fresh], fresh.length > 0)
    }
    for (const user of away) {
      const rooms = people?.get(user)?.rooms
      people?.delete(user)
      if (rooms !== undefined) this.#see(user, rooms)
    }
  }

  #placesOf(user: string): Here[] {
    return [...this.#peers.values()].flatMap(({ people }) => people.get(user) ?? [])
  }

  /** The rooms in which somebody is known to be online. */
  #roomsOf(user: string): Set<string> {
    return new Set(this.#placesOf(user).flatMap(({ rooms }) => rooms))
  }

  /** Is somebody seen as something else now? `rooms`: where it is news. `isMoved`: it is, even if they are seen the same. */
  #see(user: string, rooms: readonly string[], isMoved = false): void {
    const before = this.#seen.get(user) ?? 'offline'
    const now = this.stateOf(user)
    if (now === 'offline') this.#seen.delete(user)
    else this.#seen.set(user, now)
    const isNews = (now === 'offline') !== (before === 'offline') || (isMoved && now !== 'offline')
    if (isNews) this.#note(user, rooms, now !== 'offline')
    if (now !== before) for (const listener of this.#listeners) listener(user, now)
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
    const own = [...(this.#peers.get(this.#self)?.people ?? [])]
    const idle = own.flatMap(([user, { isIdle }]) => (isIdle ? [user] : []))
    this.#bus.publish({
      kind: 'presence',
      process: this.#self,
      whole: true,
      here: own.map(([user, { rooms }]) => [user, rooms]),
      away: [],
      ...(idle.length === 0 ? {} : { idle }),
    })
  }

  #flush(): void {
    const now = performance.now()
    for (const [room, until] of this.#quiet) if (until <= now) this.#quiet.delete(room)
    for (const [room, news] of this.#news) {
      if (this.#quiet.has(room)) continue
      this.#news.delete(room)
      const users = (wanted: boolean): string[] =>
        [...news].flatMap(([user, isHere]) => (isHere === wanted ? [user] : []))
      if (this.#log.isShedding) continue
      this.#rooms.announce({ type: 'presence', room, here: users(true), away: users(false) })
      const pauseMs = pauseAfter(this.#rooms.sizeOf(room))
      if (pauseMs > tellEveryMs) this.#quiet.set(room, now + pauseMs)
    }
  }
}
