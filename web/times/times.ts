// The times that are offered for what is to happen later, in the time zone of the browser. Pure.
import type { Word } from '../words/words.ts'

export interface OfferedTime {
  /** What it is called, besides the time itself. */
  word: Word
  /** In ms since 1970. */
  at: number
  /** Its day is not clear from its name. */
  isFar?: true
}

const minute = 60_000
const [eveningHour, morningHour] = [20, 9]
/** An evening that begins in less than this is no time to plan for. */
const leadMs = 30 * minute

/** A Date knows of the days on which clocks are put forward or back. */
const onDay = (now: Date, days: number, hour: number): number =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour).getTime()

/** Days until the next Monday that is not tomorrow, which has a name of its own. */
const toMonday = (now: Date): number => {
  const days = (8 - now.getDay()) % 7 || 7
  return days === 1 ? 8 : days
}

/** For a message. */
export function messageTimes(now: Date): OfferedTime[] {
  const evening = onDay(now, 0, eveningHour)
  return [
    ...(evening - now.getTime() > leadMs ? [{ word: 'later.evening' as const, at: evening }] : []),
    { word: 'later.tomorrow', at: onDay(now, 1, morningHour) },
    { word: 'later.monday', at: onDay(now, toMonday(now), morningHour), isFar: true },
  ]
}

/** For a reminder. */
export function reminderTimes(now: Date): OfferedTime[] {
  const after = (minutes: number): number => now.getTime() + minutes * minute
  return [
    { word: 'later.minutes', at: after(20) },
    { word: 'later.hour', at: after(60) },
    { word: 'later.hours', at: after(180) },
    { word: 'later.tomorrow', at: onDay(now, 1, morningHour) },
    { word: 'later.monday', at: onDay(now, toMonday(now), morningHour), isFar: true },
  ]
}

const pad = (n: number): string => String(n).padStart(2, '0')

/** As the fields of a form have it. */
export function fieldsOf(at: number): { day: string; time: string } {
  const date = new Date(at)
  return {
    day: `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`,
    time: `${pad(date.getHours())}:${pad(date.getMinutes())}`,
  }
}

/** Undefined: that is no time. */
export function timeOf({ day, time }: { day: string; time: string }): number | undefined {
  const at = new Date(`${day}T${time}`).getTime()
  return Number.isNaN(at) ? undefined : at
}

/** What a field begins with: the next full hour but one. */
export const nextHour = (now: number): number => Math.ceil(now / (60 * minute) + 1) * 60 * minute
