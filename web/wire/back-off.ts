// How long to wait before a retry: full jitter, so that a thousand browsers that lose their connection together do not
// return together.

/** Half a second is unnoticed; 20 s is the longest that a person should wait after the server is back. */
const backOff = { baseMs: 500, capMs: 20_000 } as const

/** A wait in milliseconds after `failures` attempts in a row: random from 0 to a bound that doubles up to the cap. */
export const waitMs = (failures: number, random: () => number = Math.random): number =>
  random() * Math.min(backOff.capMs, backOff.baseMs * 2 ** Math.max(0, failures - 1))
