// When a status ends: the choices, and the times that they mean. Pure.
import { onDay, timeNamed } from '../times/times.ts'

export const ends = ['never', 'halfHour', 'hour', 'today', 'week', 'time'] as const
export type End = (typeof ends)[number]

/** Null: never; `chosen`: the time of the choice `time`, undefined: it is none. `firstWeekday`: 1 is Monday. */
export function endOf(
  end: End,
  now: Date,
  { chosen, firstWeekday }: { chosen: number | undefined; firstWeekday: number },
): number | null | undefined {
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
    case 'time':
      return chosen
  }
}
