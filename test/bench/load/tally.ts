// What the listeners of one thread have counted in a round.
import { clock } from './clock.ts'
import { addTime, noTimes, type Times } from './histogram.ts'

/** A thread's result of a round; plain data, so that it can be sent. */
export interface Told {
  deliveries: number
  /** Deliveries between `from` and `to` of the round's measured time. */
  inTime: number
  /** Frames that brought at least one of them. */
  frames: number
  sent: number
  acks: number
  /** Resent after a retryable refusal. */
  again: number
  refusals: Record<string, number>
  /** The highest number of each room that was acknowledged. */
  heads: Record<string, number>
  doubled: number
  outOfOrder: number
  /** Lines that differed from what others received. */
  different: number
  /** Why sockets closed before the round ended, and how many. */
  endings: Record<string, number>
  heardAfter: Times
  ackedAfter: Times
}

export class Tally {
  deliveries = 0
  inTime = 0
  frames = 0
  sent = 0
  acks = 0
  again = 0
  doubled = 0
  outOfOrder = 0
  different = 0
  lastHeardAt = clock()
  /** The measured time of the round: what arrives outside it is checked, but not timed. */
  from = Infinity
  to = Infinity
  readonly refusals: Record<string, number> = {}
  readonly endings: Record<string, number> = {}
  readonly heads: Record<string, number> = {}
  readonly #heardAfter = noTimes()
  readonly #ackedAfter = noTimes()
  readonly #sentAt: Float64Array

  /** `sentAt`: when each message was written, shared by all threads. */
  constructor(sentAt: Float64Array) {
    this.#sentAt = sentAt
  }

  /** One listener received one numbered line; `message` is -1 if it is not a message of ours. */
  heard(message: number, now: number): void {
    if (message < 0) return
    this.deliveries += 1
    if (now < this.from || now >= this.to) return
    this.inTime += 1
    addTime(this.#heardAfter, now - (this.#sentAt[message] ?? now))
  }

  acked(message: number, room: string, number: number, now: number): void {
    this.acks += 1
    this.heads[room] = Math.max(this.heads[room] ?? 0, number)
    if (now >= this.from && now < this.to) addTime(this.#ackedAfter, now - (this.#sentAt[message] ?? now))
  }

  refused(code: string): void {
    this.refusals[code] = (this.refusals[code] ?? 0) + 1
  }

  ended(why: string): void {
    this.endings[why] = (this.endings[why] ?? 0) + 1
  }

  get answers(): number {
    return this.acks + Object.values(this.refusals).reduce((sum, count) => sum + count, 0)
  }

  tell(): Told {
    const {
      deliveries,
      inTime,
      frames,
      sent,
      acks,
      again,
      refusals,
      heads,
      doubled,
      outOfOrder,
      different,
      endings,
    } = this
    return {
      deliveries,
      inTime,
      frames,
      sent,
      acks,
      again,
      refusals,
      heads,
      doubled,
      outOfOrder,
      different,
      endings,
      heardAfter: this.#heardAfter,
      ackedAfter: this.#ackedAfter,
    }
  }
}
