// Gathers what the socket brings and hands it over in one piece per animation frame: how often a page is drawn does not
// depend on how much is said. Where drawing takes long, there are pauses in which the page answers keys; a hidden page,
// which nobody sees, is updated once a second. Order is kept, and nothing is left out.
import type { ServerEvent } from '../../server/protocol/events.ts'

/**
 * A piece that took longer than `long` to hear and draw is followed by a pause of `times` as long, within `least` and
 * `most`: so a slow phone spends at most a quarter of its time on what others say. Milliseconds.
 */
const pauses = { long: 25, times: 3, least: 100, most: 250 } as const
/** Badges, sounds and notifications of a hidden page may come this much later. */
const hiddenEveryMs = 1_000
/** A page that is visible and gets no frames: its window is covered, or the browser is busy. */
const noFrameMs = 300

/** How long to wait after a piece that took `ms`. */
export const pauseAfter = (ms: number): number =>
  ms <= pauses.long ? 0 : Math.min(pauses.most, Math.max(pauses.least, ms * pauses.times))

export class GatheredFrames {
  readonly #hear: (events: ServerEvent[]) => void
  #waiting: ServerEvent[] = []
  #frame: number | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #heardAt = -Infinity
  #pauseMs = 0
  /** The last piece is heard, and not drawn yet: how long it takes is not known. */
  #isDrawing = false

  /** `hear` is called with the events of one or more frames, in order. */
  constructor(hear: (events: ServerEvent[]) => void) {
    this.#hear = hear
    // Whoever comes back sees what is there now, at once.
    document.addEventListener('visibilitychange', () => document.hidden || this.flush())
  }

  add(events: readonly ServerEvent[]): void {
    for (const event of events) this.#waiting.push(event)
    this.#hearSoon()
  }

  #hearSoon(): void {
    const isPlanned = this.#frame !== undefined || this.#timer !== undefined || this.#isDrawing
    if (isPlanned || this.#waiting.length === 0) return
    const rest = this.#heardAt + (document.hidden ? hiddenEveryMs : this.#pauseMs) - performance.now()
    if (rest > 0) this.#timer = setTimeout(() => this.#due(), rest)
    else this.#due()
  }

  /** What waits is heard now: the connection is lost, or somebody looks. */
  flush(): void {
    this.#stop()
    if (this.#waiting.length === 0) return
    const events = this.#waiting
    this.#waiting = []
    const began = performance.now()
    this.#heardAt = began
    this.#hear(events)
    if (!document.hidden) this.#measure(began)
  }

  /** Nobody is signed in any more. */
  drop(): void {
    this.#stop()
    this.#waiting = []
  }

  #due(): void {
    this.#timer = undefined
    if (document.hidden) return this.flush()
    this.#timer = setTimeout(() => this.flush(), noFrameMs)
    this.#frame = requestAnimationFrame(() => this.flush())
  }

  /** The next task runs after this frame is drawn; what a busy browser does in between counts too. */
  #measure(began: number): void {
    this.#isDrawing = true
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      this.#isDrawing = false
      this.#heardAt = performance.now()
      this.#pauseMs = pauseAfter(this.#heardAt - began)
      this.#hearSoon()
    }
    port2.postMessage(undefined)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#timer = this.#frame = undefined
  }
}
