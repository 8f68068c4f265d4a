// Sends to devices what they are to be told. Of all processes one at a time, which holds the head of the queue:
// 1. Take up what was decided since (queue.ts).
// 2. Queue the summaries of those whose quiet hours are over (holds.ts), and take back what was read elsewhere (shown.ts).
// 3. For each push service by itself (lanes.ts): read what is due, ask whether it still matters, send it, and settle it.
// If the process dies between sending and settling, a message is sent twice, with the same id: the device shows it once.
import type { Counter } from 'prom-client'
import { group } from '../channel/group.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import type { Holds } from './holds.ts'
import { Lanes } from './lanes.ts'
import { lettersFor, type LettersDeps, type Parcel } from './letters.ts'
import type { Poster } from './post.ts'
import type { PushQueue } from './queue.ts'
import type { Settling } from './settling.ts'
import type { Shown } from './shown.ts'
import type { Subscriptions } from './subscriptions.ts'

export interface DelivererDeps extends LettersDeps {
  queue: PushQueue
  holds: Holds
  shown: Shown
  subscriptions: Subscriptions
  settling: Settling
  poster: Pick<Poster, 'post'>
  /** Identifies this process in the row. */
  holder: string
  sent: Counter<'outcome'>
  onError: (error: unknown, where: string) => void
  now?: () => number
}

const { lookEveryMs, leaseMs } = limits.push
const sweepEveryMs = 60_000

export class Deliverer {
  readonly #deps: DelivererDeps
  readonly #now: () => number
  readonly #lanes: Lanes
  readonly #end = new AbortController()
  readonly #leading: Repeated
  #fence: number | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isAskedAgain = false
  #sweptAt = -Infinity

  constructor(deps: DelivererDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
    this.#lanes = new Lanes(
      (service) => this.#serve(service),
      () => this.wake(),
    )
    this.#leading = new Repeated({
      everyMs: leaseMs / 4,
      run: () => this.#lead(),
      onError: (error) => deps.onError(error, 'holding the head of push messages'),
    })
  }

  /** Whether this process delivers. */
  get isLeading(): boolean {
    return this.#fence !== undefined
  }

  /** From now on it may be the one that delivers. */
  open(): void {
    this.#leading.soon()
  }

  /** Something was decided, read or changed. */
  wake(): void {
    this.#isAskedAgain = true
    if (this.#running !== undefined || this.#fence === undefined || this.#end.signal.aborted) return
    clearTimeout(this.#timer)
    this.#running = this.#look()
  }

  /** What is under way is sent to its end and settled; the next process goes on from there. */
  async close(): Promise<void> {
    this.#end.abort()
    clearTimeout(this.#timer)
    await this.#leading.close()
    await this.#running
    await this.#lanes.ended()
    await this.#deps.settling.flush()
    if (this.#fence !== undefined) await this.#deps.queue.release(this.#fence).catch(() => undefined)
  }

  async #lead(): Promise<void> {
    const { queue, holder } = this.#deps
    if (this.#fence !== undefined && !(await queue.renew(this.#fence))) this.#fence = undefined
    if (this.#fence !== undefined) return
    this.#fence = await queue.take(holder)
    if (this.#fence !== undefined) this.wake()
  }

  async #look(): Promise<void> {
    let waitMs: number = lookEveryMs
    try {
      waitMs = await this.#step()
    } catch (error) {
      this.#deps.onError(error, 'looking for push messages')
    }
    this.#running = undefined
    if (this.#end.signal.aborted || this.#fence === undefined) return
    if (this.#isAskedAgain) return this.wake()
    this.#timer = setTimeout(() => this.wake(), waitMs)
  }

  /** Returns after how long there is something to do, at most lookEveryMs. */
  async #step(): Promise<number> {
    const { queue, holds, shown, subscriptions } = this.#deps
    this.#isAskedAgain = false
    if (this.#fence === undefined) return lookEveryMs
    const more = await queue.collect(this.#fence)
    if (more === undefined) {
      this.#fence = undefined
      return lookEveryMs
    }
    if (more) this.#isAskedAgain = true
    const holdEnds = await holds.end()
    await shown.takeBack()
    const now = this.#now()
    if (now - this.#sweptAt >= sweepEveryMs) {
      this.#sweptAt = now
      await subscriptions.sweep()
    }
    const services = (await queue.services()).sort((a, b) => a.dueMs - b.dueMs)
    this.#lanes.begin(services.filter(({ dueMs }) => dueMs <= now).map(({ service }) => service))
    const next = Math.min(holdEnds, ...services.filter(({ dueMs }) => dueMs > now).map(({ dueMs }) => dueMs))
    return Math.max(1, Math.min(lookEveryMs, next - now))
  }

  /** Until nothing is due for this service. Never rejects. */
  async #serve(service: number): Promise<void> {
    try {
      while (!this.#end.signal.aborted && this.#fence !== undefined) if (!(await this.#page(service))) return
    } catch (error) {
      this.#deps.onError(error, 'sending push messages')
    }
  }

  /** False: nothing was due. */
  async #page(service: number): Promise<boolean> {
    const { queue, holds, settling, subscriptions } = this.#deps
    const rows = await queue.due(service)
    if (rows.length === 0) return false
    const now = this.#now()
    await subscriptions.forget([...new Set(rows.filter(({ isOpen }) => !isOpen).map(({ device }) => device))])
    const late = rows.filter(({ isOpen, untilMs }) => isOpen && untilMs <= now)
    const { parcels, dropped, held } = await lettersFor(
      this.#deps,
      rows.filter(({ isOpen, untilMs }) => isOpen && untilMs > now),
    )
    for (const [user, { ids, untilMs }] of held) await holds.hold(user, ids, untilMs)
    await queue.drop([...late, ...dropped])
    await group(parcels.values(), this.#lanes.widthOf(service), (of) => this.#send(service, of))
    await settling.flush()
    return true
  }

  /** One after the other, so that a device has them in order; after a failure the others wait with it. */
  async #send(service: number, parcels: readonly Parcel[]): Promise<void> {
    const { poster, settling, sent } = this.#deps
    for (const { rows, letter } of parcels) {
      const [row] = rows
      if (row === undefined || this.#end.signal.aborted) return
      const began = performance.now()
      const outcome = await poster.post(row, letter)
      this.#lanes.answered(service, performance.now() - began)
      // The outcome is not known: it is sent again by the next process.
      if (outcome.state === 'failed' && this.#end.signal.aborted) return
      sent.inc({ outcome: outcome.state })
      const { payload } = letter
      const { device, user } = row
      const shown =
        payload.type === 'show' ? { device, user, room: payload.room ?? '0', id: payload.id } : undefined
      await settling.settle([row, ...rows.slice(1)], outcome, shown)
      if (outcome.state === 'failed' || outcome.state === 'gone') return
    }
  }
}
