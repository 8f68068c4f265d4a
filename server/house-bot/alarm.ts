// Sends what is due: a look at MySQL each second, and for each reminder begin, say, end. Whoever is killed in between is
// followed by the next look, of this or another process; the cid makes it one message.
import type { Append, DraftBody } from '../log/entry.ts'
import type { Person } from '../protocol/people.ts'
import type { Due, Reminders } from './reminders.ts'
import { houseWords, languageOf } from './words.ts'

export interface AlarmParts {
  reminders: Reminders
  append: Append
  bot: Person
  onTrouble: (error: unknown, where: string) => void
}

const lookEveryMs = 1_000
const sweepEveryMs = 3_600_000

export class Alarm {
  readonly #parts: AlarmParts
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #isClosed = false
  #trouble = ''
  #sweepAt = 0

  constructor(parts: AlarmParts) {
    this.#parts = parts
    this.#lookIn(0)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#looking
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#lookIn(lookEveryMs * (0.5 + Math.random() / 2)))
    }, ms)
  }

  async #look(): Promise<void> {
    try {
      for (const due of await this.#parts.reminders.due(new Date())) {
        if (this.#isClosed) return
        await this.#send(due)
      }
      this.#trouble = ''
      if (Date.now() < this.#sweepAt) return
      this.#sweepAt = Date.now() + sweepEveryMs
      await this.#parts.reminders.sweep(new Date())
    } catch (error) {
      // Told once; the next look goes on from here.
      const { message } = error as Error
      if (message !== this.#trouble) this.#parts.onTrouble(error, 'reminding')
      this.#trouble = message
    }
  }

  async #send(due: Due): Promise<void> {
    const { reminders, append, bot } = this.#parts
    if (!(await reminders.begin(due))) return
    // Who has left the room is not followed there with words for everybody.
    if (!(await reminders.isMember(due))) return reminders.end(due, 'dropped')
    const { user, room, thread, cid } = due
    const text = houseWords[languageOf(due.text)].reminder(user.name, due.text)
    const body: DraftBody = { type: 'message', text, mentions: [{ name: user.name, ids: [user.id] }] }
    if (thread !== null && !(await reminders.isThreadOver(room, thread))) body.thread = thread
    const said = await append({ room, user: bot, cid, body })
    if ('code' in said) throw new Error(`a reminder waits: ${said.code}`)
    await reminders.end(due, 'sent')
  }
}
