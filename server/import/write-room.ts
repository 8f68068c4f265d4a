// Writes the pages of one room into the log: new items as messages, and differences in known ones as changes. Trap:
// no other import of the same source may run between the query to MySQL and the append; the lock in run.ts prevents
// that.
import type { Db } from '../db.ts'
import type { Share } from '../channel/share.ts'
import { bulkEntries, type BulkDraft, type BulkLog } from '../log/bulk.ts'
import type { Appended, DraftBody } from '../log/entry.ts'
import type { Bringing } from '../files/bringing.ts'
import { newCid } from '../protocol/cid.ts'
import type { FileRef } from '../protocol/files.ts'
import { limits } from '../protocol/limits.ts'
import type { MessageBody } from '../protocol/message.ts'
import type { Person } from '../protocol/people.ts'
import { Changes, peopleOn, type ChangeCounts } from './changes.ts'
import { importedCid } from './cid.ts'
import { ImportedFiles, type FileCounts } from './files.ts'
import { findKnown, type KnownMessage } from './known.ts'
import { tamePersonName } from './names.ts'
import type { Account, People } from './people.ts'
import type { SettledRoom } from './rooms.ts'
import { splitText } from './split-text.ts'
import type { Page, Refuse, SourceMessage } from './source.ts'

export interface Counts extends ChangeCounts, FileCounts {
  read: number
  messages: number
  edits: number
  deletions: number
  known: number
}

/** Where the drafts go; without a log nothing is written (a dry run). */
export interface RoomWriterDeps {
  db: Db
  log: BulkLog | undefined
  share: Share | undefined
  source: string
  room: SettledRoom
  ref: string
  people: People
  /** Undefined: files are not brought. */
  bringing: Bringing | undefined
  counts: Counts
  refuse: Refuse
  /** How many pins the room has. */
  pins: number
}

/** In place of the number of a message that is deleted at the source: a reply to it has no target here either. */
const gone = 0

/** A message or a part of a long one, with its author here and what MySQL has of it. */
interface Said {
  message: SourceMessage
  user: Person
  cid: string
  known: KnownMessage | undefined
}

export class RoomWriter {
  readonly #options: RoomWriterDeps
  /** Numbers of messages in this room that have replies, by ref; the oldest is dropped. */
  readonly #threads = new Map<string, number>()
  readonly #changes: Changes
  readonly #files: ImportedFiles

  constructor(options: RoomWriterDeps) {
    this.#options = options
    const { counts, refuse, pins } = options
    this.#changes = new Changes({ room: options.room.id, counts, refuse, pins })
    this.#files = new ImportedFiles({ ...options, room: options.room.id })
  }

  async write({ messages }: Page, signal: AbortSignal): Promise<void> {
    const said = await this.#lookUp(messages)
    const changes: BulkDraft[] = []
    const fresh: Said[] = []
    for (const one of said) {
      if (one.known === undefined) fresh.push(one)
      else {
        this.#remember(one.message.ref, one.known.seq)
        changes.push(...(await this.#changesOf(one, one.known)))
      }
    }
    for (let from = 0; from < fresh.length; from += bulkEntries)
      changes.push(...(await this.#say(fresh.slice(from, from + bulkEntries), signal)))
    for (let from = 0; from < changes.length; from += bulkEntries)
      await this.#append(changes.slice(from, from + bulkEntries), signal)
  }

  /** Its author, its parts, and whether it is here already. */
  async #lookUp(messages: readonly SourceMessage[]): Promise<Said[]> {
    const { people, source, ref, room, db, counts } = this.#options
    const accounts = await people.settle(peopleOn(messages))
    const said = messages.flatMap(asParts).map((message) => {
      const user = personOf(message, accounts)
      return {
        message,
        user,
        cid: importedCid(source, ref, message.ref, message.at),
        known: undefined as KnownMessage | undefined,
      }
    })
    counts.read += messages.length
    if (room.isNew) return said
    const known = await findKnown(
      db,
      source,
      room.id,
      said.map(({ user, cid }) => ({ userId: user.id, cid })),
    )
    return said.map((one) => ({ ...one, known: known.get(one.cid.replaceAll('-', '')) }))
  }

  /** Appends the new messages, and returns what is on them: only now does each target have a number. */
  async #say(fresh: readonly Said[], signal: AbortSignal): Promise<BulkDraft[]> {
    const { counts, refuse, people } = this.#options
    const taken = fresh.filter(({ message }) => {
      if (message.deletedAt === undefined) return true
      this.#remember(message.ref, gone)
      refuse({ place: message.place, why: 'it was deleted there', expected: true })
      return false
    })
    const places = new Map(taken.map(({ message }, place) => [message.ref, place]))
    const drafts: BulkDraft[] = []
    for (const [place, one] of taken.entries()) {
      const draft = this.#draftOf(one, place, places)
      if (one.message.files !== undefined)
        Object.assign(draft.body, held(await this.#files.take(one, signal)))
      drafts.push(draft)
    }
    const appended = await this.#append(drafts, signal)
    counts.messages += taken.length
    const accounts = await people.settle([])
    return taken.flatMap(({ message }, place) => {
      const seq = appended[place]?.seq ?? 0
      this.#remember(message.ref, seq)
      return this.#changes.of(message, seq, accounts)
    })
  }

  #draftOf({ message, user, cid }: Said, place: number, places: ReadonlyMap<string, number>): BulkDraft {
    const body = bodyOf(message)
    const answers: NonNullable<BulkDraft['answers']> = {}
    for (const what of ['replyTo', 'thread'] as const) {
      const ref = message[what]
      const number = ref === undefined ? gone : this.#threads.get(ref)
      const earlier = ref === undefined ? undefined : places.get(ref)
      if (number === gone) continue
      if (number !== undefined) body[what] = number
      else if (earlier !== undefined && earlier < place) answers[what] = earlier
      else
        this.#options.refuse({
          place: message.place,
          why: 'the message it replies to is not here; imported without the reply link',
          expected: false,
        })
    }
    const draft: BulkDraft = { room: this.#options.room.id, user, cid, body }
    return Object.keys(answers).length === 0 ? draft : { ...draft, answers }
  }

  async #changesOf(said: Said, known: KnownMessage): Promise<BulkDraft[]> {
    const { message, user } = said
    const { room, counts, people } = this.#options
    // A message that was deleted here stays deleted.
    if (known.isDeleted) return []
    const draft = (body: DraftBody): BulkDraft => ({ room: room.id, user, cid: newCid(), body })
    if (message.deletedAt !== undefined) {
      counts.deletions += 1
      return [draft({ type: 'deleted', target: known.seq })]
    }
    counts.known += 1
    const changes = this.#changes.of(message, known.seq, await people.settle([]), known)
    // An edit that was made here later than the last one at the source stays.
    const isNewer = known.editedAt === undefined || (message.editedAt ?? 0) > known.editedAt
    const text = await this.#files.textOf(said)
    if (text === known.text || !isNewer || message.poll !== undefined) return changes
    counts.edits += 1
    return [draft({ type: 'edited', target: known.seq, text }), ...changes]
  }

  async #append(drafts: readonly BulkDraft[], signal: AbortSignal): Promise<Appended[]> {
    const { log, share } = this.#options
    if (log === undefined || drafts.length === 0) return []
    await share?.take(drafts.length, signal)
    return log.append(drafts, signal)
  }

  #remember(ref: string, seq: number): void {
    this.#threads.set(ref, seq)
    if (this.#threads.size <= limits.imports.threads) return
    const [oldest] = this.#threads.keys()
    if (oldest !== undefined) this.#threads.delete(oldest)
  }
}

/** In the body of a message. */
const held = ({ text, files }: { text: string; files: FileRef[] }): Partial<MessageBody> =>
  files.length === 0 ? { text } : { text, files }

type SpokenBody = Extract<DraftBody, { type: 'message' | 'poll' }>

/** The body, without the refs of its targets and the other data of the source. */
function bodyOf(message: SourceMessage): SpokenBody {
  const { ref: _r, author: _a, name: _n, icon: _i, isBot: _b, place: _p, ...rest } = message
  const {
    replyTo: _to,
    thread: _in,
    deletedAt: _at,
    reactions: _on,
    pinnedBy: _by,
    files: _f,
    poll,
    ...body
  } = rest
  if (poll === undefined) return { type: 'message', ...body }
  const { votes: _votes, isClosed, endsAt, ...asked } = poll
  // Votes after the end would not count, and all of these come after it.
  return { type: 'poll', ...body, poll: isClosed || endsAt === undefined ? asked : { ...asked, endsAt } }
}

function personOf(message: SourceMessage, accounts: ReadonlyMap<string, Account>): Person {
  const account = accounts.get(message.author) ?? { id: '0', name: message.author }
  if (message.name === undefined && message.icon === undefined && message.isBot !== true)
    return { id: account.id, name: account.name }
  const name = message.name === undefined ? account.name : tamePersonName(message.name, account.name)
  return {
    id: account.id,
    name,
    bot: true,
    ...(message.icon === undefined ? {} : { icon: message.icon }),
  }
}

/**
 * A text above the limit becomes several messages, each with its own ref; what is on it stays with the first.
 */
function asParts(message: SourceMessage): SourceMessage[] {
  const [first = '', ...rest] = splitText(message.text, limits.messageBytes)
  if (rest.length === 0) return [message]
  const { pinnedBy: _by, poll: _asked, files: _files, ...later } = message
  return [
    { ...message, text: first },
    ...rest.map((text, part) => ({ ...later, text, ref: `${message.ref}/${part + 2}`, reactions: [] })),
  ]
}
