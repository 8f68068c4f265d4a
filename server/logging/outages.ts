// That a store or a receiver is away is told once, whichever of its users meet it, and once that it is back.

/** A line for the administrators; `error`: our own, with its stack. */
export type Tell = (line: string, error?: unknown) => void

export interface Outages {
  /** `what` begins a sentence: "Redis at 10.0.0.5:6379". One failure alone is no outage yet. */
  failed(what: string, why: string): void
  /**
   * Costs next to nothing while nothing is away. `began`: when that was asked which now succeeds. What was asked before the
   * last failure is a late answer, and no return.
   */
  works(what: string, began?: number): void
}

/** `now`: ms of performance.now, which never steps; `began` is of the same clock. */
export function openOutages(tell: Tell, now: () => number = () => performance.now()): Outages {
  const failing = new Map<string, { since: number; last: number; isTold: boolean }>()
  return {
    failed: (what, why) => {
      const known = failing.get(what)
      if (known === undefined) return void failing.set(what, { since: now(), last: now(), isTold: false })
      known.last = now()
      if (known.isTold) return
      known.isTold = true
      tell(`${what} is away: ${why}`)
    },
    works: (what, began = Infinity) => {
      if (failing.size === 0) return
      const known = failing.get(what)
      if (known !== undefined && began <= known.last) return
      failing.delete(what)
      if (known?.isTold === true)
        tell(`${what} is back after ${((now() - known.since) / 1_000).toFixed(1)} s`)
    },
  }
}
