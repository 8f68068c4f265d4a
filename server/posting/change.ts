// Changes to a message: edit, delete, react, pin. Called once the gate has let the person pass; what depends on the
// message itself is checked here. Numbered and sent by the log. Limit: of two changes at once, each is checked
// against the message as it was before both; the fold decides the result.
import type { History } from '../history/history.ts'
import type { Pins } from '../history/pins.ts'
import type { Appended, DraftBody } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { Memberships } from '../membership/memberships.ts'
import { cleanEmoji } from '../protocol/emoji.ts'
import { emojiKey, nameInKey } from '../protocol/emoji-names.ts'
import { isEditable } from '../protocol/entries/index.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Passed } from './gate.ts'
import type { Mentions } from './mentions.ts'
import { refuseWords, type TextRules } from './refuse-words.ts'

/** The message that a change is about, and the cid of the change. */
export interface Which {
  room: string
  seq: number
  cid: string
}

/** The workspace's own emoji; undefined: there is none of this name. */
export interface CustomEmojiKeys {
  keyOf: (key: string) => string | undefined
}

export interface ChangesDeps {
  log: Pick<Log, 'append'>
  history: Pick<History, 'find' | 'findChange'>
  pins: Pick<Pins, 'count'>
  mentions: Pick<Mentions, 'of'>
  memberships: Pick<Memberships, 'roles'>
  customEmoji: CustomEmojiKeys
  wordRules?: TextRules
}

type Outcome = Promise<Appended | Refusal>

export class Changes {
  readonly #deps: ChangesDeps

  constructor(deps: ChangesDeps) {
    this.#deps = deps
  }

  /** Replaces the text of one's own message. */
  async edit(by: Passed, { text, ...which }: Which & { text: string }): Outcome {
    // Whether a message may be left without words, its files say.
    const code = text === '' ? undefined : refuseWords(by, text)
    if (code !== undefined) return { code }
    // What may not be said at once may not be said by an edit: nobody would look at it before it is read.
    if (this.#deps.wordRules?.judge(by, text) !== undefined) return { code: 'refused_by_rule' }
    return this.change(by, which, async (message) => {
      if (message.user.id !== by.person.id) return { code: 'not_yours' }
      if (!isEditable(message)) return { code: 'not_editable' }
      if (text === '' && message.files === undefined) return { code: 'empty_message' }
      const edited: DraftBody = { type: 'edited', target: which.seq, text }
      const mentions = await this.#deps.mentions.of(by, which.room, text)
      return mentions.length === 0 ? edited : { ...edited, mentions }
    })
  }

  /** Deletes one's own message or, for moderators, anybody's. Its number stays. */
  async delete(by: Passed, which: Which): Outcome {
    return this.change(by, which, async (message) => {
      const { id } = by.person
      const isAllowed =
        message.user.id === id || (await this.#deps.memberships.roles.may('deleteOthers', id, which.room))
      return isAllowed ? { type: 'deleted', target: which.seq } : { code: 'not_yours' }
    })
  }

  /** Adds a reaction to a message, or removes it. If nothing changes, this is answered without an entry. */
  async react(by: Passed, { emoji: raw, on, ...which }: Which & { emoji: string; on: boolean }): Outcome {
    const name = nameInKey(raw)
    const known = cleanEmoji(raw) ?? this.#deps.customEmoji.keyOf(raw)
    // What is there may be taken away, although nobody knows an emoji of this name any more.
    const emoji = known ?? (on || name === undefined ? undefined : emojiKey(name))
    if (emoji === undefined) return { code: 'bad_emoji' }
    return this.change(by, which, (message) => {
      const users = message.reactions.find((kind) => kind.emoji === emoji)?.users ?? []
      const mine = users.find(({ id }) => id === by.person.id)
      if (on === (mine !== undefined)) return { seq: mine?.seq ?? message.updatedSeq, at: Date.now() }
      if (on && isFull(message, users.length === 0)) return { code: 'too_many_reactions' }
      return { type: 'reacted', target: which.seq, emoji, on }
    })
  }

  /** Pins a message to its room, or unpins it. Limit: two at once may exceed limits.pins by one. */
  async pin(by: Passed, { on, ...which }: Which & { on: boolean }): Outcome {
    return this.change(by, which, async (message) => {
      if (on === (message.pinnedAt !== undefined)) return { seq: message.updatedSeq, at: Date.now() }
      const pinned = on ? await this.#deps.pins.count(which.room) : 0
      if (typeof pinned !== 'number') return pinned
      if (pinned >= limits.pins) return { code: 'too_many_pins' }
      return { type: 'pinned', target: which.seq, on }
    })
  }

  /**
   * Any change of an existing message: `allow` returns the change, an answer without one, or a refusal. The functions
   * for each kind of change call this with their own `allow`.
   */
  async change(
    { person: user }: Passed,
    which: Which,
    allow: (
      message: SpokenMessage,
    ) => DraftBody | Appended | Refusal | Promise<DraftBody | Appended | Refusal>,
  ): Outcome {
    const { room, seq, cid } = which
    const { log, history } = this.#deps
    const message = await history.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if ('code' in message) return message
    const allowed: DraftBody | Appended | Refusal =
      message.deletedAt === null ? await allow(message) : { code: 'message_deleted' }
    if ('type' in allowed) return log.append({ room, user, cid, body: allowed })
    // A change whose answer was lost is repeated, and finds the message already changed: the same cid, the same
    // number.
    return (await history.findChange(user.id, which)) ?? allowed
  }
}

const isFull = ({ reactions }: SpokenMessage, isNewKind: boolean): boolean =>
  (isNewKind && reactions.length >= limits.reactions.kinds) ||
  reactions.reduce((sum, { users }) => sum + users.length, 0) >= limits.reactions.total
