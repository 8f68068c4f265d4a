// Sends due reminders: checks MySQL every second, and for each reminder marks it, sends it, and completes it. After a kill
// in between, the next check of this or another process continues; the cid makes it one message.
import type { Bus } from '../bus.ts'
import type { DraftBody } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { Person } from '../protocol/people.ts'
import type { Due, Reminders } from './reminders.ts'
import { languageOf } from '../protocol/own-commands.ts'
import { markOf } from './show-reminder.ts'
import { botWords } from './words.ts'

export interface AlarmDeps {
  reminders: Reminders
  log: Pick<Log, 'append'>
  bot: Person
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
}

const lookEveryMs = 1_000
const sweepEveryMs = 3_600_000

export class Alarm {
  readonly #deps: AlarmDeps
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #isClosed = false
  #lastError = ''
  #sweepAt = 0

  constructor(deps: AlarmDeps) {
    this.#deps = deps
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
      for (const due of await this.#deps.reminders.due(new Date())) {
        if (this.#isClosed) return
        await this.#send(due)
      }
      this.#lastError = ''
      if (Date.now() < this.#sweepAt) return
      this.#sweepAt = Date.now() + sweepEveryMs
      await this.#deps.reminders.sweep(new Date())
    } catch (error) {
      // Reported once; the next check continues from here.
      const { message } = error as Error
      if (message !== this.#lastError) this.#deps.onError(error, 'reminding')
      this.#lastError = message
    }
  }

  /** Of a message: it comes to its owner alone. Whoever may no longer read it hears nothing of it. */
  async #show(due: Due, seq: number): Promise<void> {
    const { reminders, bus } = this.#deps
    if (!(await reminders.mayRead(due, new Date()))) return reminders.end(due, 'dropped')
    if (!(await reminders.show(due, new Date()))) return
    const { user, room } = due
    bus.publish({ kind: 'event', user: user.id, event: { type: 'reminders', due: { room, seq } } })
    bus.publish({ kind: 'notified', users: [user.id], event: { told: markOf(due, seq) } })
  }

  async #send(due: Due): Promise<void> {
    const { reminders, log, bot } = this.#deps
    if (!(await reminders.begin(due))) return
    if (due.target !== null) return this.#show(due, due.target)
    // Whoever has left the room, is banned, or may not write there has nothing said there in their name.
    if (!(await reminders.isWelcome(due, new Date()))) return reminders.end(due, 'dropped')
    const { user, room, thread, cid } = due
    const text = botWords[languageOf(due.text)].reminder(user.name, due.text)
    const body: DraftBody = { type: 'message', text, mentions: [{ name: user.name, ids: [user.id] }] }
    if (thread !== null && !(await reminders.isThreadOver(room, thread))) body.thread = thread
    const said = await log.append({ room, user: bot, cid, body })
    if ('code' in said) throw new Error(`a reminder could not be sent: ${said.code}`)
    await reminders.end(due, 'sent')
  }
}
