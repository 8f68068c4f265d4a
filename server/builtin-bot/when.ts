// Parses "10m tea", "1h30m tea", "2 小时后 喝茶": when, and what. Pure.
import { limits } from '../protocol/limits.ts'

const second = 1_000
const units: [words: string, ms: number][] = [
  ['seconds|second|secs|sec|s|秒钟|秒', second],
  ['minutes|minute|mins|min|m|分钟|分', 60 * second],
  ['hours|hour|hrs|hr|h|个小时|小时|个钟头|钟头', 3_600 * second],
  ['days|day|d|天|日', 86_400 * second],
]
const all = units.map(([words]) => words).join('|')
/** A Latin unit ends where its letters end: "10 monkeys" is not a time. */
const span = new RegExp(`^(\\d{1,7}(?:\\.\\d{1,2})?)\\s*(${all})(?![a-z])\\s*`, 'i')

export type WhenError = 'no_time' | 'no_text' | 'too_soon' | 'too_far' | 'too_long'

export interface Reminder {
  afterMs: number
  text: string
}

export function parseReminder(args: string): Reminder | WhenError {
  const { minMs, maxMs, chars } = limits.builtinBot.remind
  let rest = args.trim().replace(/^in\s+/i, '')
  let [afterMs, last] = [0, Infinity]
  for (;;) {
    // Full-width digits count as digits; the text itself stays as written.
    const found = span.exec(rest.replace(/[０-９]/g, (figure) => figure.normalize('NFKC')))
    const unit = unitMs(found?.[2] ?? '')
    // Units must decrease: in "30s 10m is too long" the second one belongs to the text.
    if (found === null || unit >= last) break
    last = unit
    afterMs += Number(found[1]) * unit
    rest = rest.slice(found[0].length)
  }
  if (afterMs === 0) return span.test(args.trim()) ? 'too_soon' : 'no_time'
  const text = rest.replace(/^(之后|以后|后|later\b|to\s)?\s*[,，:：]?\s*/i, '').trim()
  if (text === '') return 'no_text'
  if ([...text].length > chars) return 'too_long'
  if (afterMs < minMs) return 'too_soon'
  return afterMs > maxMs ? 'too_far' : { afterMs, text }
}

const unitMs = (word: string): number =>
  units.find(([words]) => words.split('|').includes(word.toLowerCase()))?.[1] ?? 0
