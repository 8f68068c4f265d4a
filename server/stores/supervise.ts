// Keeps one store running: restarts a child that dies, with a growing delay. Stops it cleanly on request.
import { setTimeout as pause } from 'node:timers/promises'
import { Child, type Recipe } from './child.ts'
import { whereFull } from './disk.ts'
import { endLeftover } from './leftover.ts'
import type { Say } from '../logging/say.ts'

/** Time for a start, which may have to replay a long log; while Redis answers LOADING, the deadline is extended. */
const startWithinMs = 60_000
/** Less than the 30 s that the whole drain may take; both stores stop at the same time. */
const stopWithinMs = 12_000
const firstPauseMs = 100
const maxPauseMs = 10_000
/** A child that ran this long is restarted at once when it dies. */
const stableAfterMs = 30_000

export class Supervised {
  readonly #recipe: Recipe
  readonly #say: Say
  readonly #stopping = new AbortController()
  #child: Child
  readonly #watch: Promise<void>
  readonly #terminate = (): void => this.#child.kill('SIGTERM')

  private constructor(recipe: Recipe, child: Child, say: Say) {
    this.#recipe = recipe
    this.#child = child
    this.#say = say
    this.#watch = this.#keep()
    // However this process exits, the child gets a SIGTERM; only kill -9 leaves one behind (leftover.ts).
    process.once('exit', this.#terminate)
  }

  static async start(recipe: Recipe, say: Say): Promise<Supervised> {
    await endLeftover(recipe, say, stopWithinMs)
    return new Supervised(recipe, await Child.start(recipe, startWithinMs), say)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#child.end(stopWithinMs)
    await this.#watch
    process.off('exit', this.#terminate)
  }

  async #keep(): Promise<void> {
    let pauseMs = firstPauseMs
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now()
      const how = await this.#child.gone
      if (this.#stopping.signal.aborted) return
      if (Date.now() - startedAt > stableAfterMs) pauseMs = firstPauseMs
      this.#say(
        `${this.#recipe.name} died (${how}); its log says: ${this.#child.lastWords()}${whereFull(this.#recipe.logFile)}`,
        'error',
      )
      pauseMs = await this.#restart(pauseMs)
    }
  }

  /** Retries until it answers or we stop; returns the pause before the next attempt. */
  async #restart(pauseMs: number): Promise<number> {
    const diedAt = Date.now()
    const stopped = this.#stopping.signal
    for (;;) {
      await pause(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
      if (stopped.aborted) return pauseMs
      pauseMs = Math.min(pauseMs * 2, maxPauseMs)
      try {
        this.#child = await Child.spawn(this.#recipe)
        await this.#child.answers(startWithinMs)
        this.#say(
          `${this.#recipe.name} answers again after ${((Date.now() - diedAt) / 1000).toFixed(1)} s`,
          'warn',
        )
        return pauseMs
      } catch (error) {
        if (stopped.aborted) return pauseMs
        await this.#child.end(0)
        this.#say((error as Error).message, 'error')
      }
    }
  }
}
