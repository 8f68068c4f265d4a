// One room: who listens, and what is said. Its loop is the only one that touches the listeners, so there is no lock.
// It never waits for I/O: the tail brings what the log has, and listeners take their frames without waiting.
import { Channel } from '../channel/channel.ts'
import { select } from '../channel/select.ts'
import type { EntryEvent, GapEvent, PassingEvent } from '../protocol/events.ts'
import { Frame } from './frame.ts'

/** Somebody who hears a room: a connection. `hear` must not wait and must not throw. */
export interface Listener {
  hear(frame: Frame): void
}

/** What a room can be told. A gap: numbers that this process never saw, which history has. */
type Audible = EntryEvent | PassingEvent | GapEvent

interface Registration {
  listener: Listener
  done: () => void
}

/** Ready things that may wait for the loop before a sender does. The loop empties it every turn. */
const channelCapacity = 1_024

/** Listeners that are told in one go, about a millisecond; then the process reads and answers before it tells the next. */
const goOf = 96

const breath = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

export class Room {
  readonly id: string
  readonly #register = new Channel<Registration>(channelCapacity)
  readonly #unregister = new Channel<Registration>(channelCapacity)
  readonly #send = new Channel<Audible>(channelCapacity)
  readonly #listeners = new Set<Listener>()
  readonly #onEmpty: (room: Room) => void

  /** `onEmpty` is called when a turn ends without listeners and without anybody waiting to become one. */
  constructor(id: string, onEmpty: (room: Room) => void) {
    this.id = id
    this.#onEmpty = onEmpty
    void this.#loop()
  }

  /** Resolves when `listener` hears: whatever the room is told after that reaches it. */
  register(listener: Listener): Promise<void> {
    return this.#ask(this.#register, listener)
  }

  /** To be waited for before the same listener registers again: of one turn, who comes is taken before who goes. */
  unregister(listener: Listener): Promise<void> {
    return this.#ask(this.#unregister, listener)
  }

  /** Tells everybody in the room; waits only while the loop has a full channel before it. */
  send(event: Audible): Promise<void> | undefined {
    return this.#send.trySend(event) ? undefined : this.#send.send(event)
  }

  /** Ends the loop. Who is still registered hears nothing more. */
  close(): void {
    for (const channel of [this.#register, this.#unregister, this.#send]) channel.close()
  }

  #ask(channel: Channel<Registration>, listener: Listener): Promise<void> {
    return new Promise((done, fail) => {
      channel.send({ listener, done }).catch(fail)
    })
  }

  async #loop(): Promise<void> {
    const channels = [this.#register, this.#unregister, this.#send] as const
    for (;;) {
      await select(channels)
      // 1. Who comes and goes. 2. Everything that is ready to be told, in order. 3. One frame for each.
      for (const { listener, done } of this.#register.takeAll()) {
        this.#listeners.add(listener)
        done()
      }
      for (const { listener, done } of this.#unregister.takeAll()) {
        this.#listeners.delete(listener)
        done()
      }
      await this.#tell(this.#send.takeAll())
      if (this.#send.isClosed) return
      if (this.#listeners.size === 0 && !channels.some((channel) => channel.isReady)) this.#onEmpty(this)
    }
  }

  /** Invariant: nobody comes or goes while a turn is told, for only the loop lets them. */
  async #tell(events: readonly Audible[]): Promise<void> {
    if (events.length === 0 || this.#listeners.size === 0) return
    const told = events.map((event) => ({ seq: 'at' in event ? event.seq : 0, json: JSON.stringify(event) }))
    const frame = new Frame(this.id, told)
    let left = goOf
    for (const listener of this.#listeners) {
      listener.hear(frame)
      left -= 1
      if (left > 0) continue
      left = goOf
      await breath()
    }
  }
}
