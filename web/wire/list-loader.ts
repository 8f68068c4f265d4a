// Loads a list, and retries by itself if it was refused and a retry can help.
import { ref, shallowRef } from 'vue'
import { waitMs } from './back-off.ts'
import type { Questions } from './questions.ts'
import { mayRetry, type Refusal } from './refusal.ts'

type LoadStatus = 'loading' | 'ready' | 'failed'

export interface LoaderDeps<Answer> {
  /** Asks the server; never throws. */
  ask: () => Promise<Answer | Refusal>
  /** Shows the server's answer. */
  show: (answer: Answer) => void
}

export class ListLoader<Answer> {
  readonly status = ref<LoadStatus>('loading')
  /** Why the last request was refused. */
  readonly refusal = shallowRef<Refusal>()
  /** Events may have been missed since it was loaded, or it was never loaded. */
  isStale = true
  isLoading = false
  readonly #deps: LoaderDeps<Answer>
  readonly #questions: Questions
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(deps: LoaderDeps<Answer>, questions: Questions) {
    this.#deps = deps
    this.#questions = questions
  }

  /** For the first time or again. */
  async load(): Promise<void> {
    if (this.status.value === 'failed') this.status.value = 'loading'
    await this.#reload()
  }

  /** What is on screen stays until the answer arrives. */
  async #reload(): Promise<void> {
    this.drop()
    this.isStale = false
    this.isLoading = true
    const outcome = await this.#questions.fetch(this.#deps.ask, (answer) => {
      this.isLoading = false
      this.#failures = 0
      this.refusal.value = undefined
      this.#deps.show(answer)
      this.status.value = 'ready'
    })
    if (outcome !== 'here' && outcome !== 'late') this.#refused(outcome)
  }

  #refused(why: Refusal): void {
    this.isLoading = false
    this.isStale = true
    this.#failures += 1
    this.refusal.value = why
    if (this.status.value === 'loading') this.status.value = 'failed'
    if (mayRetry(why.code)) this.reloadIn(Math.max(why.retryAfterMs ?? 0, waitMs(this.#failures)))
  }

  reloadIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#reload(), ms)
  }

  /** Ignores the answers that are still to come. */
  drop(): void {
    clearTimeout(this.#timer)
    this.isLoading = false
    this.#questions.drop()
  }

  /** Forgets everything, as for another person. */
  reset(): void {
    this.drop()
    this.isStale = true
    this.#failures = 0
    this.refusal.value = undefined
    this.status.value = 'loading'
  }
}
