// People, rooms and words of a Brook that loses its stores, and what must hold of them whatever was restored: no id is given
// twice, nobody is in another's session, and what is lost is named.
import { newCid } from '../../server/protocol/cid.ts'
import type { PageAnswer } from '../../server/protocol/http.ts'
import { Person, type Address } from '../support/person.ts'
import { arrivesAtLast, insists } from './insists.ts'

/** What a restore may lose: what a notice of the room names, or what Redis alone had. */
export type MayLose = 'nothing' | 'what is named' | 'what was not archived'

interface Told {
  texts: Map<number, string>
  /** What the room is told to have lost. */
  holes: { from: number; to: number }[]
}

interface Word {
  room: string
  seq: number
  text: string
}

export class Town {
  readonly #addresses: () => readonly Address[]
  readonly #report: (words: string) => void
  /** By id, with the name under which it was given. */
  readonly #people = new Map<string, Person>()
  readonly #rooms = new Map<string, { name: string; owner: Person }>()
  #words: Word[] = []
  #number = 0
  #speaker: Person | undefined
  /** The room in which most is said. */
  #square = ''

  constructor(addresses: () => readonly Address[], report: (words: string) => void) {
    this.#addresses = addresses
    this.#report = report
  }

  get counts(): { people: number; rooms: number; words: number } {
    return { people: this.#people.size, rooms: this.#rooms.size, words: this.#words.length }
  }

  /** Somebody new makes a room of their own and says something there; others speak in the square. */
  async lives(words: number): Promise<void> {
    const person = await this.#arrives()
    const room = await this.#makes(person)
    if (this.#speaker === undefined) {
      this.#speaker = person
      this.#square = room
    }
    await this.says(person, room)
    for (let i = 0; i < words; i += 1) await this.says(this.#speaker, this.#square)
  }

  async says(person = this.#speaker, room = this.#square): Promise<void> {
    if (person === undefined) throw new Error('nobody is here')
    const text = `word ${(this.#number += 1)}`
    const cid = newCid()
    const seq = await insists(async () => {
      const { status, body } = await person.ask<{ seq: number }>('POST', `/api/rooms/${room}/messages`, {
        cid,
        text,
      })
      if (status >= 500 || status === 429) return false
      if (status === 201) return body.seq
      this.#report(`${person.user.name} could not speak in room ${room}: ${status} ${JSON.stringify(body)}`)
      return 0
    })
    if (seq !== false && seq > 0) this.#words.push({ room, seq, text })
  }

  /** Nobody is welcomed as somebody else; who is not known any more leaves the town, and their id stays theirs. */
  async checkSessions(): Promise<void> {
    for (const [id, person] of this.#people)
      for (const address of this.#addresses()) {
        person.address = address
        const { status, body } = await insists(() => this.#answered(person, '/api/session'))
        const { user } = body as { user?: { id: string; name: string } }
        if (status === 200 && (user?.id !== id || user.name !== person.user.name))
          this.#report(`${person.user.name} (${id}) is in the session of ${JSON.stringify(user)}`)
      }
  }

  /**
   * Every word is where it was, once, or may be lost; the number of those that are, which are forgotten here. `archived`: so many of
   * the words were in MySQL before.
   */
  async checkWords(mayLose: MayLose, archived: number): Promise<number> {
    const lost = new Set<Word>()
    for (const [room, { owner }] of this.#rooms) {
      const told = await insists(() => this.#everything(owner, room))
      const texts = [...(told?.texts.values() ?? [])]
      if (new Set(texts).size !== texts.length) this.#report(`room ${room} shows a word twice`)
      for (const [index, word] of this.#words.entries()) {
        const { seq, text } = word
        if (word.room !== room || told?.texts.get(seq) === text) continue
        lost.add(word)
        // Whoever came after the backup is lost as a whole, with their room.
        const isNamed = told === undefined || told.holes.some(({ from, to }) => seq >= from && seq <= to)
        const may = { nothing: false, 'what is named': isNamed, 'what was not archived': index >= archived }
        if (!may[mayLose])
          this.#report(`${room}/${seq} "${text}" is lost; ${told?.texts.get(seq) ?? 'nothing'} is there`)
      }
    }
    this.#words = this.#words.filter((word) => !lost.has(word))
    return lost.size
  }

  /** What a room shows; undefined where its owner has lost it, or is not known any more. */
  async #everything(owner: Person, room: string): Promise<Told | undefined> {
    const told: Told = { texts: new Map(), holes: [] }
    for (let before = ''; ;) {
      const { status, body } = await owner.ask<PageAnswer>(
        'GET',
        `/api/rooms/${room}/messages?limit=100${before}`,
      )
      if (status >= 500) throw new Error(`no page: ${status}`)
      if (status >= 400) return undefined
      for (const message of body.messages) {
        if (message.kind === 'message') told.texts.set(message.seq, message.text)
        else if (message.kind === 'notice' && message.notice.kind === 'lost') told.holes.push(message.notice)
      }
      const [first] = body.messages
      if (!body.hasBefore || first === undefined) return told
      before = `&before=${first.seq}`
    }
  }

  async #arrives(): Promise<Person> {
    const name = `Person ${(this.#number += 1)}`
    const person = await arrivesAtLast(name, (tried) => Person.arrive(this.#addresses()[0] ?? '', tried))
    const other = this.#people.get(person.user.id)
    if (other !== undefined) this.#report(`${name} got the id ${person.user.id} of ${other.user.name}`)
    this.#people.set(person.user.id, person)
    return person
  }

  async #makes(person: Person): Promise<string> {
    const name = `room ${(this.#number += 1)}`
    const { id } = await insists(() => person.makes(name, 'private'))
    const other = this.#rooms.get(id)
    if (other !== undefined) this.#report(`${name} got the id ${id} of ${other.name}`)
    this.#rooms.set(id, { name, owner: person })
    return id
  }

  async #answered(person: Person, path: string): Promise<{ status: number; body: unknown }> {
    const answer = await person.ask<unknown>('GET', path)
    if (answer.status >= 500) throw new Error(`${path}: ${answer.status}`)
    return answer
  }
}
