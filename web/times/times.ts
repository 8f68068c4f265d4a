// The times that people choose from for what is to happen later or to last until then, and what fields make of others. In the time
// zone of the browser. Pure.
import type { Word } from '../words/words.ts'

const minute = 60_000
const [eveningHour, morningHour] = [20, 9]
/** An evening that begins in less than this is no time to plan for. */
const leadMs = 30 * minute

/** A Date knows of the days on which clocks are put forward or back. */
export const onDay = (now: Date, days: number, hour = 0): number =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour).getTime()

const after = (minutes: number) => (now: Date) => now.getTime() + minutes * minute

/** Days until the next Monday that is not tomorrow, which has a name of its own. */
const toMonday = (now: Date): number => {
  const days = (8 - now.getDay()) % 7 || 7
  return days === 1 ? 8 : days
}

const times = {
  minutes: after(20),
  halfHour: after(30),
  hour: after(60),
  hours: after(180),
  evening: (now: Date) => onDay(now, 0, eveningHour),
  midnight: (now: Date) => onDay(now, 1),
  tomorrow: (now: Date) => onDay(now, 1, morningHour),
  monday: (now: Date) => onDay(now, toMonday(now), morningHour),
}
export type TimeName = keyof typeof times

/** In ms since 1970. */
export const timeNamed = (name: TimeName, now: Date): number => times[name](now)

export interface OfferedTime {
  /** What it is called, besides the time itself. */
  word: Word
  /** In ms since 1970. */
  at: number
  /** Its day is not clear from its name. */
  isFar: boolean
}

const offer = (names: readonly Exclude<TimeName, 'halfHour' | 'midnight'>[], now: Date): OfferedTime[] =>
  names.map((name) => ({ word: `later.${name}`, at: timeNamed(name, now), isFar: name === 'monday' }))

/** For a message. */
export const messageTimes = (now: Date): OfferedTime[] => {
  const hasEvening = timeNamed('evening', now) - now.getTime() > leadMs
  return offer([...(hasEvening ? (['evening'] as const) : []), 'tomorrow', 'monday'], now)
}

/** For a reminder. */
export const reminderTimes = (now: Date): OfferedTime[] =>
  offer(['minutes', 'hour', 'hours', 'tomorrow', 'monday'], now)

/** The time zone of this device. */
export const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

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
