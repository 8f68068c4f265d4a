// Slash commands on the server: who offers what, the call to the offering process, and what becomes of its answer.
import { createHash } from 'node:crypto'
import { isRefusal } from '../answer.ts'
import { unlessAway } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Appended } from '../log/entry.ts'
import type { Request } from '../protocol/requests.ts'
import type { NoteEvent } from '../protocol/events.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { OfferedCommand } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import type { Rpc } from '../rpc/rpc.ts'
import type { Passed } from '../posting/gate.ts'
import type { TextRules } from '../posting/refuse-words.ts'
import type { Say } from '../posting/say.ts'
import { hasLink } from '../text/has-link.ts'
import { rootOf } from '../posting/threads.ts'
import { functionOf, isWords, readOffers, topic, type Question, type Words } from './words.ts'

/** A command that somebody typed in a room where they may post. */
export type Asked = Pick<Extract<Request, { type: 'command' }>, 'room' | 'cid' | 'name' | 'args' | 'thread'>

/** A message of the bot, by its number; or a note for the asker alone. */
export type Told = { message: Appended } | { note: NoteEvent }

/** A command that the server itself answers, as the person who typed it. `usage` and `help`: as in an offered one. */
export interface OwnCommand extends Pick<OfferedCommand, 'name' | 'usage' | 'help'> {
  run(by: Passed, asked: Asked): Promise<Told | Refusal>
}

export interface CommandDeps {
  rpc: Rpc
  own: readonly OwnCommand[]
  say: Say
  /** Whether this Brook has a bot with this id. */
  isBot: (id: string) => Promise<boolean>
  onError: (error: unknown, where: string) => void
  /** Finds the root message of the thread that the answer goes to. */
  history: Pick<History, 'find' | 'findChange'>
  wordRules?: TextRules
}

export class Commands {
  readonly #deps: CommandDeps

  constructor(deps: CommandDeps) {
    this.#deps = deps
  }

  /**
   * The server's own commands and those that living processes offer, by name. If several offer a name, the first one
   * wins.
   */
  async list(): Promise<OfferedCommand[]> {
    const offered = new Map<string, OfferedCommand>(
      this.#deps.own.map(({ name, usage, help }) => [name, { name, usage, help }]),
    )
    const texts = await this.#deps.rpc.announced(topic)
    for (const offers of texts.map(readOffers))
      for (const command of offers?.commands ?? [])
        if (!offered.has(command.name)) offered.set(command.name, { ...command, user: offers?.bot as Person })
    const all = [...offered.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    return all.slice(0, limits.commands.listed)
  }

  /**
   * Runs a command. Invariant: the same (asker, cid) is one call while its answer is kept, and always one message,
   * because the bot's cid is derived from it. The bot needs no membership: it posts because a member asked it to, in
   * that room.
   */
  async run(by: Passed, asked: Asked): Promise<Told | Refusal> {
    const told = await this.#run(by, asked)
    if (isForNothing(told)) by.giveBack?.()
    return told
  }

  async #run(by: Passed, asked: Asked): Promise<Told | Refusal> {
    const { cid, name, args } = asked
    const { person: asker } = by
    // The answer may repeat them, in the name of a program.
    if (by.lacks?.includes('postLinks') === true && hasLink(args)) return { code: 'not_for_newcomers' }
    const own = this.#deps.own.find((command) => command.name === name)
    if (own !== undefined) return own.run(by, asked)
    if (this.#deps.wordRules?.judge(by, args) !== undefined) return { code: 'refused_by_rule' }
    const offered = (await this.list()).find((command) => command.name === name)
    if (offered?.user === undefined) return note(asked, 'unknown_command')
    const answer = await this.#answerAtOnce(asker, offered.user, asked)
    if (answer !== undefined) return answer
    const question: Question = { ...placeOf(asked), asker, cid, args: args.trim() }
    const outcome = await this.#deps.rpc.request(`command:${asker.id}:${cid}`, functionOf(name), question, {
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

  /** A command whose thread cannot take its answer does nothing. */
  async #answerAtOnce(
    asker: Person,
    bot: Person,
    { room, cid, thread }: Asked,
  ): Promise<Told | Refusal | undefined> {
    if (thread === undefined) return undefined
    const found = await rootOf(this.#deps.history, bot, { room, thread, cid: answerCid(asker.id, cid) })
    if (!('answer' in found)) return undefined
    return isRefusal(found.answer) ? found.answer : { message: found.answer }
  }

  async #tell(asked: Asked, asker: Person, { bot, to, text }: Words): Promise<Told | Refusal> {
    const isKnown = await unlessAway(() => this.#deps.isBot(bot.id))
    if (typeof isKnown === 'object') return isKnown
    if (!isKnown) {
      const why = `/${asked.name} answers as ${bot.name}, and no bot has its id, ${bot.id}: see brook bot list`
      this.#deps.onError(new Error(why), 'commands')
      return note(asked, 'command_failed')
    }
    if (to === 'asker')
      return { note: { ...noteOf(asked), user: bot, text: text.slice(0, limits.messageBytes) } }
    const where = placeOf(asked)
    const said = await this.#deps.say.say(
      { person: bot, admin: false },
      { ...where, cid: answerCid(asker.id, asked.cid), text, firstStands: true },
    )
    if (!isRefusal(said)) return { message: said }
    // The bot's text cannot be stored: that is the bot's fault, and the asker cannot fix it by trying again.
    return said.code === 'empty_message' || said.code === 'message_too_long' || said.code === 'bad_text'
      ? note(asked, 'command_failed', bot)
      : said
  }
}

/** Whether it is certain that nothing came of it, now or later. */
function isForNothing(told: Told | Refusal): boolean {
  if (isRefusal(told)) return told.code !== 'log_unknown'
  if (!('note' in told)) return false
  const { failed, code } = told.note
  return failed === true || code === 'unknown_command' || code === 'command_failed'
}

const placeOf = ({ room, thread }: Asked): { room: string; thread?: number } =>
  thread === undefined ? { room } : { room, thread }

const noteOf = (asked: Asked): Pick<NoteEvent, 'type' | 'room' | 'cid' | 'at' | 'thread'> => ({
  type: 'note',
  ...placeOf(asked),
  cid: asked.cid,
  at: Date.now(),
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

/** The cid of a command's answer: a UUIDv7 of the same time, always the same for the same asker and cid. */
export function answerCid(askerId: string, cid: string): string {
  const hash = createHash('sha256').update(`${askerId}:${cid}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hash.slice(3, 4), 16) & 3]
  return `${cid.slice(0, 14)}7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`
}
