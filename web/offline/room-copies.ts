// The rooms of the cache, each a stretch of its log. Invariant: every message between a stretch's two numbers is here, in its state
// at the upper number or later; whatever would leave a hole is refused, and the stretch stays as it was.
import type { EntryEvent } from '../../server/protocol/events.ts'
import type { ChangesAnswer, Message, PageAnswer } from '../../server/protocol/http.ts'
import { isRestoring, later, showsInRoom } from '../../server/protocol/timeline.ts'
import type { CachedRoom, Disk, Stretch, Writing } from './disk.ts'
import { continuing, partAt, type Place } from './stretch.ts'
import { cleared, empty, fold, put, rangeOf, sizeOf, trimmed, within } from './stretch-writes.ts'

export interface CachedPage extends PageAnswer {
  stretch: Stretch
}

export class RoomCopies {
  readonly #disk: Disk
  readonly #now: () => number

  constructor(disk: Disk, now: () => number = Date.now) {
    this.#disk = disk
    this.#now = now
  }

  /** All that something is known of. */
  list(): Promise<CachedRoom[]> {
    return this.#disk.read((reading) => reading.objectStore('rooms').getAll()).then((all) => all ?? [])
  }

  stretchOf(room: string): Promise<Stretch | undefined> {
    return this.#disk.read(async (reading) => (await reading.objectStore('rooms').get(room))?.stretch)
  }

  /** The page at `place`, as the server would answer it; undefined: it is not here. */
  page(room: string, place: Place): Promise<CachedPage | undefined> {
    return this.#disk.read(async (reading) => {
      const stretch = (await reading.objectStore('rooms').get(room))?.stretch
      if (stretch === undefined) return undefined
      const store = reading.objectStore('messages')
      const keys = await store.getAllKeys(rangeOf(room, stretch.from, stretch.upTo))
      const numbers = keys.map(([, seq]) => seq)
      const part = partAt(numbers, stretch, place)
      if (part === undefined) return undefined
      const all = await within(reading, room, numbers, part)
      const isNewest = place.before === undefined && place.after === undefined && place.around === undefined
      // A thread with many replies at the end of the room would leave little to see.
      const few = isNewest && all.filter(showsInRoom).length < (place.limit ?? 50) / 2 && part.from > 0
      const from = few ? 0 : part.from
      return {
        messages: few ? await within(reading, room, numbers, { from: 0, to: part.to }) : all,
        hasBefore: from > 0 || stretch.from > 1,
        hasAfter: part.to < numbers.length,
        upTo: stretch.upTo,
        stretch,
      }
    })
  }

  /** Everything that is here of the room, oldest first. */
  all(room: string): Promise<Message[] | undefined> {
    return this.#disk.read((reading) => reading.objectStore('messages').getAll(rangeOf(room)))
  }

  /** How many messages of the room are here. */
  count(room: string): Promise<number | undefined> {
    return this.#disk.read((reading) => reading.objectStore('messages').count(rangeOf(room)))
  }

  /** The room is on screen. */
  used(room: string): Promise<void> {
    return this.#change(room, (record) => Promise.resolve({ ...record, usedAt: this.#now() }))
  }

  /**
   * The newest page of the room. It begins the stretch anew, unless that reaches into the page or beyond: then what the page does
   * not say of older messages is missing, and the stretch goes on by its own means. `whole`: with what only threads show.
   */
  seed(room: string, { messages, hasBefore, upTo }: PageAnswer, whole: boolean): Promise<void> {
    const from = hasBefore ? (messages[0]?.seq ?? upTo + 1) : 1
    return this.#change(room, async (record, writing) => {
      const before = record.stretch
      const isFuller =
        whole && before !== undefined && before.repliesFrom > before.from && upTo >= before.upTo
      if (before !== undefined && from <= before.upTo + 1 && !isFuller) return record
      await writing.objectStore('messages').delete(rangeOf(room))
      const repliesFrom = whole || (!hasBefore && messages.length === 0) ? from : upTo + 1
      const bytes = await put(writing, room, messages)
      // Whoever asks for what the room shows has it on screen.
      const usedAt = whole ? record.usedAt : this.#now()
      return { ...record, usedAt, bytes, stretch: { from, upTo, repliesFrom, at: this.#now() } }
    })
  }

  /**
   * The page before the stretch, read when that was complete up to `atLeast`: a server that is behind may not know of changes that
   * the stretch has.
   */
  older(room: string, page: PageAnswer, atLeast: number): Promise<void> {
    return this.#change(room, async (record, writing) => {
      const { stretch } = record
      if (stretch === undefined || page.upTo < atLeast || stretch.upTo > page.upTo) return record
      const older = page.messages.filter(({ seq }) => seq < stretch.from)
      const from = page.hasBefore ? (older[0]?.seq ?? stretch.from) : 1
      const isFull = stretch.repliesFrom === stretch.from
      const bytes = record.bytes + (await put(writing, room, older))
      return {
        ...record,
        bytes,
        stretch: { ...stretch, from, repliesFrom: isFull ? from : stretch.repliesFrom },
      }
    })
  }

  /**
   * Entries of the room in any order: those that continue the stretch are in it then. Returns how far it reaches now; `none`: there
   * is none; `void`: it cannot go on with them, and is gone.
   */
  async apply(room: string, entries: readonly EntryEvent[]): Promise<number | 'none' | 'void'> {
    let reached: number | 'none' | 'void' = 'none'
    await this.#change(room, async (record, writing) => {
      const { stretch } = record
      if (stretch === undefined) return record
      const next = continuing(entries, stretch.upTo)
      const upTo = stretch.upTo + next.length
      reached = upTo
      if (next.length === 0) return record
      // What was deleted comes back: nothing of it is here.
      if (next.some(isRestoring)) {
        reached = 'void'
        return cleared(writing, record)
      }
      const grown = await fold(writing, record, stretch, next)
      const moved = { ...stretch, upTo, at: this.#now() }
      return trimmed(writing, { ...record, bytes: record.bytes + grown, stretch: moved })
    })
    return reached
  }

  /**
   * What was created or changed after number `after`, all of it up to `answer.head` or, if there is more, a part. False: the stretch
   * cannot go on with it, and is gone.
   */
  async mend(room: string, after: number, answer: ChangesAnswer): Promise<boolean> {
    let isMended = true
    await this.#change(room, async (record, writing) => {
      const { stretch } = record
      if (stretch === undefined) return record
      if (answer.anew === true) {
        isMended = false
        return cleared(writing, record)
      }
      // Another tab was faster, or the room began anew.
      if (stretch.upTo < after || answer.head <= stretch.upTo) return record
      const store = writing.objectStore('messages')
      let { bytes } = record
      for (const message of answer.messages) {
        if (message.seq < stretch.from) continue
        const before = await store.get([room, message.seq])
        const now = later(before, message)
        bytes += sizeOf(now) - (before === undefined ? 0 : sizeOf(before))
        await store.put(now, [room, message.seq])
      }
      const moved = { ...stretch, upTo: answer.head, at: this.#now() }
      return trimmed(writing, { ...record, bytes, stretch: moved })
    })
    return isMended
  }

  /** Nothing of the room may stay. */
  drop(room: string): Promise<unknown> {
    return this.#disk.write(async (writing) => {
      await writing.objectStore('messages').delete(rangeOf(room))
      await writing.objectStore('rooms').delete(room)
    })
  }

  /** Numbers mean something else now (another epoch), or may: which rooms are used stays known. */
  async clear(room?: string): Promise<void> {
    await this.#disk.write(async (writing) => {
      const store = writing.objectStore('rooms')
      for (const record of await store.getAll())
        if (room === undefined || record.room === room)
          await store.put(await cleared(writing, record), record.room)
    })
  }

  /** Rooms beyond `maxRooms`, and those that take more than `maxBytes` together, lose what is here, least recently used first. */
  async evict(maxBytes: number, maxRooms: number): Promise<void> {
    await this.#disk.write(async (writing) => {
      const store = writing.objectStore('rooms')
      const held = (await store.getAll()).filter(({ stretch }) => stretch !== undefined)
      let left = maxBytes
      for (const [index, record] of held.toSorted((a, b) => b.usedAt - a.usedAt).entries()) {
        left -= record.bytes
        if (left < 0 || index >= maxRooms) await store.put(await cleared(writing, record), record.room)
      }
    })
  }

  async #change(
    room: string,
    act: (record: CachedRoom, writing: Writing) => Promise<CachedRoom>,
  ): Promise<void> {
    await this.#disk.write(async (writing) => {
      const store = writing.objectStore('rooms')
      const before = (await store.get(room)) ?? empty(room)
      const after = await act(before, writing)
      if (after !== before) await store.put(after, room)
    })
  }
}
