// Whether an import may use much, little or none of the log: checked a few times a second, for its share.
import type { Busyness } from '../channel/share.ts'
import type { Load } from '../log/bulk.ts'
import { limits } from '../protocol/limits.ts'

const everyMs = 250
/** Somebody who has sent a message counts as talking for this long. */
const talkingMs = 2_000
/** Entries that sync has yet to write: a second or two of its work. Above, the import slows down; far above, it waits. */
const behind = 20_000
const farBehind = 60_000

/** Pure: from the load of the log, and how long ago others last sent something. */
export function busynessOf({ unarchived, redis }: Load, sinceOthersMs: number): Busyness {
  if (unarchived > farBehind || redis >= limits.backlog.warnAt) return 'full'
  return unarchived > behind || sinceOthersMs < talkingMs ? 'busy' : 'free'
}

export class LoadWatch {
  busyness: Busyness = 'free'
  #others: number | undefined
  #heardAt = -Infinity
  readonly #timer: NodeJS.Timeout

  constructor(load: () => Promise<Load>) {
    let isLooking = false
    this.#timer = setInterval(() => {
      if (isLooking) return
      isLooking = true
      load()
        .then((now) => this.#see(now))
        // If Redis does not answer, the import waits, too.
        .catch(() => {
          this.busyness = 'full'
        })
        .finally(() => {
          isLooking = false
        })
    }, everyMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #see(load: Load): void {
    const now = performance.now()
    // The count is a lower bound: an increase above all earlier values comes from others.
    if (this.#others !== undefined && load.byOthers > this.#others) this.#heardAt = now
    this.#others = Math.max(this.#others ?? load.byOthers, load.byOthers)
    this.busyness = busynessOf(load, now - this.#heardAt)
  }
}
