// The rooms that have listeners in this process, created with the first listener and dropped after the last.
import type { Entry } from '../log/entry.ts'
import { FairScheduler } from './fair-scheduler.ts'
import type { ArchivedEvent, PresenceEvent, TypingEvent } from '../protocol/events.ts'
import { Room } from './room.ts'

export class Rooms {
  readonly #open = new Map<string, Room>()
  readonly #scheduler = new FairScheduler()
  readonly #onTurn: (ms: number) => void

  /** `onTurn`: all listeners of a room have the events of a turn, so many ms after they were ready. */
  constructor(onTurn: (ms: number) => void = () => undefined) {
    this.#onTurn = onTurn
  }

  /** The room, if anybody in this process is in it. */
  find(id: string): Room | undefined {
    return this.#open.get(id)
  }

  /** The room, created if necessary. Register with it in the same turn; otherwise it may be dropped as empty. */
  open(id: string): Room {
    const known = this.#open.get(id)
    if (known !== undefined) return known
    const room = new Room(id, this.#scheduler, {
      onEmpty: (empty) => this.#drop(empty),
      onTurn: this.#onTurn,
    })
    this.#open.set(id, room)
    return room
  }

  /**
   * Sends each room its entries, in order. Invariant: events that are sent together are one turn of a room and one
   * frame for each of its listeners, so nothing is awaited here unless a room's channel is full.
   */
  async tell(entries: readonly Pick<Entry, 'room' | 'event'>[]): Promise<void> {
    for (const { room, event } of entries) {
      const full = this.find(room)?.send(event)
      if (full !== undefined) await full
    }
  }

  /** Sends to everybody in the room on this process, now and without waiting. */
  announce(event: TypingEvent | PresenceEvent | ArchivedEvent): void {
    void this.find(event.room)?.send(event)
  }

  /** How many listen to it on this process. */
  sizeOf(room: string): number {
    return this.find(room)?.size ?? 0
  }

  get count(): number {
    return this.#open.size
  }

  close(): void {
    for (const room of this.#open.values()) room.close()
    this.#open.clear()
  }

  #drop(room: Room): void {
    this.#open.delete(room.id)
    room.close()
  }
}
