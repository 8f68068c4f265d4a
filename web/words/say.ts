// Formats dates and times in the chosen language with Intl. Every date in the interface comes from here.
import { createSharedComposable } from '@vueuse/core'
import { computed } from 'vue'
import { count, fromNow, lasting, relative, tag } from './figures.ts'
import { sayRefusal } from './refused.ts'
import { t } from './words.ts'
import { useSeenNow } from '../ui/page-seen.ts'

const minute = 60_000
const day = 24 * 60 * minute

export { isolate } from './isolate.ts'

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

const written = (options: Intl.DateTimeFormatOptions) =>
  computed(() => new Intl.DateTimeFormat(tag.value, options))
/** 24 hours or 12, as the locale has it; the same clock as in `moment`. */
const clock = written({ timeStyle: 'short' })
const moment = written({ dateStyle: 'full', timeStyle: 'medium' })
const weekday = written({ weekday: 'short' })
const shortDate = written({ day: 'numeric', month: 'short' })
const monthYear = written({ month: 'long', year: 'numeric' })
const dayName = written({ weekday: 'long', day: 'numeric', month: 'long' })
const dayOfYear = written({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const lists = computed(() => new Intl.ListFormat(tag.value, { type: 'conjunction' }))

/** 1 is Monday, 7 Sunday. */
const firstWeekday = computed(() => {
  const locale = new Intl.Locale(tag.value) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } }
  return locale.getWeekInfo?.().firstDay ?? 1
})
/** The names of the days, in the order of a calendar. 4 January 2026 is a Sunday. */
const weekdays = computed(() =>
  Array.from({ length: 7 }, (_, index) => {
    const at = new Date(2026, 0, 4 + ((firstWeekday.value + index) % 7))
    const name = (weekday: 'long' | 'short') => new Intl.DateTimeFormat(tag.value, { weekday }).format(at)
    return { long: name('long'), short: name('short') }
  }),
)

const time = (at: number) => clock.value.format(at)

/** Without AM or PM, where there is no room for it. */
const clockFace = (at: number) =>
  clock.value
    .formatToParts(at)
    .map(({ type, value }) => (type === 'dayPeriod' ? '' : value))
    .join('')
    .trim()

/** What the clocks show at a place now, and the day there if it is another one than here. */
function placeTime(at: number, timeZone: string): { time: string; day: string | undefined } {
  const dayIn = (zone?: string) =>
    new Intl.DateTimeFormat(tag.value, { weekday: 'long', ...(zone && { timeZone: zone }) }).format(at)
  const day = dayIn(timeZone)
  return {
    time: new Intl.DateTimeFormat(tag.value, { timeStyle: 'short', timeZone }).format(at),
    day: day === dayIn() ? undefined : day,
  }
}

const daysBetween = (at: number, later: number): number =>
  Math.round((startOfDay(later) - startOfDay(at)) / day)

/** One shared clock for all rows that show relative dates. */
const useToday = createSharedComposable(() => useSeenNow(minute))

export function useSay() {
  const today = useToday()

  /** "Today", "Tomorrow" or "Thursday, 19 November"; the year is shown only if it is not the current one. */
  function dayLine(at: number): string {
    const days = -daysBetween(at, today.value.getTime())
    if (Math.abs(days) <= 1) {
      const word = relative.value.format(days, 'day')
      return word.charAt(0).toLocaleUpperCase(tag.value) + word.slice(1)
    }
    const sameYear = new Date(at).getFullYear() === today.value.getFullYear()
    return (sameYear ? dayName : dayOfYear).value.format(at)
  }

  /** The time today, the weekday this week, otherwise the date: short enough for the list of rooms. */
  function short(at: number): string {
    const age = daysBetween(at, today.value.getTime())
    if (age <= 0) return time(at)
    return age < 7 ? weekday.value.format(at) : shortDate.value.format(at)
  }

  /** Whole minutes and more: nobody needs to watch seconds pass. */
  function ago(at: number): string {
    const ms = at - today.value.getTime()
    return ms > -minute ? t('justNow') : fromNow(ms)
  }

  return {
    t,
    count,
    /** The parts of one name, as a screen reader says it: "Ann, Guest, Account menu". What is missing is left out. */
    parts: (...words: (string | false | undefined)[]) => words.filter(Boolean).join(t('comma')),
    /** "Ann, Bob and you". */
    list: (words: string[]) => lists.value.format(words),
    time,
    clockFace,
    placeTime,
    moment: (at: number) => moment.value.format(at),
    monthYear: (at: number) => monthYear.value.format(at),
    dayName: (at: number) => dayName.value.format(at),
    weekdays,
    firstWeekday,
    dayLine,
    dayTime: (at: number) => t('dayTime', { day: dayLine(at), time: time(at) }),
    short,
    ago,
    fromNow,
    lasting,
    refusal: sayRefusal,
  }
}
