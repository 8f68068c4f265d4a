// Exports of rooms as JSON lines as a source of an import: one room, or several one after the other. The file is read once for its
// rooms and people, and once for the messages of each room.
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Header } from '../../export/form.ts'
import type { Message } from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import { Poll, Vote } from '../../protocol/polls.ts'
import { Id, Nullable, Seq, Time } from '../../protocol/schema.ts'
import { peopleIn, readMessage } from '../brook/message.ts'
import { ImportError, type Page, type Refuse, type Source } from '../source.ts'
import type { SourceMessage, SourcePerson, SourceRoom } from '../source.ts'
import { openExport, type ExportFile } from './export-file.ts'
import { linesOf } from './lines.ts'

const Somebody = Type.Object({ id: Id, name: Type.String() })
const RoomHeader = Compile(
  Type.Object({
    kind: Type.Literal('room'),
    format: Type.Integer(),
    installation: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
    id: Id,
    name: Type.String(),
    topic: Type.String(),
    roomKind: Type.Union([Type.Literal('public'), Type.Literal('private'), Type.Literal('direct')]),
    people: Type.Optional(Type.Array(Somebody)),
  }),
)
/** What is read of a message; it may have more. */
const MessageLine = Compile(
  Type.Object({
    seq: Seq,
    at: Time,
    user: Type.Object({
      ...Somebody.properties,
      bot: Type.Optional(Type.Boolean()),
      icon: Type.Optional(Type.String()),
    }),
    kind: Type.Union([Type.Literal('message'), Type.Literal('poll'), Type.Literal('notice')]),
    notice: Type.Optional(Type.Object({ kind: Type.String() })),
    deletedAt: Type.Optional(Nullable(Time)),
    reactions: Type.Optional(Type.Array(Type.Object({ emoji: Type.String(), users: Type.Array(Somebody) }))),
    pinnedBy: Type.Optional(Somebody),
    poll: Type.Optional(Poll),
    votes: Type.Optional(Type.Array(Vote)),
    closedAt: Type.Optional(Time),
  }),
)

interface Known extends SourceRoom {
  people: Set<string>
}

export class ExportedRooms implements Source {
  readonly name: string
  readonly #file: ExportFile
  readonly #refuse: Refuse
  readonly #rooms: ReadonlyMap<string, Known>
  readonly #people: ReadonlyMap<string, SourcePerson>

  private constructor(file: ExportFile, refuse: Refuse, found: Found) {
    this.name = `brook:${found.installation}`
    this.#file = file
    this.#refuse = refuse
    this.#rooms = found.rooms
    this.#people = found.people
  }

  /** @throws ImportError if it is not such an export, or one of a later format */
  static async open(path: string, refuse: Refuse): Promise<ExportedRooms> {
    const file = await openExport(path)
    try {
      return new ExportedRooms(file, refuse, await survey(file, refuse))
    } catch (error) {
      file.close()
      throw error
    }
  }

  person(ref: string): SourcePerson {
    return this.#people.get(ref) ?? { ref, name: `person ${ref}` }
  }

  async rooms(): Promise<SourceRoom[]> {
    return [...this.#rooms.values()].map(({ people, ...room }) => ({ ...room, members: [...people] }))
  }

  async *pages(room: SourceRoom, signal: AbortSignal): AsyncGenerator<Page> {
    let messages: SourceMessage[] = []
    let current = ''
    let last = 0
    for await (const { raw, number, read } of linesOf(this.#file)) {
      signal.throwIfAborted()
      if (RoomHeader.Check(raw)) current = raw.id
      // Of parts that overlap, the first counts.
      else if (current === room.ref && isMessage(raw) && raw.seq > last) {
        last = raw.seq
        const { bytesOf } = this.#file
        const message = readMessage(raw, { place: `line ${number}`, refuse: this.#refuse, bytesOf })
        if (message !== undefined) messages.push(message)
      }
      if (messages.length < limits.imports.page) continue
      yield { messages, read: Math.min(read, room.size) }
      messages = []
    }
    yield { messages, read: room.size }
  }

  close(): void {
    this.#file.close()
  }
}

const isMessage = (raw: unknown): raw is Message =>
  MessageLine.Check(raw) && (raw.kind === 'notice') === (raw.notice !== undefined)

interface Found {
  installation: string
  rooms: Map<string, Known>
  people: Map<string, SourcePerson>
}

/** Who and what is in the file. What is neither a message, a header nor an end is reported here. */
async function survey(lines: ExportFile, refuse: Refuse): Promise<Found> {
  const file = lines.name
  const rooms = new Map<string, Known>()
  const people = new Map<string, SourcePerson>()
  let installation = ''
  let room: Known | undefined
  let begun = 0
  let isComplete = true
  const end = (): void => {
    if (!isComplete) refuse({ place: file, why: 'the export ends before it is complete', expected: false })
  }
  for await (const { raw, number, read } of linesOf(lines)) {
    const header = headerIn(raw, file)
    if (header !== undefined) {
      end()
      if (installation !== '' && header.installation !== installation)
        throw new ImportError(`${file} has rooms of two Brooks: import them one by one`)
      ;({ installation } = header)
      for (const { id, name } of header.people ?? []) people.set(id, { ref: id, name })
      room = roomOf(header, rooms.get(header.id))
      rooms.set(room.ref, room)
      isComplete = false
    } else if (room === undefined)
      throw new ImportError(`${file} is not an export as JSON lines: its first line does not name a room`)
    else if (isMessage(raw)) {
      for (const { id, name, bot } of peopleIn(raw)) {
        people.set(id, { ref: id, name, ...(bot === true ? { isBot: true } : {}) })
        if (bot !== true && room.kind !== 'direct') room.people.add(id)
      }
    } else if (isEnd(raw)) isComplete = raw.complete
    else refuse({ place: `line ${number}`, why: 'it is not a message', expected: false })
    if (room !== undefined) room.size += read - begun
    begun = read
  }
  if (room === undefined) throw new ImportError(`${file} is empty`)
  end()
  return { installation, rooms, people }
}

function headerIn(raw: unknown, file: string): Header | undefined {
  if (!RoomHeader.Check(raw)) return undefined
  if (raw.format > 1) throw new ImportError(`${file} was written by a later version of Brook`)
  if (raw.roomKind === 'direct' && (raw.people ?? []).length === 0)
    throw new ImportError(`${file} does not say who is in the direct room ${raw.id}: export it again`)
  return raw as Header
}

const isEnd = (raw: unknown): raw is { kind: 'end'; complete: boolean } =>
  typeof raw === 'object' && raw !== null && 'kind' in raw && raw.kind === 'end' && 'complete' in raw

/** A room that continues keeps its people; its name and topic are the last ones. */
const roomOf = ({ id, name, topic, roomKind, people = [] }: Header, before: Known | undefined): Known => ({
  ref: id,
  name,
  kind: roomKind,
  topic,
  members: [],
  size: before?.size ?? 0,
  people: before?.people ?? new Set(people.map((person) => person.id)),
})
