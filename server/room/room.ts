// One room: who listens, and what is said. Its loop is the only one that touches the listeners, so there is no lock.
// It never waits for I/O: the tail brings what the log has, and listeners take their frames without waiting.
import { Channel } from '../channel/channel.ts'
import { select } from '../channel/select.ts'
import type { EntryEvent, GapEvent, PassingEvent } from '../protocol/events.ts'
import { Frame, type Told } from './frame.ts'
import { goOf, type Turns } from './turns.ts'

/** Somebody who hears a room: a connection. `hear` must not wait and must not throw. */
export interface Listener {
  hear(frame: Frame): void
}

/** What a room can be told. A gap: numbers that this process never saw, which history has. */
type Audible = EntryEvent | PassingEvent | GapEvent

const serialise = (event: Audible): Told => ({
  seq: 'at' in event ? event.seq : 0,
  json: JSON.stringify(event),
})

interface Registration {
  listener: Listener
  /** Events that had been sent to the room when it was asked for. */
  sent: number
  done: () => void
}

/** Ready things that may wait for the loop before a sender does. The loop empties it every turn. */
const channelCapacity = 1_024

export class Room {
  readonly id: string
  readonly #register = new Channel<Registration>(channelCapacity)
  readonly #unregister = new Channel<Registration>(channelCapacity)
  readonly #send = new Channel<Audible>(channelCapacity)
  readonly #listeners = new Set<Listener>()
  #sent = 0
  #told = 0
  readonly #turns: Turns
  readonly #onEmpty: (room: Room) => void

  /**
   * `turns`: shared with the other rooms of the process. `onEmpty` is called when a turn ends without listeners and without
   * anybody waiting to become one.
   */
  constructor(id: string, turns: Turns, onEmpty: (room: Room) => void) {
    this.id = id
    this.#turns = turns
    this.#onEmpty = onEmpty
    void this.#loop()
  }

  /** Resolves when `listener` hears: whatever the room is told after that reaches it. */
  register(listener: Listener): Promise<void> {
    return this.#ask(this.#register, listener)
  }

  /**
   * Resolves when `listener` has heard what was sent until now, and hears nothing more. To be waited for before the same
   * listener registers again: of one turn, who comes is taken before who goes.
   */
  unregister(listener: Listener): Promise<void> {
    return this.#ask(this.#unregister, listener)
  }

  /** Tells everybody in the room; waits only while the loop has a full channel before it. */
  send(event: Audible): Promise<void> | undefined {
    this.#sent += 1
    return this.#send.trySend(event) ? undefined : this.#send.send(event)
  }

  /** Ends the loop. Who is still registered hears nothing more. */
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
      const turn = this.#send.isReady ? this.#turns.take(Math.min(goOf, this.#listeners.size)) : undefined
      if (turn !== undefined) await turn
      // 1. Who comes and goes. 2. Everything that is ready to be told, in order. 3. One frame for each.
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
      if (this.#send.isClosed) return
      if (this.#listeners.size === 0 && !channels.some((channel) => channel.isReady)) this.#onEmpty(this)
    }
  }

  /** Invariant: nobody comes or goes while a turn is told, for only the loop lets them. */
  async #tell(told: readonly Told[]): Promise<void> {
    if (told.length === 0 || this.#listeners.size === 0) return
    const frame = new Frame(this.id, told)
    const crowd = this.#listeners.size
    let heard = 0
    for (const listener of this.#listeners) {
      if (heard > 0 && heard % goOf === 0) await this.#turns.take(Math.min(goOf, crowd - heard))
      listener.hear(frame)
      heard += 1
    }
  }
}
