// Carries what rooms say to the outgoing webhooks: per hook one process at a time, in order, from a cursor in MySQL.
// Phases of one hook: 1. take its lease. 2. Read a page after the cursor. 3. Post each message that passes the filter.
// 4. Move the cursor. A process that dies between 3 and 4 is replaced, and the message goes out twice under one id.
import { isRefusal } from '../answer.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Message, SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { deliver, type Outcome } from './deliver.ts'
import { passes } from './filter.ts'
import { leaseMs, type Leased, type OutgoingHooks } from './outgoing.ts'

export interface DelivererParts {
  db: Db
  hooks: OutgoingHooks
  history: Pick<History, 'page'>
  /** The newest number of a room that this process has read. */
  headOf: (room: string) => number
  mayBePrivate: boolean
  /** Names this process in the rows. */
  holder: string
  onTaken: () => void
  onFailed: () => void
  onTrouble: (error: unknown, where: string) => void
}

/** How often MySQL is asked which hooks there are; what is said in a room known to have one goes out at once. */
const lookEveryMs = 1_000
/** A busy room wakes it with each message; MySQL is not asked more often for that. */
const lookAtMostEveryMs = 20

export class Deliverer {
  readonly #parts: DelivererParts
  /** The hooks that may deliver, by room, as of the last look. */
  #known = new Map<string, string[]>()
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #end = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #again = false
  #lookedAt = 0
  #lag = 0

  constructor(parts: DelivererParts) {
    this.#parts = parts
    this.#timer = setTimeout(() => this.#look(), lookEveryMs)
  }

  /** Messages of the hook that is furthest behind, as of the last look. */
  get lag(): number {
    return this.#lag
  }

  /** Something was said in these rooms. */
  wake(rooms: Iterable<string>): void {
    for (const room of rooms)
      // One that is under way looks for itself whether there is more.
      if (this.#known.get(room)?.some((id) => !this.#underWay.has(id)) === true) return this.lookNow()
  }

  /** Somebody has changed a hook. */
  lookNow(): void {
    this.#again = true
    if (this.#looking !== undefined || this.#end.signal.aborted) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), Math.max(0, this.#lookedAt + lookAtMostEveryMs - Date.now()))
  }

  /** What is being posted is given up; it goes out again from where its cursor is. */
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
    this.#lookedAt = Date.now()
    this.#looking = this.#begin()
      .catch((error: unknown) => this.#parts.onTrouble(error, 'looking for webhooks'))
      .finally(() => {
        this.#looking = undefined
        if (this.#again) this.lookNow()
        else if (!this.#end.signal.aborted) this.#timer = setTimeout(() => this.#look(), lookEveryMs)
      })
  }

  async #begin(): Promise<void> {
    const active = await this.#parts.hooks.active()
    this.#known = new Map()
    for (const { id, room } of active) this.#known.set(room, [...(this.#known.get(room) ?? []), id])
    const behind = active.map(({ room, cursor }) => this.#parts.headOf(room) - cursor)
    this.#lag = Math.max(0, ...behind)
    for (const { id, room, cursor, isFree } of active) {
      if (!isFree || this.#underWay.has(id) || this.#parts.headOf(room) <= cursor) continue
      if (this.#underWay.size >= limits.hooks.underWay) return
      const run = this.#run(id)
        .catch((error: unknown) => void this.#parts.onTrouble(error, `webhook ${id}`))
        .then((reached) => {
          this.#underWay.delete(id)
          // What was said since it looked last found it under way.
          if (reached !== undefined && this.#parts.headOf(room) > reached) this.lookNow()
        })
      this.#underWay.set(id, run)
    }
  }

  /** The number up to which the hook has everything; undefined when it has not. */
  async #run(id: string): Promise<number | undefined> {
    const hook = await this.#parts.hooks.take(id, this.#parts.holder)
    if (hook === undefined) return undefined
    const mine = new AbortController()
    const renewing = setInterval(() => {
      this.#parts.hooks.renew(hook).then(
        (isMine) => isMine || mine.abort(),
        () => undefined,
      )
    }, leaseMs / 4)
    try {
      return await this.#drain(hook, AbortSignal.any([mine.signal, this.#end.signal]))
    } finally {
      clearInterval(renewing)
      await this.#parts.hooks.release(hook)
    }
  }

  /** Page by page until the hook has everything, a delivery fails, or the hook is not ours any more. */
  async #drain(hook: Leased, signal: AbortSignal): Promise<number | undefined> {
    const { headOf, history, hooks, db } = this.#parts
    let { cursor } = hook
    while (!signal.aborted) {
      // Read before the page: what is numbered above it and missing in the page may still come.
      const head = headOf(hook.room)
      if (head <= cursor) return cursor
      const page = await history.page(hook.room, { after: cursor, limit: limits.hooks.batch })
      // MySQL is away: not the receiver's fault, so it does not count as a failure.
      if (isRefusal(page)) return undefined
      const tools = await toolsOf(db, hook.room)
      for (const message of page.messages) {
        if (signal.aborted) return undefined
        if (!isCarried(message) || tools.has(message.user.id) || !passes(hook.filter, message.text)) continue
        const isTaken = await this.#post(hook, message, signal)
        if (!isTaken) return undefined
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

  async #post(hook: Leased, message: SpokenMessage, signal: AbortSignal): Promise<boolean> {
    const address = { url: hook.url, secret: hook.secret, mayBePrivate: this.#parts.mayBePrivate }
    const outcome = await deliver(address, hook.room, message, signal)
    // This process ends, or the hook is another's: what the receiver heard is not known, so it hears it again.
    if (signal.aborted) return false
    if (outcome.state === 'taken') {
      this.#parts.onTaken()
      hook.failures = 0
      hook.failingSince = null
      return this.#parts.hooks.move(hook, { cursor: message.seq, status: outcome.status })
    }
    this.#parts.onFailed()
    await this.#parts.hooks.fail(hook, failureOf(hook, outcome))
    return false
  }
}

function failureOf(hook: Leased, outcome: Exclude<Outcome, { state: 'taken' }>) {
  if (outcome.state === 'gone')
    return { status: outcome.status, error: 'HTTP 410', retryInMs: undefined, paused: 'gone' } as const
  const { status = null, error, retryAfterMs } = outcome
  const isOver = hook.failingSince !== null && Date.now() - hook.failingSince >= limits.hooks.giveUpMs
  if (isOver) return { status, error, retryInMs: undefined, paused: 'failing' } as const
  const asked = Math.min(retryAfterMs ?? 0, limits.hooks.retry.mostMs)
  return { status, error, retryInMs: Math.max(asked, backOff(hook.failures)), paused: null } as const
}

/** Doubles from the first to the most; half of it is chance, so that hooks of one receiver do not come together. */
export function backOff(failures: number, chance: number = Math.random()): number {
  const { firstMs, mostMs } = limits.hooks.retry
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30))
  return full / 2 + (full / 2) * chance
}

/** As whom incoming hooks of a room speak or spoke. Theirs is never carried out, or two hooks could talk for ever. */
async function toolsOf(db: Db, room: string): Promise<Set<string>> {
  const sql = 'SELECT user_id FROM incoming_hooks WHERE room_id = ?'
  const rows = await db.rows<{ user_id: number }>(sql, [BigInt(room)])
  return new Set(rows.map(({ user_id }) => String(user_id)))
}

const isCarried = (message: Message): message is SpokenMessage =>
  message.kind === 'message' && message.deletedAt === null
