// When a status ends: the choices, and the times that they mean. Pure.
import { fieldsOf, onDay, timeNamed } from '../times/times.ts'

export const ends = ['never', 'halfHour', 'hour', 'today', 'week', 'time'] as const
export type End = (typeof ends)[number]

/** `typed`: as a field for a day and a time has it. Null: never; undefined: it is no time. `firstWeekday`: 1 is Monday. */
export function endOf(end: End, now: Date, { typed, firstWeekday }: { typed: string; firstWeekday: number }) {
  switch (end) {
    case 'never':
      return null
    case 'halfHour':
    case 'hour':
      return timeNamed(end, now)
    case 'today':
      return timeNamed('midnight', now)
    case 'week':
      // The day on which the next week begins.
      return onDay(now, ((firstWeekday - now.getDay() + 6) % 7) + 1)
    case 'time': {
      const at = new Date(typed).getTime()
      return Number.isNaN(at) ? undefined : at
    }
  }
}

/** As a field for a day and a time has it. */
export function fieldTime(at: number): string {
  const { day, time } = fieldsOf(at)
  return `${day}T${time}`
}
