// What sync says of its troubles: once when one begins, once a minute while it lasts, and when it is over; not at every run.

const againMs = 60_000

export interface Troubles {
  tell: (error: unknown) => void
  over: () => void
  /** What goes on; null when all is well. */
  last: () => string | null
}

/** `say`: one line for a person. `now`: ms, as Date.now. */
export function openTroubles(say: (line: string) => void, now: () => number = Date.now): Troubles {
  let last = ''
  let since = 0
  let saidAt = 0
  return {
    tell: (error) => {
      const { message } = error as Error
      const at = now()
      if (last === '') since = at
      if (message === last && at - saidAt < againMs) return
      say(
        message === last
          ? `sync: still held after ${Math.round((at - since) / 1_000)} s: ${message}`
          : `sync: held, nothing is lost: ${message}`,
      )
      last = message
      saidAt = at
    },
    over: () => {
      if (last !== '') say('sync: goes on')
      last = ''
    },
    last: () => (last === '' ? null : last),
  }
}
