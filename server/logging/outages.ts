// That a store or a receiver is away is told once, whichever of its users meet it, and once that it is back.

/** A line for the administrators; `error`: our own, with its stack. */
export type Tell = (line: string, error?: unknown) => void

export interface Outages {
  /** `what` begins a sentence: "Redis at 10.0.0.5:6379". One failure alone is no outage yet. */
  failed(what: string, why: string): void
  /** Costs next to nothing while nothing is away. */
  works(what: string): void
}

/** `now`: ms of a clock that never steps. */
export function openOutages(tell: Tell, now: () => number = () => performance.now()): Outages {
  const failing = new Map<string, { since: number; isTold: boolean }>()
  return {
    failed: (what, why) => {
      const known = failing.get(what)
      if (known === undefined) failing.set(what, { since: now(), isTold: false })
      else if (!known.isTold) {
        known.isTold = true
        tell(`${what} is away: ${why}`)
      }
    },
    works: (what) => {
      if (failing.size === 0) return
      const known = failing.get(what)
      failing.delete(what)
      if (known?.isTold === true)
        tell(`${what} is back after ${((now() - known.since) / 1_000).toFixed(1)} s`)
    },
  }
}
