// Days and months of a time zone, as times. Pure.
import { limits } from '../protocol/limits.ts'

export interface Span {
  /** An IANA name, such as Asia/Shanghai. */
  zone: string
  /** "2026-11": the days of this month; none: all months. */
  month?: string | undefined
}

interface Day {
  year: number
  month: number
  day: number
}

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/**
 * The times at which the months begin, from the first message's month to the last one's, or the days of one month;
 * and where the last of them ends. At most limits.moments.parts parts, the newest.
 */
export function edgesOf({ zone, month }: Span, first: number, last: number): number[] {
  const zoned = inZone(zone)
  if (month !== undefined) {
    const [year = 1970, number = 1] = month.split('-').map(Number)
    const days = new Date(Date.UTC(year, number, 0)).getUTCDate()
    return Array.from({ length: days + 1 }, (_, index) =>
      zoned.start({ year, month: number, day: index + 1 }),
    )
  }
  const [from, to] = [zoned.day(first), zoned.day(Math.max(first, last))]
  const months = (to.year - from.year) * 12 + to.month - from.month + 1
  const count = Math.max(1, Math.min(months, limits.moments.parts))
  const skipped = Math.max(0, months - count)
  return Array.from({ length: count + 1 }, (_, index) =>
    zoned.start({ year: from.year, month: from.month + skipped + index, day: 1 }),
  )
}

const hour = 3_600_000

function inZone(zone: string) {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = (at: number): Record<string, number> =>
    Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  /** How far the zone's clocks are ahead of UTC at a time. */
  function ahead(at: number): number {
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts(at)
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000
  }
  return {
    day(at: number): Day {
      const { year = 0, month = 1, day = 1 } = parts(at)
      return { year, month, day }
    },
    /** The first instant of this day; days and months may exceed their range. */
    start({ year, month, day }: Day): number {
      const utc = Date.UTC(year, month - 1, day)
      // No zone is further from UTC than 14 hours.
      const [before, after] = [ahead(utc - 15 * hour), ahead(utc + 15 * hour)]
      const isReached = (at: number): boolean => at + ahead(at) >= utc
      let [early, late] = [utc - Math.max(before, after), utc - Math.min(before, after)]
      if (isReached(early)) return early
      // The clocks go forward over midnight: the day begins when they do, or a zone passes over the whole day.
      while (late - early > 1_000) {
        const middle = early + Math.floor((late - early) / 2_000) * 1_000
        if (isReached(middle)) late = middle
        else early = middle
      }
      return late
    },
  }
}
