// When a push service wants to be asked again (RFC 9110, 10.2.3), and when it is asked otherwise. Pure.
import { limits } from '../protocol/limits.ts'

/** Seconds, or a date. Undefined: it does not say. */
export function retryAfterMs(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : seconds * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Doubles from the first delay to the max, half of it random, and never before the service wants it. */
export function backOffMs(tries: number, askedMs = 0, chance: number = Math.random()): number {
  const { firstMs, maxMs } = limits.push.retry
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(tries, 30))
  return Math.max(Math.min(askedMs, limits.push.keptMs), Math.round(full / 2 + (full / 2) * chance))
}
