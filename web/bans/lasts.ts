// For how long somebody is banned, as a form offers it.
const hourMs = 3_600_000

/** In milliseconds; undefined: until the ban is lifted. */
export const lastsMs = {
  hour: hourMs,
  day: 24 * hourMs,
  week: 7 * 24 * hourMs,
  month: 30 * 24 * hourMs,
  ever: undefined,
} as const
export type Lasts = keyof typeof lastsMs
export const lasts = Object.keys(lastsMs) as Lasts[]
