// Whether a tail hears what its log has. A connection may be open, and even answer, and bring nothing of it: only another
// one can tell.
import { limits } from '../protocol/limits.ts'
import { compareIds, type StreamId } from './entry.ts'

export class Hearing {
  /** Where the tail stands while the log has gone on, and since when. */
  #behind: { position: StreamId; since: number } | undefined

  /** The log has gone on for limits.silence.deafMs, and the tail has read nothing of it. */
  isDeaf = false

  /** `position`: where the tail stood before the log was asked for `last`, its newest id. True: it has just gone deaf. */
  compare(position: StreamId, last: StreamId, now = performance.now()): boolean {
    const wasDeaf = this.isDeaf
    if (compareIds(last, position) <= 0) this.#behind = undefined
    else if (this.#behind === undefined || compareIds(position, this.#behind.position) !== 0)
      this.#behind = { position, since: now }
    this.isDeaf = this.#behind !== undefined && now - this.#behind.since >= limits.silence.deafMs
    return this.isDeaf && !wasDeaf
  }
}
