// The long poll of a bot: its cursor is acknowledged, and it receives what comes after it, at once or when new
// entries wake it. While it waits, MySQL is not queried.
import { isRefusal } from '../answer.ts'
import { isMysqlAway } from '../db.ts'
import type { RoomList } from '../membership/room-list.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { PollWaiters, Ring, Waiter, Watch } from './poll-waiters.ts'
import type { Acknowledging } from './acknowledging.ts'
import type { Bots } from './bots.ts'
import { noCursor, parseCursor, type Cursor } from './cursor.ts'
import type { Departures } from './departures.ts'
import type { Feed, Page } from './feed.ts'

export interface PollDeps {
  bots: Pick<Bots, 'ack' | 'acked'>
  feed: Feed
  waiters: PollWaiters
  /** The rooms that a bot is in. */
  memberships: Pick<RoomList, 'roomsOf'>
  acknowledging: Pick<Acknowledging, 'refuse'>
  departures: Departures
}

export interface Asked {
  /**
   * A cursor; it also acknowledges everything up to it. Without one, reading continues from the last acknowledgement.
   */
  after?: string | undefined
  limit: number
  waitMs: number
}

export class LongPolls {
  readonly #deps: PollDeps
  /** The last acknowledgement of each bot in this process, so that repeating a cursor writes nothing. */
  readonly #acked = new Map<string, string>()

  constructor(deps: PollDeps) {
    this.#deps = deps
  }

  /** `signal`: the client has gone. */
  async ask(waiter: Waiter, { after, limit, waitMs }: Asked, signal: AbortSignal): Promise<Page | Refusal> {
    const from = after === undefined ? await this.acked(waiter.bot) : parseCursor(after)
    if (from === undefined) return { code: 'bad_cursor' }
    const { waiters, acknowledging } = this.#deps
    const refusal = after === undefined ? undefined : await acknowledging.refuse(from)
    if (refusal !== undefined) return refusal
    if (waiters.countOf(waiter.bot) >= limits.bots.waitsOfOne || waiters.count >= limits.bots.waits)
      return { code: 'too_many', retryAfterMs: 1_000 }
    // At least once: an acknowledgement that cannot be stored while MySQL is down only causes repeats.
    if (after !== undefined)
      await this.#keep(waiter.bot, after, from).catch((error: unknown) => {
        if (!isMysqlAway(error)) throw error
      })
    return this.#wait(waiter, from, limit, performance.now() + waitMs, signal)
  }

  async acked(botId: string): Promise<Cursor> {
    return (await this.#deps.bots.acked(botId)) ?? noCursor
  }

  async #wait(
    waiter: Waiter,
    from: Cursor,
    limit: number,
    until: number,
    signal: AbortSignal,
  ): Promise<Page | Refusal> {
    for (;;) {
      const watch = this.#deps.waiters.watch(waiter)
      try {
        const page = await this.#read(watch, from, limit)
        if (isRefusal(page) || page.entries.length > 0) return page
        from = page.cursor
        if (page.more) continue
        const ring = await ringWithin(watch, until - performance.now(), signal)
        if (ring === 'signed-out') return { code: 'signed_out' }
        if (ring !== 'news') return page
      } finally {
        this.#deps.waiters.stop(watch)
      }
    }
  }

  async #read(watch: Watch, from: Cursor, limit: number): Promise<Page | Refusal> {
    const { waiters, feed, memberships, departures } = this.#deps
    const all = await memberships.roomsOf(watch.waiter.bot)
    waiters.attend(
      watch,
      all.map(({ id }) => id),
    )
    return feed.page(from, await departures.toRead(watch.waiter.bot, from, all), limit)
  }

  async #keep(botId: string, word: string, cursor: Cursor): Promise<void> {
    if (this.#acked.get(botId) === word) return
    await this.#deps.bots.ack(botId, cursor)
    this.#acked.set(botId, word)
    if (this.#acked.size > limits.bots.waits) this.#acked.clear()
  }

  /** A bot's position in each of its rooms, as for resuming a socket. */
  async resume(botId: string): Promise<Record<string, number>> {
    const { feed, memberships } = this.#deps
    const places =
      (await feed.places(await this.acked(botId), await memberships.roomsOf(botId))) ??
      new Map<string, number>()
    return Object.fromEntries(places)
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
