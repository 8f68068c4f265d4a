// Reports read positions of threads to the server: the newest number of each, not each one that was passed while
// scrolling.
import { placeKey } from '../../../server/protocol/place-key.ts'
import { readThread } from '../../wire/api.ts'
import { isRefusal, mayRetry } from '../../wire/refusal.ts'

const tellEveryMs = 300
const againMs = 5_000

interface Read {
  room: string
  thread: number
  seq: number
}

export class ThreadReadTeller {
  readonly #waiting = new Map<string, Read>()
  #timer: ReturnType<typeof setTimeout> | undefined

  read(one: Read): void {
    this.#waiting.set(placeKey(one.room, one.thread), one)
    this.tellSoon()
  }

  /** Sends what is waiting, if anything is. */
  tellSoon(): void {
    if (this.#waiting.size > 0) this.#tellIn(tellEveryMs)
  }

  forget(): void {
    this.#waiting.clear()
  }

  #tellIn(ms: number): void {
    this.#timer ??= setTimeout(() => void this.#tell(), ms)
  }

  /** What the server refuses now is sent a little later. */
  async #tell(): Promise<void> {
    this.#timer = undefined
    for (const [key, one] of this.#waiting) {
      this.#waiting.delete(key)
      const answer = await readThread(one.room, one.thread, one.seq)
      if (!isRefusal(answer) || !mayRetry(answer.code)) continue
      if (!this.#waiting.has(key)) this.#waiting.set(key, one)
      return this.#tellIn(answer.retryAfterMs ?? againMs)
    }
  }
}
