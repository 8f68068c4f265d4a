// Says numbers, times and refusals in the chosen language. Every date of the face comes from here, by Intl.
import { useNow } from '@vueuse/core'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { mayRetry, type Refusal } from '../wire/refusal.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** First strong isolate: a right-to-left name inside a sentence does not turn the sentence around. */
export const isolate = (text: string): string => `\u2068${text}\u2069`

/** A room's name as people say it. */
export const hash = (name: string): string => `#${name}`

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

export function useSay() {
  const { t, locale } = useI18n()
  const tag = computed(() =>
    locale.value === 'zh' ? 'zh-CN' : navigator.language.startsWith('en') ? navigator.language : 'en-GB',
  )
  const today = useNow({ interval: minute })

  const number = computed(() => new Intl.NumberFormat(tag.value))
  const clock = computed(
    () => new Intl.DateTimeFormat(tag.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  )
  const moment = computed(
    () => new Intl.DateTimeFormat(tag.value, { dateStyle: 'full', timeStyle: 'medium' }),
  )
  const weekday = computed(() => new Intl.DateTimeFormat(tag.value, { weekday: 'short' }))
  const shortDate = computed(() => new Intl.DateTimeFormat(tag.value, { day: 'numeric', month: 'short' }))
  const monthYear = computed(() => new Intl.DateTimeFormat(tag.value, { month: 'long', year: 'numeric' }))
  const dayName = computed(
    () => new Intl.DateTimeFormat(tag.value, { weekday: 'long', day: 'numeric', month: 'long' }),
  )
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
  const relative = computed(() => new Intl.RelativeTimeFormat(tag.value, { numeric: 'auto' }))

  const lists = computed(() => new Intl.ListFormat(tag.value, { type: 'conjunction' }))

  const count = (n: number) => number.value.format(n)
  const time = (at: number) => clock.value.format(at)

  /** "Thursday, 19 November"; the year is said only when it is another one. */
  function dayLine(at: number): string {
    const days = Math.round((startOfDay(at) - startOfDay(today.value.getTime())) / day)
    if (days === 0 || days === -1) {
      const word = relative.value.format(days, 'day')
      return word.charAt(0).toLocaleUpperCase(tag.value) + word.slice(1)
    }
    const sameYear = new Date(at).getFullYear() === today.value.getFullYear()
    return new Intl.DateTimeFormat(tag.value, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      ...(sameYear ? {} : { year: 'numeric' }),
    }).format(at)
  }

  /** The time of today, the weekday of this week, else the date: as short as a list of rooms can bear. */
  function short(at: number): string {
    const age = startOfDay(today.value.getTime()) - startOfDay(at)
    if (age <= 0) return time(at)
    return age < 7 * day ? weekday.value.format(at) : shortDate.value.format(at)
  }

  /** "3 minutes ago", "in 4 minutes"; always whole units, rounded so that a promise is kept. */
  function fromNow(ms: number): string {
    const units = [
      ['day', day],
      ['hour', hour],
      ['minute', minute],
    ] as const
    const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? (['second', 1000] as const)
    return relative.value.format(Math.ceil(ms / size), unit)
  }
  const ago = (at: number) => fromNow(Math.min(0, at - today.value.getTime()))

  /** What happened and what to do, in one or two sentences. */
  function refusal(why: Refusal): string {
    const words = t(`refusal.${why.code}`)
    if (why.retryAfterMs !== undefined && why.retryAfterMs >= 1000)
      return join(words, t('refusal.again', { when: fromNow(why.retryAfterMs) }))
    const saysWhen = why.code === 'log_unavailable' || why.code === 'log_unknown'
    return mayRetry(why.code) && !saysWhen ? join(words, t('refusal.againSoon')) : words
  }
  const join = (a: string, b: string) => (locale.value === 'zh' ? a + b : `${a} ${b}`)

  return {
    t,
    count,
    /** "Ann, Bob and you". */
    list: (words: string[]) => lists.value.format(words),
    time,
    moment: (at: number) => moment.value.format(at),
    monthYear: (at: number) => monthYear.value.format(at),
    dayName: (at: number) => dayName.value.format(at),
    weekdays,
    firstWeekday,
    dayLine,
    short,
    ago,
    fromNow,
    refusal,
  }
}
