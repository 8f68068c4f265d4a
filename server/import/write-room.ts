// Writes the pages of one room into the log: what is new as messages, what has changed of what is known as changes.
// Trap: what MySQL is asked and what is appended then must not be parted by another import of the same source; the
// lock of run.ts sees to it.
import type { Db } from '../db.ts'
import type { Share } from '../channel/share.ts'
import { bulkEntries, type BulkDraft, type BulkLog } from '../log/bulk.ts'
import type { Appended, DraftBody } from '../log/entry.ts'
import { newCid } from '../protocol/cid.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { importedCid } from './cid.ts'
import { findKnown, reactionKey, type KnownMessage, type KnownReaction } from './known.ts'
import { tamePersonName } from './names.ts'
import type { Account, People } from './people.ts'
import type { SettledRoom } from './rooms.ts'
import { splitText } from './split-text.ts'
import type { Page, Refuse, SourceMessage } from './source.ts'

export interface Counts {
  read: number
  messages: number
  edits: number
  deletions: number
  reactions: number
  known: number
}

/** Where the drafts go; without a log nothing is written (a dry run). */
export interface RoomWriterOptions {
  db: Db
  log: BulkLog | undefined
  share: Share | undefined
  source: string
  room: SettledRoom
  ref: string
  people: People
  counts: Counts
  refuse: Refuse
}

/** Stands for the number of what was deleted there: an answer to it stands alone, as it does there. */
const gone = 0

/** A message or a part of a long one, with its author here and what MySQL has of it. */
interface Said {
  message: SourceMessage
  user: Person
  cid: string
  known: KnownMessage | undefined
}

export class RoomWriter {
  readonly #options: RoomWriterOptions
  /** Numbers of what was answered in this room, by ref; the oldest is let go. */
  readonly #threads = new Map<string, number>()

  constructor(options: RoomWriterOptions) {
    this.#options = options
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

  /** Who said it, in which parts, and whether it is here. */
  async #lookUp(messages: readonly SourceMessage[]): Promise<Said[]> {
    const { people, source, ref, room, db, counts } = this.#options
    const accounts = await people.settle(
      messages.flatMap(({ author, reactions }) => [author, ...reactions.flatMap(({ people: who }) => who)]),
    )
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

  /** Appends what is new, and answers the reactions that belong to it: a target has a number only then. */
  async #say(fresh: readonly Said[], signal: AbortSignal): Promise<BulkDraft[]> {
    const { counts, refuse } = this.#options
    const taken = fresh.filter(({ message }) => {
      if (message.deletedAt === undefined) return true
      this.#remember(message.ref, gone)
      refuse({ place: message.place, why: 'it was deleted there', expected: true })
      return false
    })
    const places = new Map(taken.map(({ message }, place) => [message.ref, place]))
    const appended = await this.#append(
      taken.map((one, place) => this.#draftOf(one, place, places)),
      signal,
    )
    counts.messages += taken.length
    const reactions: BulkDraft[] = []
    for (const [place, { message }] of taken.entries()) {
      const seq = appended[place]?.seq ?? 0
      this.#remember(message.ref, seq)
      reactions.push(...(await this.#reactionsOn(message, seq, new Map())))
    }
    return reactions
  }

  #draftOf({ message, user, cid }: Said, place: number, places: ReadonlyMap<string, number>): BulkDraft {
    const { text, at, editedAt, alsoInRoom } = message
    const body: DraftBody & { type: 'message' } = { type: 'message', text, at }
    if (editedAt !== undefined) body.editedAt = editedAt
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
          why: 'what it answers is not here; it stands alone',
          expected: false,
        })
    }
    if (alsoInRoom === true && (body.thread ?? answers.thread) !== undefined) body.alsoInRoom = true
    const draft: BulkDraft = { room: this.#options.room.id, user, cid, body }
    return Object.keys(answers).length === 0 ? draft : { ...draft, answers }
  }

  async #changesOf({ message, user }: Said, known: KnownMessage): Promise<BulkDraft[]> {
    const { room, counts } = this.#options
    // What was deleted here stays deleted.
    if (known.isDeleted) return []
    const draft = (body: DraftBody): BulkDraft => ({ room: room.id, user, cid: newCid(), body })
    if (message.deletedAt !== undefined) {
      counts.deletions += 1
      return [draft({ type: 'deleted', target: known.seq })]
    }
    counts.known += 1
    const changes = await this.#reactionsOn(message, known.seq, known.reactions)
    // An edit that was made here later than the last one there stays.
    const isNewer = known.editedAt === undefined || (message.editedAt ?? 0) > known.editedAt
    if (message.text === known.text || !isNewer) return changes
    counts.edits += 1
    return [draft({ type: 'edited', target: known.seq, text: message.text }), ...changes]
  }

  /** Reactions that are new, and those that somebody of the source has taken back there. */
  async #reactionsOn(
    { reactions }: SourceMessage,
    target: number,
    on: ReadonlyMap<string, KnownReaction>,
  ): Promise<BulkDraft[]> {
    const { room, people, counts } = this.#options
    const accounts = await people.settle([])
    const drafts: BulkDraft[] = []
    const draft = (user: Account, emoji: string, isOn: boolean): void => {
      const body: DraftBody = { type: 'reacted', target, emoji, on: isOn }
      drafts.push({ room: room.id, user: { id: user.id, name: user.name }, cid: newCid(), body })
    }
    const there = new Set<string>()
    for (const { emoji, people: who } of reactions.slice(0, limits.reactions.kinds)) {
      for (const ref of new Set(who)) {
        const account = accounts.get(ref)
        if (account === undefined || there.size >= limits.reactions.total) continue
        const key = reactionKey(emoji, account.id)
        there.add(key)
        if (!on.has(key)) draft(account, emoji, true)
      }
    }
    for (const [key, { emoji, userId, userName, isImported }] of on)
      if (isImported && !there.has(key)) draft({ id: userId, name: userName }, emoji, false)
    counts.reactions += drafts.length
    return drafts
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

function personOf(message: SourceMessage, accounts: ReadonlyMap<string, Account>): Person {
  const account = accounts.get(message.author) ?? { id: '0', name: message.author }
  if (message.name === undefined && message.icon === undefined && message.isBot !== true)
    return { id: account.id, name: account.name }
  const name = message.name === undefined ? account.name : tamePersonName(message.name, account.name)
  return {
    ...{ id: account.id, name, bot: true },
    ...(message.icon === undefined ? {} : { icon: message.icon }),
  }
}

/** A text above the limit becomes several messages, each with a ref of its own; what hangs on it stays with the first. */
function asParts(message: SourceMessage): SourceMessage[] {
  const [first = '', ...rest] = splitText(message.text, limits.messageBytes)
  if (rest.length === 0) return [message]
  return [
    { ...message, text: first },
    ...rest.map((text, part) => ({ ...message, text, ref: `${message.ref}/${part + 2}`, reactions: [] })),
  ]
}
