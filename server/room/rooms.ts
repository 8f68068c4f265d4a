// The rooms that have listeners in this process, made when the first comes and dropped when the last has gone; and the
// way in: what somebody says becomes a draft here, and the log numbers it.
import type { Append, Appended, DraftBody, Entry } from '../log/entry.ts'
import type { Mention } from '../protocol/http.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Person } from '../protocol/people.ts'
import { refuseText } from '../protocol/text.ts'
import { Room } from './room.ts'

/** What was said, understood and not yet allowed. */
export interface Said {
  room: string
  cid: string
  text: string
  replyTo?: number
}

/** Whom a text names. It must not throw: a name is not worth a message. */
export type MentionsOf = (user: Person, room: string, text: string) => Promise<Mention[]>

export class Rooms {
  readonly #append: Append
  readonly #headOf: (room: string) => number
  readonly #mentionsOf: MentionsOf
  /** What each person is waiting for in a room: their words stay in their order while names are looked up. */
  readonly #looking = new Map<string, Promise<Mention[]>>()
  readonly #open = new Map<string, Room>()

  /** `headOf`: the newest number of a room, for what is answered must be there. */
  constructor(
    append: Append,
    headOf: (room: string) => number,
    mentionsOf: MentionsOf = () => Promise.resolve([]),
  ) {
    this.#mentionsOf = mentionsOf
    this.#append = append
    this.#headOf = headOf
  }

  /** The room if anybody of this process is in it. */
  find(id: string): Room | undefined {
    return this.#open.get(id)
  }

  /** The room, made if need be. Register with it in the same turn, else it may be dropped as empty. */
  open(id: string): Room {
    const known = this.#open.get(id)
    if (known !== undefined) return known
    const room = new Room(id, (empty) => this.#drop(empty))
    this.#open.set(id, room)
    return room
  }

  /** Says something in a room: its text is checked here. Nobody is told before the log has it. */
  async say(user: Person, { room, cid, text, replyTo }: Said): Promise<Appended | Refusal> {
    const code = refuseText(text)
    if (code !== undefined) return { code }
    if (replyTo !== undefined && (replyTo < 1 || replyTo > this.#headOf(room))) return { code: 'bad_reply' }
    const body: DraftBody =
      replyTo === undefined ? { type: 'message', text } : { type: 'message', text, replyTo }
    const looking = this.#look(user, room, text)
    const mentions = looking === undefined ? [] : await looking
    if (mentions.length > 0) body.mentions = mentions
    return this.#append({ room, user, cid, body })
  }

  /** Undefined when there is nothing to wait for: no name, and nothing of theirs before it. */
  #look(user: Person, room: string, text: string): Promise<Mention[]> | undefined {
    const place = `${user.id} ${room}`
    const before = this.#looking.get(place)
    if (before === undefined && !text.includes('@')) return undefined
    const find = (): Promise<Mention[]> | Mention[] =>
      text.includes('@') ? this.#mentionsOf(user, room, text) : []
    const found = Promise.resolve(before)
      .then(find)
      .finally(() => this.#looking.get(place) === found && this.#looking.delete(place))
    this.#looking.set(place, found)
    return found
  }

  /**
   * Tells each room its entries, in order. Invariant: what is told at once is one turn of a room and one frame for each
   * of its listeners, so nothing is awaited here unless a room's channel is full.
   */
  async tell(entries: readonly Pick<Entry, 'room' | 'event'>[]): Promise<void> {
    for (const { room, event } of entries) {
      const full = this.find(room)?.send(event)
      if (full !== undefined) await full
    }
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
