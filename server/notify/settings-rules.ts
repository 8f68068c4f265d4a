// What somebody may set for their notifications, beyond the form of the request. Pure.
import { fold } from '../protocol/fold.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine } from '../protocol/names.ts'
import type { NotifySettings, QuietSpan } from '../protocol/notify-settings.ts'
import { isZone } from '../protocol/quiet-hours.ts'

const { keywords: keywordLimits, snoozeMs } = limits.notifications

/** What is kept of them, tidied: keywords that mean the same are one. Or what is wrong. */
export function refuseSettings(wanted: NotifySettings, now: number): NotifySettings | Refusal {
  const { keywords: raw, quiet, snoozedUntil } = wanted
  const keywords = new Map<string, string>()
  for (const word of raw) {
    const line = cleanLine(word, keywordLimits.chars)
    const key = line === undefined ? '' : fold(line).text.trim()
    if (line === undefined || key === '') return { code: 'bad_keyword', detail: word.slice(0, 60) }
    if (!keywords.has(key)) keywords.set(key, line)
  }
  if (quiet !== null) {
    if (!isZone(quiet.zone)) return { code: 'bad_time_zone' }
    if (!areSpans(quiet.days)) return { code: 'bad_quiet_hours' }
  }
  const isPast = snoozedUntil !== null && snoozedUntil <= now
  if (snoozedUntil !== null && snoozedUntil > now + snoozeMs) return { code: 'bad_snooze' }
  return { ...wanted, keywords: [...keywords.values()], snoozedUntil: isPast ? null : snoozedUntil }
}

function areSpans(spans: readonly QuietSpan[]): boolean {
  const sorted = spans.toSorted((a, b) => a.day - b.day || (a.from < b.from ? -1 : 1))
  return sorted.every((span, at) => {
    const next = sorted[at + 1]
    // One that ends before it begins ends the next morning, and so is the last of its day.
    const isOverNight = span.to < span.from
    const isLast = next === undefined || next.day !== span.day
    return span.from !== span.to && (isLast || (!isOverNight && span.to <= next.from))
  })
}
