// Delivers messages to the outgoing webhooks: per hook one process at a time, in order, from a cursor in MySQL.
// Phases of one hook:
// 1. Take its lease.
// 2. Read a page after the cursor.
// 3. Post each message that passes the filter.
// 4. Move the cursor.
// If a process dies between 3 and 4, another one takes over, and the message is sent twice with the same id.
import type { Counter } from 'prom-client'
import { isRefusal } from '../answer.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Log } from '../log/log.ts'
import type { Outages } from '../logging/outages.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { isSpoken } from '../protocol/timeline.ts'
import { deliver, type Outcome } from './deliver.ts'
import { DeliverySlots } from './delivery-slots.ts'
import { passes } from './filter.ts'
import { leaseMs, type Leased, type Outgoing, type OutgoingHooks } from './outgoing.ts'

export interface DelivererDeps {
  db: Db
  hooks: OutgoingHooks
  history: Pick<History, 'page'>
  log: Pick<Log, 'head' | 'tail'>
  /** Whoever is banned is sent nothing by the webhooks they made; these go on from where they are once it ends. */
  isBanned: (person: string, room: string) => boolean
  mayBePrivate: boolean
  /** See Delivery. */
  origin: string
  /** Identifies this process in the rows. */
  holder: string
  taken: Counter
  failed: Counter
  outages: Outages
  onError: (error: unknown, where: string) => void
}

/** A hook that has not delivered everything: how many entries of its room, and when the first of them was said (ms since 1970). */
export interface Behind {
  id: string
  entries: number
  since: number
}

/** How often MySQL is asked which hooks there are; messages in a room known to have one are delivered at once. */
const lookEveryMs = 1_000
/** A busy room wakes it with each message; MySQL is not queried more often because of that. */
const lookAtMostEveryMs = 20

export class Deliverer {
  readonly #deps: DelivererDeps
  /** The hooks that may deliver, by room, as of the last check. */
  #known = new Map<string, string[]>()
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #slots = new DeliverySlots()
  readonly #end = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #again = false
  #lookedAt = -Infinity
  #behind: Behind | undefined

  constructor(deps: DelivererDeps) {
    this.#deps = deps
    this.#timer = setTimeout(() => this.#look(), lookEveryMs)
  }

  /** The hook whose first undelivered message has waited longest, as of the last check; undefined: none is behind. */
  get behind(): Behind | undefined {
    return this.#behind
  }

  /** Call this when there are new messages in these rooms. */
  wake(rooms: Iterable<string>): void {
    for (const room of rooms)
      // A delivery in progress checks by itself whether there is more.
      if (this.#known.get(room)?.some((id) => !this.#underWay.has(id)) === true) return this.lookNow()
  }

  /** Call this when somebody has changed a hook. */
  lookNow(): void {
    this.#again = true
    if (this.#looking !== undefined || this.#end.signal.aborted) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => this.#look(),
      Math.max(0, this.#lookedAt + lookAtMostEveryMs - performance.now()),
    )
  }

  /** Aborts the post in progress; it is repeated from the cursor. */
  async close(): Promise<void> {
    this.#end.abort()
    clearTimeout(this.#timer)
    await this.#looking
    await Promise.all(this.#underWay.values())
  }

  #look(): void {
    if (this.#end.signal.aborted) return
    clearTimeout(this.#timer)
    this.#again = false
    this.#lookedAt = performance.now()
    this.#looking = this.#begin()
      .catch((error: unknown) => this.#deps.onError(error, 'looking for webhooks'))
      .finally(() => {
        this.#looking = undefined
        if (this.#again) this.lookNow()
        else if (!this.#end.signal.aborted) this.#timer = setTimeout(() => this.#look(), lookEveryMs)
      })
  }

  async #begin(): Promise<void> {
    const active = await this.#active()
    this.#known = new Map()
    for (const { id, room } of active) this.#known.set(room, [...(this.#known.get(room) ?? []), id])
    this.#behind = active
      .flatMap((hook) => this.#behindOf(hook) ?? [])
      .reduce<Behind | undefined>(
        (worst, one) => (one.since < (worst?.since ?? Infinity) ? one : worst),
        undefined,
      )
    this.#slots.keepOnly(new Set(active.map(({ id }) => id)))
    const ready = active.filter(({ room, cursor, isFree }) => isFree && this.#deps.log.head(room) > cursor)
    for (const { id, room } of this.#slots.begin(ready)) {
      const run = this.#run(id)
        .catch((error: unknown) => void this.#deps.onError(error, `webhook ${id}`))
        .then((reached) => {
          this.#underWay.delete(id)
          this.#slots.end(id)
          // Messages that arrived after the last check, while the hook was busy.
          const isBehind = reached !== undefined && this.#deps.log.head(room) > reached
          if (isBehind || this.#slots.areOthersWaiting) this.lookNow()
        })
      this.#underWay.set(id, run)
    }
  }

  #behindOf({ id, room, cursor }: Pick<Outgoing, 'id' | 'room' | 'cursor'>): Behind | undefined {
    const { log } = this.#deps
    const entries = log.head(room) - cursor
    if (entries <= 0) return undefined
    const tail = log.tail(room)
    // What memory has let go of is older than all it has.
    const since = tail?.at(room, cursor + 1)?.id.ms ?? tail?.at(room, tail.first(room))?.id.ms
    return { id, entries, since: since ?? Date.now() }
  }

  /** Without those of whoever is banned. Those that are nobody's any more are paused. */
  async #active() {
    const { hooks } = this.#deps
    const active = (await hooks.active()).filter((hook) => !this.#isBanned(hook))
    const unowned = await hooks.unowned(active.map(({ id }) => id))
    for (const hook of active) if (unowned.has(hook.id)) await hooks.orphan(hook)
    return active.filter(({ id }) => !unowned.has(id))
  }

  /** The number up to which everything is delivered; undefined if the hook is behind. */
  async #run(id: string): Promise<number | undefined> {
    const hook = await this.#deps.hooks.take(id, this.#deps.holder)
    if (hook === undefined) return undefined
    const mine = new AbortController()
    const renewing = setInterval(() => {
      this.#deps.hooks.renew(hook).then(
        (isMine) => isMine || mine.abort(),
        () => undefined,
      )
    }, leaseMs / 4)
    try {
      return await this.#drain(hook, AbortSignal.any([mine.signal, this.#end.signal]))
    } finally {
      clearInterval(renewing)
      await this.#deps.hooks.release(hook)
    }
  }

  /** Page by page until everything is delivered, a delivery fails, the lease is lost, or others need its slot. */
  async #drain(hook: Leased, signal: AbortSignal): Promise<number | undefined> {
    const { log, history, hooks, db } = this.#deps
    let { cursor } = hook
    while (!signal.aborted) {
      // Read before the page: messages numbered above it and missing in the page may still arrive.
      const head = log.head(hook.room)
      if (head <= cursor) return cursor
      const page = await history.page(hook.room, { after: cursor, limit: limits.hooks.batch })
      // MySQL is down: not the receiver's fault, so it does not count as a failure.
      if (isRefusal(page)) return undefined
      if ((await hooks.unowned([hook.id])).size > 0) return undefined
      const tools = await toolsOf(db, hook.room)
      for (const message of page.messages) {
        if (signal.aborted || this.#isBanned(hook)) return undefined
        if (!isCarried(message) || tools.has(message.user.id) || !passes(hook.filter, message.text)) continue
        const isTaken = await this.#post(hook, message, signal)
        if (!isTaken || this.#slots.isOver(hook.id)) return undefined
        cursor = message.seq
      }
      const reached = page.hasAfter
        ? (page.messages.at(-1)?.seq ?? head)
        : Math.max(head, page.messages.at(-1)?.seq ?? 0)
      if (reached > cursor && !(await hooks.move(hook, { cursor: reached }))) return undefined
      cursor = reached
    }
    return undefined
  }

  #isBanned({ owner, room }: Pick<Outgoing, 'owner' | 'room'>): boolean {
    return owner !== null && this.#deps.isBanned(owner, room)
  }

  async #post(hook: Leased, message: SpokenMessage, signal: AbortSignal): Promise<boolean> {
    const address = { url: hook.url, secret: hook.secret, mayBePrivate: this.#deps.mayBePrivate }
    const began = performance.now()
    const { origin } = this.#deps
    const outcome = await deliver(address, { hook, room: hook.room, message, origin }, signal)
    this.#slots.answered(hook.id, performance.now() - began)
    // This process is stopping, or has lost the hook: the result is unknown, so the message is sent again.
    if (signal.aborted) return false
    if (outcome.state === 'taken') {
      this.#deps.taken.inc()
      this.#deps.outages.works(receiverOf(hook), began)
      hook.failures = 0
      hook.failingSince = null
      return this.#deps.hooks.move(hook, { cursor: message.seq, status: outcome.status })
    }
    this.#deps.failed.inc()
    const why = outcome.state === 'gone' ? `HTTP ${outcome.status}` : outcome.error
    this.#deps.outages.failed(receiverOf(hook), why)
    await this.#deps.hooks.fail(hook, failureOf(hook, outcome))
    return false
  }
}

/** As in the log: without the path of its address, which may hold a token. */
const receiverOf = ({ id, url }: Leased): string =>
  `The receiver of webhook ${id} (${URL.canParse(url) ? new URL(url).host : 'no address'})`

function failureOf(hook: Leased, outcome: Exclude<Outcome, { state: 'taken' }>) {
  if (outcome.state === 'gone')
    return { status: outcome.status, error: 'HTTP 410', retryInMs: undefined, paused: 'gone' } as const
  const { status = null, error, retryAfterMs } = outcome
  const isOver = hook.failingSince !== null && Date.now() - hook.failingSince >= limits.hooks.giveUpMs
  if (isOver) return { status, error, retryInMs: undefined, paused: 'failing' } as const
  const asked = Math.min(retryAfterMs ?? 0, limits.hooks.retry.maxMs)
  return { status, error, retryInMs: Math.max(asked, backOff(hook.failures)), paused: null } as const
}

/** Doubles from the first delay to the max; half of it is random, so that hooks of one receiver do not coincide. */
export function backOff(failures: number, chance: number = Math.random()): number {
  const { firstMs, maxMs } = limits.hooks.retry
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures, 30))
  return full / 2 + (full / 2) * chance
}

/** The senders of a room's incoming hooks, now or earlier. Their messages are never delivered, or two hooks could loop. */
async function toolsOf(db: Db, room: string): Promise<Set<string>> {
  const sql = 'SELECT user_id FROM incoming_hooks WHERE room_id = ?'
  const rows = await db.rows<{ user_id: number }>(sql, [BigInt(room)])
  return new Set(rows.map(({ user_id }) => String(user_id)))
}

const isCarried = (message: Message): message is SpokenMessage =>
  isSpoken(message) && message.deletedAt === null
