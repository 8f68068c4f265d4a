// Whether a tail hears what its log has. A connection may be open, and even answer, and bring nothing of it: only another
// one can tell.
import { limits } from '../protocol/limits.ts'
import { compareIds, type StreamId } from './entry.ts'

export class Hearing {
  /** Where the tail stands while the log has gone on, and since when. */
  #behind: { position: StreamId; since: number } | undefined

  /** The log has gone on for limits.silence.deafMs, and the tail has read nothing of it. */
  isDeaf = false

  /** How far the tail is behind the log, in ms: how long it has stood still, or the time between the two places. */
  lagMs = 0

  /** `position`: where the tail stood before the log was asked for `last`, its newest id. True: it has just gone deaf. */
  compare(position: StreamId, last: StreamId, now = performance.now()): boolean {
    const wasDeaf = this.isDeaf
    const before = this.#behind
    if (compareIds(last, position) <= 0) this.#behind = undefined
    else if (before === undefined || compareIds(position, before.position) !== 0)
      this.#behind = { position, since: now }
    // What has just come after a long silence is no lag: only who was behind before may be so by the time between the two.
    const apartMs = before === undefined ? 0 : last.ms - position.ms
    this.lagMs =
      this.#behind === undefined ? 0 : Math.max(0, this.#behind === before ? now - before.since : apartMs)
    this.isDeaf = this.#behind !== undefined && now - this.#behind.since >= limits.silence.deafMs
    return this.isDeaf && !wasDeaf
  }
}
