// What an import reads, wherever it comes from: people, rooms, and the messages of each room, oldest first.
import type { Readable } from 'node:stream'
import type { UploadFacts } from '../protocol/files.ts'
import type { MessageBody } from '../protocol/message.ts'
import type { Poll, Vote } from '../protocol/polls.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'

/** Ends an import and is not our bug. Its message is shown to a person: one line. */
export class ImportError extends Error {
  override name = 'ImportError'
}

export interface SourcePerson {
  /** The source's own id, which always identifies this person. */
  ref: string
  name: string
  isBot?: boolean
}

export interface SourceRoom {
  ref: string
  name: string
  kind: RoomKind
  topic: string
  /** Milliseconds since 1970; undefined if the source does not say. */
  createdAt?: number
  creator?: string
  /** Refs of people. */
  members: string[]
  /** How much there is to read, in any unit of the source; for the progress. */
  size: number
}

export interface SourceMessage extends Omit<MessageBody, 'replyTo' | 'thread' | 'mentions' | 'files'> {
  /** The source's own id within the room. */
  ref: string
  /** Milliseconds since 1970. */
  at: number
  author: string
  /** The name and face of this message, if they differ from the author's own. */
  name?: string
  icon?: string
  isBot?: boolean
  deletedAt?: number
  /** The ref of the message that it answers, which came earlier in the same room. */
  replyTo?: string
  /** The ref of the root of its thread, which came earlier. */
  thread?: string
  reactions: { emoji: string; people: string[] }[]
  /** Who has pinned it to its room. */
  pinnedBy?: string
  /** It is a poll; `text` is the question and each answer on a line of its own. */
  poll?: SourcePoll
  /** Its files; a message that has some may have no text. */
  files?: SourceFile[]
  /** Where it is in the source, for the report: a file and a line or an index. */
  place: string
}

/** An emoji of the source's own. */
export interface SourceEmoji {
  name: string
  aliases?: string[]
  /** As somebody has uploaded it. Undefined: it could not be had. */
  image: Buffer | undefined
  /** See SourceMessage. */
  place: string
}

export interface SourceFile {
  /** The source's own id within the message. */
  ref: string
  name: string
  /** What the text ends with where its bytes are not here. */
  instead: string
  /** What the source knows of a sound or a film, and of what a picture shows. */
  told?: Omit<UploadFacts, 'cid'>
  alt?: string
  /** Its bytes, or why there are none; undefined: this import brings none. */
  bytes?: (signal: AbortSignal) => Promise<Readable | string>
}

export interface SourcePoll extends Poll {
  /** `voter`: the ref of a person or, if it is anonymous, a name that stands for somebody. */
  votes: Vote[]
  isClosed: boolean
}

/**
 * Something that could not be imported, where it is, and why. `expected`: Brook never imports that kind; otherwise it
 * is a loss.
 */
export interface NotTaken {
  place: string
  why: string
  expected: boolean
}

export interface Page {
  messages: SourceMessage[]
  /** How much of the room's size is read once this page is. */
  read: number
}

export interface Source {
  /** Always identifies the source: what is imported from it is recognised by this and its ref. */
  name: string
  /**
   * A person that a message or a room names; one that the source says nothing about gets a name made from the ref.
   */
  person(ref: string): SourcePerson
  /** Its own emoji; missing: it has none, or does not tell. */
  emoji?(signal: AbortSignal): AsyncIterable<SourceEmoji>
  /** Before its rooms are read: the key here of one of its emoji; undefined: it is not here. */
  learnEmoji?(keyOf: (name: string) => string | undefined): void
  rooms(signal: AbortSignal): Promise<SourceRoom[]>
  pages(room: SourceRoom, signal: AbortSignal): AsyncIterable<Page>
  close(): void
}

/** Called for everything that is not imported. */
export type Refuse = (refused: NotTaken) => void
