// Sends what is in the queue, each mail under a lease. Phases of one mail:
// 1. Take its lease, for longer than an attempt lasts.
// 2. Compose it, which also asks whether anybody still wants it.
// 3. Hand it over to the mail server.
// 4. Remove the row.
// Limit: a process that dies between 3 and 4 has sent it, and another one sends it once more when the lease is over, with the same
// Message-ID, by which mail servers and programs know it. SMTP has no way to do both at once.
import type { Counter } from 'prom-client'
import type { Outages } from '../logging/outages.ts'
import { limits } from '../protocol/limits.ts'
import type { Letter } from './letter.ts'
import type { Mail } from './mail.ts'
import type { QueuedMail } from './queue.ts'
import type { Smtp } from './smtp.ts'

export interface SenderDeps {
  mail: Mail
  smtp: Smtp
  /** Identifies this process in the rows. */
  holder: string
  /** What the workspace is called, for the name of the sender. */
  workspace: () => Promise<string>
  /** As in the log: "The mail server smtp.example.org:587". */
  server: string
  outages: Outages
  /** A line for whoever runs the server. */
  tell: (line: string) => void
  sent: Counter<'kind'>
  givenUp: Counter
  onError: (error: unknown, where: string) => void
  now?: () => number
}

export class Sender {
  readonly #deps: SenderDeps
  readonly #now: () => number
  #isClosed = false
  #awayUntil = 0
  #awayMs = 0

  constructor(deps: SenderDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  /** Sends what is due, until there is no more, or the mail server is away. @throws a lost connection, if MySQL is down */
  async run(): Promise<void> {
    const { mail } = this.#deps
    await this.#giveUp()
    if (mail.kinds.size === 0) return
    while (!this.#isClosed && this.#now() >= this.#awayUntil) {
      const due = await mail.queue.due([...mail.kinds.keys()])
      if (due.length === 0) return
      // One mail finds out whether the server is back.
      const atOnce = this.#awayMs === 0 ? limits.mail.atOnce : 1
      const round = this.#awayMs === 0 ? due : due.slice(0, 1)
      const queue = round.values()
      const worker = async (): Promise<boolean> => {
        let hasDone = false
        for (const id of queue) {
          if (this.#isClosed || this.#now() < this.#awayUntil) return hasDone
          hasDone = (await this.#one(id)) || hasDone
        }
        return hasDone
      }
      const done = await Promise.all(Array.from({ length: atOnce }, worker))
      // Others are sending all of them.
      if (!done.includes(true)) return
    }
  }

  close(): void {
    this.#isClosed = true
  }

  /** False: another process has it. */
  async #one(id: string): Promise<boolean> {
    const { mail, holder, smtp, workspace, server, outages, onError, sent } = this.#deps
    const taken = await mail.queue.take(id, holder)
    if (taken === undefined) return false
    const letter = await this.#compose(taken)
    if (letter === 'failed') {
      await mail.queue.postpone(id, holder, { ms: backOff(taken.failures), counts: true })
      return true
    }
    if (letter === undefined) {
      await mail.queue.remove(id, holder)
      return true
    }
    const began = performance.now()
    const about = { messageId: taken.messageId, language: taken.language, from: await workspace() }
    const handed = await smtp.send(letter, about)
    if (handed.state === 'taken') {
      this.#awayMs = 0
      outages.works(server, began)
      sent.inc({ kind: taken.kind })
      // Not lost: the row is found again when the lease is over.
      await mail.queue.remove(id, holder).catch((error: unknown) => onError(error, 'removing a sent mail'))
      return true
    }
    if (handed.state === 'away') {
      this.#awayMs = Math.min(limits.mail.away.maxMs, Math.max(limits.mail.away.firstMs, 2 * this.#awayMs))
      this.#awayUntil = this.#now() + this.#awayMs
      outages.failed(server, handed.why)
      await mail.queue.postpone(id, holder, { ms: 0, counts: true })
      return true
    }
    outages.works(server, began)
    this.#awayMs = 0
    if (handed.state === 'refused') await this.#refused(taken, handed.why)
    else await mail.queue.postpone(id, holder, { ms: backOff(taken.failures), counts: true })
    return true
  }

  /** What cannot be composed is our own mistake, and holds up nothing else. */
  async #compose(taken: QueuedMail): Promise<Letter | undefined | 'failed'> {
    // Of those alone that this process knows, it asks.
    const kind = this.#deps.mail.kinds.get(taken.kind)
    if (kind === undefined) return undefined
    return kind.compose(taken).catch((error: unknown): 'failed' => {
      this.#deps.onError(error, `composing a mail of the kind ${taken.kind}`)
      return 'failed'
    })
  }

  async #refused({ id, kind }: QueuedMail, why: string): Promise<void> {
    const { mail, holder, tell, givenUp } = this.#deps
    givenUp.inc()
    tell(`mail ${id} (${kind}) was refused for good by the mail server: ${why}`)
    await mail.queue.remove(id, holder)
  }

  async #giveUp(): Promise<void> {
    const { mail, tell, givenUp } = this.#deps
    for (const { id, kind } of await mail.queue.takeOld()) {
      givenUp.inc()
      tell(
        `mail ${id} (${kind}) could not be sent for ${limits.mail.keptMs / 3_600_000} hours, and was given up`,
      )
    }
  }
}

/** Doubles from the first delay to the max; half of it is random, so that many do not coincide. */
export function backOff(failures: number, chance: number = Math.random()): number {
  const { firstMs, maxMs } = limits.mail.retry
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30))
  return full / 2 + (full / 2) * chance
}
