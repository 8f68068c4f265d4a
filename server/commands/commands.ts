// Slash commands as the server sees them: who offers what, asking the offering process, and what becomes of its answer.
import { createHash } from 'node:crypto'
import { isRefusal } from '../answer.ts'
import type { Appended } from '../log/entry.ts'
import type { Command as Typed } from '../protocol/commands.ts'
import type { NoteEvent } from '../protocol/events.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { OfferedCommand } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Reply } from '../room/threads.ts'
import { functionOf, isWords, readOffers, topic, type Question, type Words } from './words.ts'

/** A command that somebody typed in a room they may speak in. */
export type Asked = Pick<Extract<Typed, { type: 'command' }>, 'room' | 'cid' | 'name' | 'args' | 'thread'>

/** A message of the bot, by its number; or a note for the asker alone. */
export type Told = { message: Appended } | { note: NoteEvent }

export interface CommandParts {
  rpc: Rpc
  /** Into the log, as somebody; see Rooms.say. */
  say: (
    user: Person,
    said: { room: string; cid: string; text: string; thread?: number },
  ) => Promise<Appended | Refusal>
  /** Whether the bot may reply in the thread, by the cid its answer would have; or what is answered at once. */
  rootOf: (bot: Person, reply: Reply) => Promise<{ root: unknown } | { answer: Appended | Refusal }>
}

export class Commands {
  readonly #parts: CommandParts

  constructor(parts: CommandParts) {
    this.#parts = parts
  }

  /** What living processes offer, by name; of one name that several offer, the first. */
  async list(): Promise<OfferedCommand[]> {
    const offered = new Map<string, OfferedCommand>()
    const texts = await this.#parts.rpc.announced(topic)
    for (const offers of texts.map(readOffers))
      for (const command of offers?.commands ?? [])
        if (!offered.has(command.name)) offered.set(command.name, { ...command, user: offers?.bot as Person })
    const all = [...offered.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    return all.slice(0, limits.commands.listed)
  }

  /**
   * Asks for a command. Invariant: the same (asker, cid) is one call while its answer is kept, and one message for ever,
   * for the bot's cid is made from it. The bot needs no membership: it speaks because a member asked it to, there.
   */
  async run(asker: Person, asked: Asked): Promise<Told | Refusal> {
    const { cid, name, args } = asked
    const offered = (await this.list()).find((command) => command.name === name)
    if (offered === undefined) return note(asked, 'unknown_command')
    const answer = await this.#answerAtOnce(asker, offered.user, asked)
    if (answer !== undefined) return answer
    const question: Question = { ...placeOf(asked), asker, cid, args: args.trim() }
    const outcome = await this.#parts.rpc.request(`command:${asker.id}:${cid}`, functionOf(name), question, {
      timeoutMs: limits.commands.timeoutMs,
    })
    if ('data' in outcome)
      return isWords(outcome.data)
        ? this.#tell(asked, asker, outcome.data)
        : note(asked, 'command_failed', offered.user)
    switch (outcome.error.code) {
      case 'no_worker':
        return note(asked, 'unknown_command')
      case 'timeout':
      case 'lost':
        return note(asked, 'command_timeout', offered.user)
      case 'unavailable':
      case 'busy':
        return { code: 'unavailable', retryAfterMs: 2_000 }
      default:
        return note(asked, 'command_failed', offered.user)
    }
  }

  /** Nothing is done for a command whose thread does not take its answer. */
  async #answerAtOnce(
    asker: Person,
    bot: Person,
    { room, cid, thread }: Asked,
  ): Promise<Told | Refusal | undefined> {
    if (thread === undefined) return undefined
    const found = await this.#parts.rootOf(bot, { room, thread, cid: answerCid(asker.id, cid) })
    if (!('answer' in found)) return undefined
    return isRefusal(found.answer) ? found.answer : { message: found.answer }
  }

  async #tell(asked: Asked, asker: Person, { bot, to, text }: Words): Promise<Told | Refusal> {
    if (to === 'asker')
      return { note: { ...noteOf(asked), user: bot, text: text.slice(0, limits.messageBytes) } }
    const where = placeOf(asked)
    const said = await this.#parts.say(bot, { ...where, cid: answerCid(asker.id, asked.cid), text })
    if (!isRefusal(said)) return { message: said }
    // The bot's words cannot be kept: that is its fault, and the asker cannot mend it by trying again.
    return said.code === 'empty_message' || said.code === 'message_too_long' || said.code === 'bad_text'
      ? note(asked, 'command_failed', bot)
      : said
  }
}

const placeOf = ({ room, thread }: Asked): { room: string; thread?: number } =>
  thread === undefined ? { room } : { room, thread }

const noteOf = (asked: Asked): Pick<NoteEvent, 'type' | 'room' | 'cid' | 'at' | 'thread'> => ({
  ...{ type: 'note', ...placeOf(asked), cid: asked.cid, at: Date.now() },
})

const kindWords = {
  unknown_command: (name: string) => `There is no command /${name}. Type / to see what there is.`,
  command_timeout: (name: string) => `/${name} did not answer in time. Try again in a moment.`,
  command_failed: (name: string) => `/${name} went wrong. Nothing was said.`,
}

function note(asked: Asked, code: keyof typeof kindWords, user?: Person): { note: NoteEvent } {
  const text = kindWords[code](asked.name)
  return { note: { ...noteOf(asked), ...(user === undefined ? {} : { user }), text, code, name: asked.name } }
}

/** The cid of a command's answer: a UUIDv7 of the same time, and the same for the same asker and cid. */
export function answerCid(askerId: string, cid: string): string {
  const hash = createHash('sha256').update(`${askerId}:${cid}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hash.slice(3, 4), 16) & 3]
  return `${cid.slice(0, 14)}7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}
