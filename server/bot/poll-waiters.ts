// Long polls that wait for something to happen in their rooms. The tail's entries wake them, so waiting queries no database.
import type { Entry } from '../log/entry.ts'

/** `news`: entries, or a changed list of rooms. `closing`: this server is stopping. `late` and `gone`: the waiter's own. */
export type Ring = 'news' | 'signed-out' | 'closing' | 'late' | 'gone'

export interface Waiter {
  bot: string
  session: string
}

/**
 * One wait. It is woken once; the next poll makes a new watch. Invariant: it is created before its bot's rooms are looked
 * up, and watches them before they are read, so whatever arrives meanwhile wakes it.
 */
export class Watch {
  readonly waiter: Waiter
  rooms: readonly string[] = []
  readonly rang: Promise<Ring>
  #ring: (ring: Ring) => void = () => undefined

  constructor(waiter: Waiter) {
    this.waiter = waiter
    this.rang = new Promise((resolve) => {
      this.#ring = resolve
    })
  }

  ring(ring: Ring): void {
    this.#ring(ring)
  }
}

export class PollWaiters {
  readonly #byRoom = new Map<string, Set<Watch>>()
  readonly #byBot = new Map<string, Set<Watch>>()
  #count = 0
  #isClosed = false

  /** The number of watches. */
  get count(): number {
    return this.#count
  }

  countOf(bot: string): number {
    return this.#byBot.get(bot)?.size ?? 0
  }

  watch(waiter: Waiter): Watch {
    const watch = new Watch(waiter)
    add(this.#byBot, waiter.bot, watch)
    this.#count += 1
    if (this.#isClosed) watch.ring('closing')
    return watch
  }

  attend(watch: Watch, rooms: readonly string[]): void {
    watch.rooms = rooms
    for (const room of rooms) add(this.#byRoom, room, watch)
  }

  stop(watch: Watch): void {
    for (const room of watch.rooms) remove(this.#byRoom, room, watch)
    if (remove(this.#byBot, watch.waiter.bot, watch)) this.#count -= 1
  }

  /** Call this when the tail has read these entries. */
  entries(entries: readonly Pick<Entry, 'room' | 'event'>[]): void {
    if (this.#count === 0) return
    for (const { room, event } of entries) {
      if (event.type === 'notice') {
        const { notice, user } = event
        ring(this.#byBot.get('person' in notice ? notice.person.id : user.id), 'news')
      }
      ring(this.#byRoom.get(room), 'news')
    }
  }

  /** Numbers may have started again: all waiting polls look again. */
  newEpoch(): void {
    for (const watches of this.#byBot.values()) ring(watches, 'news')
  }

  /** The end of a session may have been missed: every poll is answered, and the next one is identified again. */
  askAgain(): void {
    for (const watches of this.#byBot.values()) ring(watches, 'late')
  }

  signOut(session: string): void {
    for (const watches of this.#byBot.values())
      for (const watch of watches) if (watch.waiter.session === session) watch.ring('signed-out')
  }

  /** Answers everyone; nobody can wait any more. */
  close(): void {
    this.#isClosed = true
    for (const watches of this.#byBot.values()) ring(watches, 'closing')
  }
}

const ring = (watches: Iterable<Watch> | undefined, how: Ring): void => {
  for (const watch of watches ?? []) watch.ring(how)
}

function add(map: Map<string, Set<Watch>>, key: string, watch: Watch): void {
  const known = map.get(key) ?? new Set()
  map.set(key, known.add(watch))
}

function remove(map: Map<string, Set<Watch>>, key: string, watch: Watch): boolean {
  const known = map.get(key)
  const was = known?.delete(watch) ?? false
  if (known?.size === 0) map.delete(key)
  return was
}
