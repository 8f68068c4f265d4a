// What an import reads, wherever it comes from: people, rooms, and what was said in each, oldest first.

/** What ends an import and is not our bug. Its message is for a person: one line. */
export class ImportError extends Error {
  override name = 'ImportError'
}

export interface SourcePerson {
  /** The source's own id of them; stands for them for ever. */
  ref: string
  name: string
  isBot?: boolean
}

export interface SourceRoom {
  ref: string
  name: string
  kind: 'public' | 'private'
  topic: string
  /** Milliseconds since 1970; undefined when the source does not say. */
  createdAt?: number
  creator?: string
  /** Refs of people. */
  members: string[]
  /** How much there is to read, in whatever the source counts; for the progress. */
  size: number
}

export interface SourceMessage {
  /** The source's own id within the room. */
  ref: string
  /** Milliseconds since 1970. */
  at: number
  author: string
  /** The name and face under which it was said, where that is not the author's own. */
  name?: string
  icon?: string
  isBot?: boolean
  text: string
  editedAt?: number
  deletedAt?: number
  /** The ref of what it answers, which was said before in the same room. */
  replyTo?: string
  /** The ref of the message whose thread it is in, which was said before; and whether the room shows it too. */
  thread?: string
  alsoInRoom?: boolean
  reactions: { emoji: string; people: string[] }[]
  /** Where it stands in the source, for the report: a file and a line or an index. */
  place: string
}

/** What could not be taken, where it stands and why. `expected`: Brook takes none of that kind; else it is a loss. */
export interface NotTaken {
  place: string
  why: string
  expected: boolean
}

export interface Page {
  messages: SourceMessage[]
  /** How much of the room's size has been read with this page. */
  read: number
}

export interface Source {
  /** Names the source for ever: what is imported from it is known again by this and its ref. */
  name: string
  /** A person that a message or a room names; one that the source says nothing of gets a name made of the ref. */
  person(ref: string): SourcePerson
  rooms(signal: AbortSignal): Promise<SourceRoom[]>
  pages(room: SourceRoom, signal: AbortSignal): AsyncIterable<Page>
  close(): void
}

/** Told of everything that is not taken. */
export type Refuse = (refused: NotTaken) => void
