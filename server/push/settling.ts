// What comes of each message that was sent, written for many at once: a page of them takes a few statements.
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Outcome } from './post.ts'
import type { PushQueue, Queued } from './queue.ts'
import { backOffMs } from './retry-after.ts'
import type { NewlyShown, Shown } from './shown.ts'
import type { Subscriptions } from './subscriptions.ts'

export interface SettlingDeps {
  db: Db
  queue: PushQueue
  subscriptions: Pick<Subscriptions, 'forget'>
  shown: Pick<Shown, 'shows'>
  now: () => number
}

/** At so many it is written, and after so long: what a kill -9 sends twice. */
const rowsAtOnce = 100
const waitMs = 20

export class Settling {
  readonly #deps: SettlingDeps
  #done: Queued[] = []
  #shown: NewlyShown[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(deps: SettlingDeps) {
    this.#deps = deps
  }

  /** `shown`: what the device shows by it. @throws a lost connection: they are sent again */
  async settle(
    rows: readonly [Queued, ...Queued[]],
    outcome: Outcome,
    shown: NewlyShown | undefined,
  ): Promise<void> {
    const { queue, subscriptions, now } = this.#deps
    const [{ device, isFailing, tries, untilMs }] = rows
    if (outcome.state === 'gone') return subscriptions.forget([device])
    if (outcome.state === 'taken') {
      if (isFailing) await this.#note(device, null)
      if (shown !== undefined) this.#shown.push(shown)
      return this.#finish(rows)
    }
    await this.#note(device, outcome.error)
    const dueMs = now() + backOffMs(tries, outcome.state === 'failed' ? outcome.afterMs : 0)
    if (outcome.state === 'refused' || dueMs >= untilMs) return this.#finish(rows)
    return queue.later(rows, dueMs)
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [rows, shown] = [this.#done, this.#shown]
    this.#done = []
    this.#shown = []
    const { queue, shown: all } = this.#deps
    // Trap: first what is shown. What is not known to be shown is never taken back.
    if (rows.length > 0)
      this.#writing = this.#writing.then(() => all.shows(shown)).then(() => queue.drop(rows))
    const writing = this.#writing
    // The next one begins anew after a failure, which is told once.
    this.#writing = writing.catch(() => undefined)
    await writing
  }

  async #finish(rows: readonly Queued[]): Promise<void> {
    this.#done.push(...rows)
    if (this.#done.length >= rowsAtOnce) return this.flush()
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), waitMs)
    return undefined
  }

  /** `failure`: why nothing reaches the device; null: it is reached again. */
  async #note(device: string, failure: string | null): Promise<void> {
    const { db, now } = this.#deps
    await db.run(
      `UPDATE push_subscriptions SET failing_ms = IF(? IS NULL, NULL, COALESCE(failing_ms, ?)), failure = ? WHERE id = ?`,
      [failure, now(), failure?.slice(0, limits.push.wordsChars / 2) ?? null, BigInt(device)],
    )
  }
}
