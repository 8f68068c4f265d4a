// Since when what somebody has said is deleted, as a form offers it.
const hourMs = 3_600_000

const backMs = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs, all: Infinity } as const
export type Since = keyof typeof backMs
export const sinces = Object.keys(backMs) as Since[]

/** In milliseconds since 1970; 0: ever. */
export const sinceMs = (since: Since, now = Date.now()): number => Math.max(0, now - backMs[since])
