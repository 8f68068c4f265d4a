// What people do with a message: edit it, delete it, react to it, pin it. Allowed here, numbered by the log, told by it.
// Limit: two changes at once are each allowed as the message was before either; the fold says what comes of them.
import type { Append, Appended, DraftBody } from '../log/entry.ts'
import { cleanEmoji } from '../protocol/emoji.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import type { Right } from '../protocol/rights.ts'
import type { MentionsOf } from './mentions.ts'
import { refuseText } from '../protocol/text.ts'

/** Which message somebody means, and under which cid they say so. */
export interface Which {
  room: string
  seq: number
  cid: string
}

export interface ChangesParts {
  append: Append
  /** The message as it is. */
  find: (room: string, seq: number) => Promise<SpokenMessage | Refusal | undefined>
  /** What became of the change of this message that somebody sent under this cid. */
  findChange: (userId: string, which: Which) => Promise<Appended | Refusal | undefined>
  mentionsOf?: MentionsOf
  /** How many messages are pinned in a room. */
  countPins: (room: string) => Promise<number | Refusal>
  /** Whether somebody has a right in a room. */
  may: (right: Right, userId: string, room: string) => Promise<boolean>
}

type Outcome = Promise<Appended | Refusal>

export class Changes {
  readonly #parts: ChangesParts

  constructor(parts: ChangesParts) {
    this.#parts = parts
  }

  /** Gives one's own message another text. */
  async edit(user: Person, { text, ...which }: Which & { text: string }): Outcome {
    const code = refuseText(text)
    if (code !== undefined) return { code }
    return this.#change(user, which, async (message) => {
      if (message.user.id !== user.id) return { code: 'not_yours' }
      const edited: DraftBody = { type: 'edited', target: which.seq, text }
      const mentions = text.includes('@') ? await this.#parts.mentionsOf?.(user, which.room, text) : undefined
      return mentions === undefined || mentions.length === 0 ? edited : { ...edited, mentions }
    })
  }

  /** Deletes one's own message, or, for those who keep order, anybody's. Its number stays. */
  async delete(user: Person, which: Which): Outcome {
    return this.#change(user, which, async (message) => {
      const may = message.user.id === user.id || (await this.#parts.may('deleteOthers', user.id, which.room))
      return may ? { type: 'deleted', target: which.seq } : { code: 'not_yours' }
    })
  }

  /** Puts an emoji on a message, or takes it off. What is so already is answered, and no entry. */
  async react(user: Person, { emoji: raw, on, ...which }: Which & { emoji: string; on: boolean }): Outcome {
    const emoji = cleanEmoji(raw)
    if (emoji === undefined) return { code: 'bad_emoji' }
    return this.#change(user, which, (message) => {
      const users = message.reactions.find((kind) => kind.emoji === emoji)?.users ?? []
      const mine = users.find(({ id }) => id === user.id)
      if (on === (mine !== undefined)) return { seq: mine?.seq ?? message.updatedSeq, at: Date.now() }
      if (on && isFull(message, users.length === 0)) return { code: 'too_many_reactions' }
      return { type: 'reacted', target: which.seq, emoji, on }
    })
  }

  /** Pins a message to its room, or unpins it. Limit: two at once may pass limits.pins by one. */
  async pin(user: Person, { on, ...which }: Which & { on: boolean }): Outcome {
    if (!(await this.#parts.may('pin', user.id, which.room))) return { code: 'not_allowed' }
    return this.#change(user, which, async (message) => {
      if (on === (message.pinnedAt !== undefined)) return { seq: message.updatedSeq, at: Date.now() }
      const pinned = on ? await this.#parts.countPins(which.room) : 0
      if (typeof pinned !== 'number') return pinned
      if (pinned >= limits.pins) return { code: 'too_many_pins' }
      return { type: 'pinned', target: which.seq, on }
    })
  }

  async #change(
    user: Person,
    which: Which,
    allow: (
      message: SpokenMessage,
    ) => DraftBody | Appended | Refusal | Promise<DraftBody | Appended | Refusal>,
  ): Outcome {
    const { room, seq, cid } = which
    const message = await this.#parts.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if ('code' in message) return message
    const allowed: DraftBody | Appended | Refusal =
      message.deletedAt === null ? await allow(message) : { code: 'message_deleted' }
    if ('type' in allowed) return this.#parts.append({ room, user, cid, body: allowed })
    // A change whose answer was lost is asked again, and finds the message as it left it: the same cid, the same number.
    return (await this.#parts.findChange(user.id, which)) ?? allowed
  }
}

const isFull = ({ reactions }: SpokenMessage, isNewKind: boolean): boolean =>
  (isNewKind && reactions.length >= limits.reactions.kinds) ||
  reactions.reduce((sum, { users }) => sum + users.length, 0) >= limits.reactions.total
