// Parses "10m tea", "1h30m tea", "2 小时后 喝茶": when, and what. Pure.
import { limits } from '../protocol/limits.ts'
import { beginsSpan, typedSpan } from '../protocol/typed-span.ts'

export type WhenError = 'no_time' | 'no_text' | 'too_soon' | 'too_far' | 'too_long'

export interface Reminder {
  afterMs: number
  text: string
}

export function parseReminder(args: string): Reminder | WhenError {
  const { minMs, maxMs, chars } = limits.builtinBot.remind
  const { ms: afterMs, rest } = typedSpan(args.trim().replace(/^in\s+/i, ''))
  if (afterMs === 0) return beginsSpan(args) ? 'too_soon' : 'no_time'
  const text = rest.replace(/^(之后|以后|后|later\b|to\s)?\s*[,，:：]?\s*/i, '').trim()
  if (text === '') return 'no_text'
  if ([...text].length > chars) return 'too_long'
  if (afterMs < minMs) return 'too_soon'
  return afterMs > maxMs ? 'too_far' : { afterMs, text }
}
