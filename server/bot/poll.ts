// The long poll of a bot: what it shows is acknowledged, and it is answered with what comes after, at once or when the
// bell rings. While it waits nothing is asked of MySQL.
import { isRefusal } from '../answer.ts'
import { isConnectionLost } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Bell, Ring, Waiter, Watch } from './bell.ts'
import type { Bots } from './bots.ts'
import { noCursor, parseCursor, type Cursor, type Place } from './cursor.ts'
import type { Feed, Page, Seat } from './feed.ts'

export interface PollParts {
  bots: Pick<Bots, 'ack' | 'acked'>
  feed: Feed
  bell: Bell
  seats: (botId: string) => Promise<Seat[]>
}

export interface Asked {
  /** A cursor, and with it the word that everything up to it is done with. None: the one acknowledged last. */
  after?: string | undefined
  limit: number
  waitMs: number
}

export class Polls {
  readonly #parts: PollParts
  /** What each bot of this process acknowledged last, so that asking again with the same cursor writes nothing. */
  readonly #acked = new Map<string, string>()

  constructor(parts: PollParts) {
    this.#parts = parts
  }

  /** `signal`: whoever asked has gone. */
  async ask(waiter: Waiter, { after, limit, waitMs }: Asked, signal: AbortSignal): Promise<Page | Refusal> {
    const from = after === undefined ? await this.acked(waiter.bot) : parseCursor(after)
    if (from === undefined) return { code: 'bad_cursor' }
    const { bell } = this.#parts
    if (bell.countOf(waiter.bot) >= limits.bots.waitsOfOne || bell.count >= limits.bots.waits)
      return { code: 'too_many', retryAfterMs: 1_000 }
    // At least once: an acknowledgement that cannot be kept while MySQL is away costs only that.
    if (after !== undefined)
      await this.#keep(waiter.bot, after, from).catch((error: unknown) => {
        if (!isConnectionLost(error)) throw error
      })
    return this.#wait(waiter, from, limit, Date.now() + waitMs, signal)
  }

  async acked(botId: string): Promise<Cursor> {
    return (await this.#parts.bots.acked(botId)) ?? noCursor
  }

  async #wait(
    waiter: Waiter,
    from: Cursor,
    limit: number,
    until: number,
    signal: AbortSignal,
  ): Promise<Page | Refusal> {
    for (;;) {
      const watch = this.#parts.bell.watch(waiter)
      try {
        const page = await this.#read(watch, from, limit)
        if (isRefusal(page) || page.entries.length > 0) return page
        from = page.cursor
        if (page.more) continue
        const ring = await ringWithin(watch, until - Date.now(), signal)
        if (ring === 'signed-out') return { code: 'signed_out' }
        if (ring !== 'news') return page
      } finally {
        this.#parts.bell.stop(watch)
      }
    }
  }

  async #read(watch: Watch, from: Cursor, limit: number): Promise<Page | Refusal> {
    const { bell, feed, seats } = this.#parts
    const all = await seats(watch.waiter.bot)
    bell.attend(
      watch,
      all.map(({ id }) => id),
    )
    return feed.page(from, all, limit)
  }

  async #keep(botId: string, word: string, cursor: Cursor): Promise<void> {
    if (this.#acked.get(botId) === word) return
    await this.#parts.bots.ack(botId, cursor)
    this.#acked.set(botId, word)
    if (this.#acked.size > limits.bots.waits) this.#acked.clear()
  }

  /** Where a bot stands in each of its rooms, as a socket resumes. */
  async resume(botId: string): Promise<Record<string, number>> {
    const { feed, seats } = this.#parts
    const places =
      (await feed.places(await this.acked(botId), await seats(botId))) ?? new Map<string, Place>()
    return Object.fromEntries([...places].map(([room, { seq }]) => [room, seq]))
  }

  /** Keeps a cursor without asking for more. */
  ack(botId: string, cursor: Cursor): Promise<Cursor> {
    return this.#parts.bots.ack(botId, cursor)
  }
}

async function ringWithin(watch: Watch, ms: number, signal: AbortSignal): Promise<Ring> {
  const late = setTimeout(() => watch.ring('late'), Math.max(0, ms))
  const gone = (): void => watch.ring('gone')
  signal.addEventListener('abort', gone, { once: true })
  if (signal.aborted) gone()
  const ring = await watch.rang
  clearTimeout(late)
  signal.removeEventListener('abort', gone)
  return ring
}
