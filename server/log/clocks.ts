// How far apart the clocks of Redis, of the log and of this process are. Redis dates what is said, so a clock that is wrong
// there is wrong in every message; and the log's ids never go back, so they stay ahead of a clock that was set right.
import { limits } from '../protocol/limits.ts'

export class Clocks {
  /** How far Redis's time, or the newest id of the log, is from ours: positive when it is ahead. In ms. */
  apartMs = 0
  #areApart = false

  /** `began`, `now`: ours before and after Redis was asked for its time. Answers what a person must hear, once. */
  compare({
    redis,
    newest,
    began,
    now,
  }: {
    redis: number
    newest: number
    began: number
    now: number
  }): string | undefined {
    const apart = redis < began ? redis - began : Math.max(0, redis - now)
    const ahead = newest - now
    this.apartMs = ahead > Math.abs(apart) ? ahead : apart
    const wereApart = this.#areApart
    this.#areApart = Math.abs(this.apartMs) > limits.clocksApartMs
    if (this.#areApart === wereApart) return undefined
    if (!this.#areApart) return 'the clocks agree again'
    const seconds = Math.round(Math.abs(this.apartMs) / 1_000)
    const whose = this.apartMs === apart ? "Redis's clock" : 'the newest entry of the log'
    return `${whose} is ${seconds} s ${this.apartMs > 0 ? 'ahead of' : 'behind'} ours; messages carry its time`
  }
}
