// Which nightly backups stay: the newest of each of the last 7 days, 4 weeks and 12 months that have one. Pure; in UTC.

export const keepRule = { days: 7, weeks: 4, months: 12 } as const

const dayMs = 86_400_000
/** 1970 began on a Thursday; weeks begin on Mondays. */
const weekOf = (at: number): number => Math.floor((Math.floor(at / dayMs) + 3) / 7)
const dayOf = (at: number): number => Math.floor(at / dayMs)
const monthOf = (at: number): number => {
  const date = new Date(at)
  return 12 * date.getUTCFullYear() + date.getUTCMonth()
}

/** Of these times, in ms since 1970, those that stay. The newest always does. */
export function keptTimes(
  times: readonly number[],
  rule: Record<keyof typeof keepRule, number> = keepRule,
): Set<number> {
  const newestFirst = [...new Set(times)].sort((a, b) => b - a)
  const kept = new Set<number>()
  for (const [periodOf, count] of [
    [dayOf, rule.days],
    [weekOf, rule.weeks],
    [monthOf, rule.months],
  ] as const) {
    const periods = new Set<number>()
    for (const at of newestFirst) {
      const period = periodOf(at)
      if (periods.has(period)) continue
      // Only periods that have a backup count: whoever was off for a month loses none by it.
      if (periods.size >= count) break
      periods.add(period)
      kept.add(at)
    }
  }
  return kept
}

/** What a nightly backup is called: `brook-20261201T033000Z.backup`. */
export const nameAt = (at: number): string =>
  `brook-${new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')}.backup`

/** When it was made, in ms; undefined: it is none of ours. */
export function timeOfName(name: string): number | undefined {
  const [, y, mo, d, h, mi, s] = /^brook-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.backup$/.exec(name) ?? []
  if (y === undefined) return undefined
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
}
