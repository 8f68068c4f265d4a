// Numbers and durations in the current language.
import { computed } from 'vue'
import { language } from './words.ts'

/** The language with the browser's region, for Intl: dates are in the local format. */
export const tag = computed(() =>
  language() === 'zh' ? 'zh-CN' : navigator.language.startsWith('en') ? navigator.language : 'en-GB',
)

const number = computed(() => new Intl.NumberFormat(tag.value))
export const relative = computed(() => new Intl.RelativeTimeFormat(tag.value, { numeric: 'auto' }))

/** Trap: the first formatter of a page takes a slow phone 40 ms, and a small number is the same without one. */
export const count = (n: number): string =>
  Number.isInteger(n) && Math.abs(n) < 1_000 ? String(n) : number.value.format(n)

/** "5 minutes", of whole units. */
export function lasting(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size) ?? (['second', 1000] as const)
  const words = new Intl.NumberFormat(tag.value, { style: 'unit', unit, unitDisplay: 'long' })
  return words.format(Math.round(ms / size)).replace(/(\d)(?=\p{Script=Han})/u, '$1 ')
}

/** What is left of a countdown: "0:42", "1:05:00". */
export function remaining(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [String(first), ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/**
 * "3 minutes ago", "in 4 minutes"; always whole units, rounded so that a promise is kept. Between a number and a
 * Chinese word there is a space, as everywhere here.
 */
export function fromNow(ms: number): string {
  const [unit, size] = units.find(([, size]) => Math.abs(ms) >= size) ?? (['second', 1000] as const)
  return relative.value.format(Math.ceil(ms / size), unit).replace(/(\d)(?=\p{Script=Han})/u, '$1 ')
}
