// The rooms that have listeners in this process, made when the first comes and dropped when the last has gone; and the
// way in: what somebody says becomes a draft here, and the log numbers it.
import type { Append, Appended, DraftBody, Entry } from '../log/entry.ts'
import type { Mention, SpokenMessage } from '../protocol/http.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Person } from '../protocol/people.ts'
import { refuseText } from '../protocol/text.ts'
import type { MentionsOf } from './mentions.ts'
import { Room } from './room.ts'
import { rootOf, type Threads } from './threads.ts'
import { Turns } from './turns.ts'

/** What was said, understood and not yet allowed. */
export interface Said {
  room: string
  cid: string
  text: string
  replyTo?: number
  /** Said in the thread of this message, and in the room as well. */
  thread?: number
  alsoInRoom?: boolean
}

/** What is looked up before something is said. `answer`: it is not to be said. */
interface Found {
  mentions: Mention[]
  root?: SpokenMessage
  answer?: Appended | Refusal
}

export class Rooms {
  readonly #append: Append
  readonly #headOf: (room: string) => number
  readonly #mentionsOf: MentionsOf
  readonly #threads: Threads | undefined
  /** What each person is waiting for in a room: their words stay in their order while names and threads are looked up. */
  readonly #looking = new Map<string, Promise<Found>>()
  readonly #open = new Map<string, Room>()
  readonly #turns = new Turns()

  /** `headOf`: the newest number of a room, for what is answered must be there. */
  constructor(
    append: Append,
    headOf: (room: string) => number,
    mentionsOf: MentionsOf = () => Promise.resolve([]),
    threads?: Threads,
  ) {
    this.#threads = threads
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
    const room = new Room(id, this.#turns, (empty) => this.#drop(empty))
    this.#open.set(id, room)
    return room
  }

  /** Says something in a room: its text is checked here. Nobody is told before the log has it. */
  async say(user: Person, said: Said): Promise<Appended | Refusal> {
    const { room, cid, text, replyTo, thread, alsoInRoom } = said
    const code = refuseText(text)
    if (code !== undefined) return { code }
    if (replyTo !== undefined && (replyTo < 1 || replyTo > this.#headOf(room))) return { code: 'bad_reply' }
    const body: DraftBody = {
      ...{ type: 'message', text },
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(thread === undefined ? {} : { thread }),
      ...(thread !== undefined && alsoInRoom === true ? { alsoInRoom } : {}),
    }
    const looking = this.#look(user, said)
    const { mentions, root, answer } = looking === undefined ? { mentions: [] } : await looking
    if (answer !== undefined) return answer
    if (mentions.length > 0) body.mentions = mentions
    const appended = await this.#append({ room, user, cid, body })
    if (root !== undefined && 'seq' in appended)
      this.#threads?.replied({ place: { room, thread: root.seq }, seq: appended.seq, root, user, mentions })
    return appended
  }

  /** Undefined when there is nothing to wait for: no name, no thread, and nothing of theirs before it. */
  #look(user: Person, said: Said): Promise<Found> | undefined {
    const place = `${user.id} ${said.room}`
    const before = this.#looking.get(place)
    if (before === undefined && !said.text.includes('@') && said.thread === undefined) return undefined
    const over = (): void => undefined
    const found = Promise.resolve(before)
      .then(over, over)
      .then(() => this.#find(user, said))
      .finally(() => this.#looking.get(place) === found && this.#looking.delete(place))
    this.#looking.set(place, found)
    return found
  }

  async #find(user: Person, { room, cid, text, thread }: Said): Promise<Found> {
    const named = text.includes('@') ? await this.#mentionsOf(user, room, text) : []
    if (thread === undefined) return { mentions: named }
    if (this.#threads === undefined) return { mentions: [], answer: { code: 'bad_thread' } }
    return { mentions: named, ...(await rootOf(this.#threads, user, { room, cid, thread })) }
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
