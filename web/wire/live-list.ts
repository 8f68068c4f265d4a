// The one loader of lists that are requested once and kept up to date by events: members, pins, saved marks, followed
// threads, mentions and rooms. It decides when to load and what to do with events that arrive while an answer is
// pending; it holds no items.
import { ListLoader, type LoaderDeps } from './list-loader.ts'
import { questionsOf } from './questions.ts'

/** Spreads the requests of a thousand browsers that reconnect together. */
const reloadWithinMs = 2_000
/** Longer than a connection takes on a slow phone. */
const connectWithinMs = 5_000

export interface LiveListDeps<Answer, Event> extends LoaderDeps<Answer> {
  /**
   * Applies an event to what is shown. Invariant: an event that the answer already includes changes nothing, because it
   * is applied again after an answer that was requested before it arrived.
   */
  apply: (event: Event) => void
  /** Events are applied before the first answer too. */
  isEager?: boolean
}

export function liveList<Answer, Event>({ ask, show, apply, isEager = false }: LiveListDeps<Answer, Event>) {
  const questions = questionsOf(apply)
  const loader = new ListLoader({ ask, show }, questions)
  const { status, refusal } = loader
  const load = (): Promise<void> => loader.load()

  /** An event has arrived: it shows at once, and also in an answer that is pending. */
  function hear(event: Event): void {
    questions.hear(event)
    if (isEager || status.value === 'ready') apply(event)
  }

  /** Events may have been missed: the list is loaded when somebody looks at it. */
  const missed = (): void => {
    loader.isStale = true
  }

  /** Somebody looks at the list: it is loaded unless it is known to be up to date. */
  function look(): void {
    if (loader.isStale) void load()
  }

  /** Events may have been missed: the list is reloaded, at once if nothing is shown, otherwise soon. */
  function loadSoon(): void {
    missed()
    if (status.value === 'ready') loader.drop()
    else if (!loader.isLoading) return void load()
    loader.reloadIn(Math.random() * reloadWithinMs)
  }

  /**
   * The connection is about to come, and loadSoon with it: the list is loaded then, once, because what happens before is told to
   * nobody here. If it stays away, the list is loaded without it.
   */
  function loadOnceConnected(): void {
    missed()
    loader.reloadIn(connectWithinMs)
  }

  /** What is shown was learned in another way. */
  const known = (): void => {
    status.value = 'ready'
  }

  return {
    status,
    refusal,
    load,
    loadSoon,
    loadOnceConnected,
    look,
    missed,
    hear,
    known,
    fetch: questions.fetch,
    reset: () => loader.reset(),
    close: () => loader.drop(),
  }
}
