// Another Brook as a source of an import: the rooms that the token's owner may read, page by page.
import type { MembersAnswer, Message, PageAnswer, RoomsAnswer } from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import { ImportError, type Page, type Refuse, type Source } from '../source.ts'
import type { CustomEmojiListAnswer } from '../../protocol/custom-emoji.ts'
import type { SourceEmoji, SourceMessage, SourcePerson, SourceRoom } from '../source.ts'
import { peopleIn, readMessage, type BytesOf } from './message.ts'
import type { Remote } from './remote.ts'

export class OtherBrook implements Source {
  readonly name: string
  readonly #remote: Remote
  readonly #refuse: Refuse
  readonly #hasFiles: boolean
  readonly #people = new Map<string, SourcePerson>()

  /** `origin`: its address, which always identifies it. `files`: with their bytes. */
  constructor(origin: string, remote: Remote, refuse: Refuse, { files = true } = {}) {
    this.#hasFiles = files
    this.name = `brook:${origin}`
    this.#remote = remote
    this.#refuse = refuse
  }

  person(ref: string): SourcePerson {
    return this.#people.get(ref) ?? { ref, name: `person ${ref}` }
  }

  /** An older Brook has none. */
  async *emoji(signal: AbortSignal): AsyncGenerator<SourceEmoji> {
    const answer = await this.#remote.find('/api/emoji', signal)
    const { emoji } = (answer ?? {}) as Partial<CustomEmojiListAnswer>
    for (const { id, name, aliases, v } of Array.isArray(emoji) ? emoji : []) {
      const path = `/api/emoji/${encodeURIComponent(id)}/image?v=${encodeURIComponent(v)}`
      const image = await this.#remote.bytes(path, signal)
      yield { name, aliases, image, place: `the emoji :${name}:` }
    }
  }

  async rooms(signal: AbortSignal): Promise<SourceRoom[]> {
    const { rooms } = shaped<RoomsAnswer>(await this.#remote.get('/api/rooms', signal), 'rooms')
    const found: SourceRoom[] = []
    for (const { id, name, kind, topic, head } of rooms) {
      const { members } = shaped<MembersAnswer>(
        await this.#remote.get(`/api/rooms/${encodeURIComponent(id)}/members`, signal),
        'members',
      )
      for (const member of members) this.#meet(member)
      const creator = members.find(({ role }) => role === 'owner')?.id
      found.push({
        ref: id,
        name,
        kind,
        topic,
        size: head,
        members: members.map((member) => member.id),
        ...(creator === undefined ? {} : { creator }),
      })
    }
    return found
  }

  async *pages(room: SourceRoom, signal: AbortSignal): AsyncGenerator<Page> {
    for (let after = 0; ;) {
      const path = `/api/rooms/${encodeURIComponent(room.ref)}/messages?after=${after}&limit=${limits.imports.page}`
      const page = shaped<PageAnswer>(await this.#remote.get(path, signal), 'messages')
      const last = page.messages.at(-1)
      const messages = page.messages.flatMap((message) => this.#read(room, message) ?? [])
      yield { messages, read: last?.seq ?? room.size }
      if (last === undefined || !page.hasAfter) return
      if (last.seq <= after) throw new ImportError(`the pages of ${room.name} do not continue after ${after}`)
      after = last.seq
    }
  }

  close(): void {
    this.#people.clear()
  }

  #read(room: SourceRoom, message: Message): SourceMessage | undefined {
    for (const person of peopleIn(message)) this.#meet(person)
    const bytesOf: BytesOf = ({ id }) =>
      this.#hasFiles
        ? (signal) => this.#remote.stream(`/api/files/${encodeURIComponent(id)}/content`, signal)
        : undefined
    return readMessage(message, {
      place: `${room.name}, number ${message.seq}`,
      refuse: this.#refuse,
      bytesOf,
    })
  }

  #meet({ id, name, bot }: { id: string; name: string; bot?: boolean }): void {
    if (!this.#people.has(id))
      this.#people.set(id, { ref: id, name, ...(bot === true ? { isBot: true } : {}) })
  }
}

/** An answer that has the list it must have; its other fields are promised by the other Brook's API. */
function shaped<Answer>(raw: unknown, list: keyof Answer & string): Answer {
  if (typeof raw === 'object' && raw !== null && Array.isArray((raw as Record<string, unknown>)[list]))
    return raw as Answer
  throw new ImportError(`not a Brook server: its answer has no ${list}`)
}
