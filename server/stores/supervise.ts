// Keeps one store running: a child that dies is started again, later each time. Ends it cleanly when told to stop.
import { setTimeout as pause } from 'node:timers/promises'
import { Child, type Recipe } from './child.ts'
import { endLeftover } from './leftover.ts'
import type { Say } from './say.ts'

/** Time for a start, which may have to replay a long log; Redis says LOADING meanwhile, which prolongs it. */
const startWithinMs = 60_000
/** Below the 30 s that a whole drain may take; both stores end at the same time. */
const endWithinMs = 12_000
const firstPauseMs = 100
const longestPauseMs = 10_000
/** One that ran this long starts again at once when it dies. */
const wasWellMs = 30_000

export class Supervised {
  readonly #recipe: Recipe
  readonly #say: Say
  readonly #stopping = new AbortController()
  #child: Child
  readonly #watch: Promise<void>
  readonly #tell = (): void => this.#child.kill('SIGTERM')

  private constructor(recipe: Recipe, child: Child, say: Say) {
    this.#recipe = recipe
    this.#child = child
    this.#say = say
    this.#watch = this.#keep()
    // Whatever ends this process, the child is told; only a kill -9 leaves one behind (leftover.ts).
    process.once('exit', this.#tell)
  }

  static async start(recipe: Recipe, say: Say): Promise<Supervised> {
    await endLeftover(recipe, say, endWithinMs)
    return new Supervised(recipe, await Child.start(recipe, startWithinMs), say)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#child.end(endWithinMs)
    await this.#watch
    process.off('exit', this.#tell)
  }

  async #keep(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now()
      const how = await this.#child.gone
      if (this.#stopping.signal.aborted) return
      if (Date.now() - startedAt > wasWellMs) pauseMs = firstPauseMs
      this.#say(`${this.#recipe.name} died (${how}); its log says: ${this.#child.lastWords()}`)
      pauseMs = await this.#startAgain(pauseMs)
    }
  }

  /** Tries until it answers or we stop; returns the pause before the next try. */
  async #startAgain(pauseMs: number): Promise<number> {
    const diedAt = Date.now()
    const stopped = this.#stopping.signal
    for (;;) {
      await pause(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
      if (stopped.aborted) return pauseMs
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      try {
        this.#child = await Child.spawn(this.#recipe)
        await this.#child.answers(startWithinMs)
        this.#say(`${this.#recipe.name} answers again after ${((Date.now() - diedAt) / 1000).toFixed(1)} s`)
        return pauseMs
      } catch (error) {
        if (stopped.aborted) return pauseMs
        await this.#child.end(0)
        this.#say((error as Error).message)
      }
    }
  }
}
