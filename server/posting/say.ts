// Posting: a message becomes a draft here, and the log numbers it. Called by every way in, once the gate has let the
// person pass. Nobody receives it before the log has it.
import { isRefusal } from '../answer.ts'
import type { History } from '../history/history.ts'
import type { Appended, DraftBody } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { ErrorCode, Refusal } from '../protocol/errors.ts'
import type { SpokenEvent } from '../protocol/events.ts'
import type { FileRef } from '../protocol/files.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { bodyToKeep, type Mention, type MessageBody, type SentBody } from '../protocol/message.ts'
import type { Passed } from './gate.ts'
import type { Mentions } from './mentions.ts'
import { refuseWords, type TextRules } from './refuse-words.ts'
import { rootOf, type ReplyListener } from './threads.ts'

/** A message to post, parsed but not yet allowed. */
export interface Said extends SentBody {
  room: string
  cid: string
  /** See Draft. */
  firstStands?: true
  /** When it was to be sent, if it comes late. */
  dueAt?: number
  /** A rule held it back, and a moderator has approved it. */
  isReviewed?: true
}

/** Keeps messages for review; sent again, such a message answers what became of it. */
export interface Holding {
  hold(by: Passed, said: Said, form: Form, files?: readonly FileRef[]): Promise<Appended | Refusal>
}

/** Gives files to a message; `Appended`: it was said long before. */
export interface FileClaims {
  claim(of: {
    user: string
    room: string
    cid: string
    files: readonly string[]
  }): Promise<FileRef[] | Appended | Refusal>
}

/** The kind of entry it becomes, with what that kind has beyond the body of a message. */
export type Form = DistributiveOmit<Extract<DraftBody, { type: SpokenEvent['type'] }>, keyof MessageBody>
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** What is looked up before posting. `answer`: the message is not posted. */
interface Found {
  mentions: Mention[]
  root?: SpokenMessage
  files?: FileRef[]
  answer?: Appended | Refusal
}

export interface SayDeps {
  log: Pick<Log, 'append' | 'tail'>
  /** Finds the message that a reply answers. */
  history: Pick<History, 'find' | 'findChange'>
  mentions: Pick<Mentions, 'of'>
  threads: ReplyListener
  /** Whether somebody may forward what stands there. */
  refuseForward?: (userId: string, place: { room: string; seq: number }) => Promise<Refusal | undefined>
  wordRules?: TextRules
  held?: Holding
  claims?: FileClaims
  /** Whether nobody outside of the room may read what is said in it. */
  isDirect?: (room: string) => boolean
}

const wordsIn = (files: readonly FileRef[]): string =>
  files.map(({ name, alt = '' }) => `${name}\n${alt}`).join('\n')

const kept: ReadonlySet<ErrorCode> = new Set(['log_unknown', 'held_for_review'])

export class Say {
  readonly #deps: SayDeps
  /**
   * What each person is waiting for in a room: their messages keep their order while names and threads are looked up.
   */
  readonly #looking = new Map<string, Promise<Found>>()

  constructor(deps: SayDeps) {
    this.#deps = deps
  }

  /** Posts to a room: the text is checked here. */
  async say(by: Passed, said: Said, form: Form = { type: 'message' }): Promise<Appended | Refusal> {
    const outcome = await this.#say(by, said, form)
    // What Redis may have is not given back: it is asked again under the same cid.
    // What is held for review was said.
    if (isRefusal(outcome) && !kept.has(outcome.code)) by.giveBack?.()
    return outcome
  }

  async #say(by: Passed, said: Said, form: Form): Promise<Appended | Refusal> {
    const { log, threads, wordRules, held, isDirect } = this.#deps
    const { person: user } = by
    const { room, cid, text } = said
    const code = refuseWords(by, text, said)
    if (code !== undefined) return { code }
    const effect = said.isReviewed === true ? undefined : wordRules?.judge(by, text)
    // Moderators would read what is held: of a direct conversation they read nothing.
    const mayHold = effect === 'hold' && isDirect?.(room) !== true
    if (mayHold && held !== undefined) {
      // What waits for review keeps its files.
      const claimed = await this.#claim(by, said)
      return claimed.answer ?? held.hold(by, said, form, claimed.files)
    }
    if (effect !== undefined) return { code: 'refused_by_rule' }
    const body = { ...form, ...bodyToKeep(said) }
    const looking = this.#look(by, said)
    const { mentions, root, files, answer } = looking === undefined ? { mentions: [] } : await looking
    if (answer !== undefined) return answer
    // Names and descriptions are read as its words are. Known only now; nobody holds them for review.
    const isJudged = files !== undefined && said.isReviewed !== true
    if (isJudged && wordRules?.judge(by, wordsIn(files)) !== undefined) return { code: 'refused_by_rule' }
    if (mentions.length > 0) body.mentions = mentions
    if (files !== undefined) body.files = files
    if (said.dueAt !== undefined) body.dueAt = said.dueAt
    const once = said.firstStands === true ? { firstStands: true as const } : {}
    const appended = await log.append({ room, user, cid, body, ...once })
    if (root !== undefined && 'seq' in appended) {
      const place = { room, thread: root.seq }
      threads.replied({ place, seq: appended.seq, root, user, mentions })
    }
    return appended
  }

  /**
   * Undefined if there is nothing to wait for: no name, no thread, no file, no message that is forwarded, no answer to what is yet to be read, and no earlier
   * message of this person.
   */
  #look(by: Passed, said: Said): Promise<Found> | undefined {
    const place = `${by.person.id} ${said.room}`
    const before = this.#looking.get(place)
    const isKnown = said.replyTo === undefined || this.#hasRead(said.room, said.replyTo)
    const isPlain = [said.thread, said.forwarded, said.files].every((one) => one === undefined)
    if (before === undefined && !said.text.includes('@') && isPlain && isKnown) return undefined
    const over = (): void => undefined
    const found = Promise.resolve(before)
      .then(over, over)
      .then(() => this.#find(by, said))
      .finally(() => this.#looking.get(place) === found && this.#looking.delete(place))
    this.#looking.set(place, found)
    return found
  }

  async #find(by: Passed, said: Said): Promise<Found> {
    const found = await this.#findOthers(by, said)
    // Last: what is refused takes no file along.
    return found.answer === undefined ? { ...found, ...(await this.#claim(by, said)) } : found
  }

  async #claim({ person }: Passed, { room, cid, files }: Said): Promise<Pick<Found, 'files' | 'answer'>> {
    if (files === undefined) return {}
    const claimed = await this.#deps.claims?.claim({ user: person.id, room, cid, files })
    if (claimed === undefined) return { answer: { code: 'file_gone' } }
    return Array.isArray(claimed) ? { files: claimed } : { answer: claimed }
  }

  async #findOthers(
    by: Passed,
    { room, cid, text, thread, replyTo, forwarded }: Said,
  ): Promise<Omit<Found, 'files'>> {
    const answer = forwarded && (await this.#deps.refuseForward?.(by.person.id, forwarded))
    if (answer !== undefined) return { mentions: [], answer }
    if (replyTo !== undefined) {
      const refusal = await this.#deps.log.tail(room)?.untilRead(room, replyTo)
      if (refusal !== undefined) return { mentions: [], answer: refusal }
      if (!this.#hasRead(room, replyTo)) return { mentions: [], answer: { code: 'bad_reply' } }
    }
    const mentions = await this.#deps.mentions.of(by, room, text)
    if (thread === undefined) return { mentions }
    const found = await rootOf(this.#deps.history, by.person, { room, cid, thread })
    return { mentions, ...found }
  }

  #hasRead(room: string, seq: number): boolean {
    return seq >= 1 && seq <= (this.#deps.log.tail(room)?.head(room) ?? 0)
  }
}
