// When a status ends: the choices, and the times that they mean. Pure.
export const ends = ['never', 'halfHour', 'hour', 'today', 'week', 'time'] as const
export type End = (typeof ends)[number]

const minute = 60_000

/** `typed`: as a field for a time of a day has it. Null: never; undefined: it is no time. `firstWeekday`: 1 is Monday. */
export function endOf(end: End, now: Date, { typed, firstWeekday }: { typed: string; firstWeekday: number }) {
  const midnight = (days: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime()
  switch (end) {
    case 'never':
      return null
    case 'halfHour':
      return now.getTime() + 30 * minute
    case 'hour':
      return now.getTime() + 60 * minute
    case 'today':
      return midnight(1)
    case 'week':
      // The day on which the next week begins.
      return midnight(((firstWeekday - now.getDay() + 6) % 7) + 1)
    case 'time': {
      const at = new Date(typed).getTime()
      return Number.isNaN(at) ? undefined : at
    }
  }
}

/** As a field for a time of a day has it. */
export function fieldTime(at: number): string {
  const date = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
