// One room: its listeners, and the events sent to it. Only its loop touches the listeners, so there is no lock. It
// never waits for I/O: the tail brings what the log has, and listeners take their frames without waiting.
import { Channel } from '../channel/channel.ts'
import { select } from '../channel/select.ts'
import type { EntryEvent, GapEvent, PassingEvent } from '../protocol/events.ts'
import { Frame, type Told } from './frame.ts'
import { listenersPerSlice, type FairScheduler } from './fair-scheduler.ts'

/** A listener of a room: a connection. `hear` must not wait and must not throw. */
export interface Listener {
  hear(frame: Frame): void
}

/** What can be sent to a room. A gap: numbers that this process never saw, which history has. */
type Audible = EntryEvent | PassingEvent | GapEvent

const serialise = (event: Audible): Told => ({
  seq: 'at' in event ? event.seq : 0,
  json: JSON.stringify(event),
})

interface Registration {
  listener: Listener
  /** Events that had been sent to the room when this was requested. */
  sent: number
  done: () => void
}

export interface RoomReports {
  /** A turn has ended without listeners and without pending registrations. */
  onEmpty: (room: Room) => void
  /** All listeners have the events of a turn, so many ms after they were ready. */
  onTurn: (ms: number) => void
}

/** Items that may wait for the loop before senders have to wait. The loop empties it every turn. */
const channelCapacity = 1_024

export class Room {
  readonly id: string
  readonly #register = new Channel<Registration>(channelCapacity)
  readonly #unregister = new Channel<Registration>(channelCapacity)
  readonly #send = new Channel<Audible>(channelCapacity)
  readonly #listeners = new Set<Listener>()
  #sent = 0
  #told = 0
  readonly #scheduler: FairScheduler
  readonly #reports: RoomReports

  /** `scheduler`: shared with the other rooms of the process. */
  constructor(id: string, scheduler: FairScheduler, reports: RoomReports) {
    this.id = id
    this.#scheduler = scheduler
    this.#reports = reports
    void this.#loop()
  }

  /** How many listen. */
  get size(): number {
    return this.#listeners.size
  }

  /** Resolves once `listener` is registered: it receives everything that is sent to the room after that. */
  register(listener: Listener): Promise<void> {
    return this.#ask(this.#register, listener)
  }

  /**
   * Resolves once `listener` has received what was sent until now, and receives nothing more. Await this before you
   * register the same listener again: within a turn, joins run before leaves.
   */
  unregister(listener: Listener): Promise<void> {
    return this.#ask(this.#unregister, listener)
  }

  /** Sends to everybody in the room; waits only while the loop's channel is full. */
  send(event: Audible): Promise<void> | undefined {
    this.#sent += 1
    return this.#send.trySend(event) ? undefined : this.#send.send(event)
  }

  /** Ends the loop. Listeners that are still registered receive nothing more. */
  close(): void {
    for (const channel of [this.#register, this.#unregister, this.#send]) channel.close()
  }

  #ask(channel: Channel<Registration>, listener: Listener): Promise<void> {
    return new Promise((done, fail) => {
      channel.send({ listener, sent: this.#sent, done }).catch(fail)
    })
  }

  async #loop(): Promise<void> {
    const channels = [this.#register, this.#unregister, this.#send] as const
    for (;;) {
      await select(channels)
      const began = performance.now()
      const turn = this.#send.isReady
        ? this.#scheduler.take(Math.min(listenersPerSlice, this.#listeners.size))
        : undefined
      if (turn !== undefined) await turn
      // 1. Joins and leaves. 2. All events that are ready, in order. 3. One frame for each listener.
      for (const { listener, done } of this.#register.takeAll()) {
        this.#listeners.add(listener)
        done()
      }
      const events = this.#send.takeAll()
      const told = this.#listeners.size === 0 ? [] : events.map(serialise)
      for (const { listener, sent, done } of this.#unregister.takeAll()) {
        const before = told.slice(0, Math.max(0, sent - this.#told))
        if (before.length > 0 && this.#listeners.has(listener)) listener.hear(new Frame(this.id, before))
        this.#listeners.delete(listener)
        done()
      }
      this.#told += events.length
      await this.#tell(told)
      if (told.length > 0) this.#reports.onTurn(performance.now() - began)
      if (this.#send.isClosed) return
      if (this.#listeners.size === 0 && !channels.some((channel) => channel.isReady))
        this.#reports.onEmpty(this)
    }
  }

  /**
   * Invariant: nobody joins or leaves while a turn is being sent, because only the loop admits and removes listeners.
   */
  async #tell(told: readonly Told[]): Promise<void> {
    if (told.length === 0 || this.#listeners.size === 0) return
    const frame = new Frame(this.id, told)
    const total = this.#listeners.size
    let heard = 0
    for (const listener of this.#listeners) {
      if (heard > 0 && heard % listenersPerSlice === 0)
        await this.#scheduler.take(Math.min(listenersPerSlice, total - heard))
      listener.hear(frame)
      heard += 1
    }
  }
}
