// When somebody wants quiet: hours of the week in a time zone, and until when they snooze. The same on the server and in the
// browser. Pure: the rules of time zones are those of Intl.

/** One stretch: it begins on `day` (0: Sunday) at `from`, and ends at `to`; at or before `from`: on the next day. */
export interface QuietDay {
  day: number
  /** 'HH:MM' on the clock of the zone. */
  from: string
  to: string
}

export interface QuietHours {
  /** As in the IANA database: 'Europe/Berlin'. */
  zone: string
  days: readonly QuietDay[]
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** No zone is further from UTC; to find an instant, both sides of it are looked at. */
const furthest = 16 * hour

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

/** Whether Intl knows this zone. Offsets like "+02:00" are none: they have no summer. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** What the clock of the zone shows at an instant, as if that were UTC. */
function wallAt(zone: string, at: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

/**
 * The instants at which the clock shows this, at most two. None, where the clock is put forward over it: then the instant of
 * the change, the first at which the clock shows something later.
 */
function instantsOf(zone: string, wall: number): [first: number, last: number] {
  const offsets = new Set([wall - furthest, wall + furthest].map((at) => wallAt(zone, at) - at))
  const exact = [...offsets].map((offset) => wall - offset).filter((at) => wallAt(zone, at) === wall)
  if (exact.length > 0) return [Math.min(...exact), Math.max(...exact)]
  let [before, after] = [wall - furthest, wall + furthest]
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2_000) * 1_000
    if (middle <= before) break
    if (wallAt(zone, middle) < wall) before = middle
    else after = middle
  }
  return [after, after]
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** The stretches that begin on the days around an instant: [start, end), in order. */
function stretches({ zone, days }: QuietHours, at: number): [start: number, end: number][] {
  const today = Math.floor(wallAt(zone, at) / day) * day
  const found: [number, number][] = []
  for (let shift = -2; shift <= 8; shift += 1) {
    const midnight = today + shift * day
    const weekday = new Date(midnight).getUTCDay()
    for (const { day: on, from, to } of days) {
      if (on !== weekday) continue
      const [begin, end] = [minutesOf(from), minutesOf(to)]
      const start = instantsOf(zone, midnight + begin * minute)[0]
      const stop = instantsOf(zone, midnight + end * minute + (end <= begin ? day : 0))[1]
      if (stop > start) found.push([start, stop])
    }
  }
  return found.sort(([a], [b]) => a - b)
}

/**
 * Until when it is quiet, if it is at this instant; undefined if it is not. Stretches that touch are one. Hours that happen twice
 * when clocks are put back are quiet both times: quiet begins with the first and ends with the last.
 */
export function quietUntil(quiet: QuietHours | null, at: number): number | undefined {
  if (quiet === null || quiet.days.length === 0 || !isZone(quiet.zone)) return undefined
  let end: number | undefined
  for (const [start, stop] of stretches(quiet, at)) {
    if (end === undefined ? start <= at && at < stop : start <= end) end = Math.max(end ?? stop, stop)
  }
  return end
}

/** What holds notifications back. */
export interface Quiet {
  quiet: QuietHours | null
  snoozedUntil: number | null
}

/** Whoever wants quiet at every hour is asked again after this. */
const longest = 31 * day

/**
 * Until when somebody is to be left alone, at this instant; undefined: they are not. If a snooze ends within quiet hours, with
 * these, and the other way round.
 */
export function heldUntil({ quiet, snoozedUntil }: Quiet, at: number): number | undefined {
  let end: number | undefined
  for (;;) {
    const from: number = end ?? at
    const snoozed = snoozedUntil !== null && snoozedUntil > from ? snoozedUntil : undefined
    const next = snoozed ?? quietUntil(quiet, from)
    if (next === undefined || next <= from || next - at > longest) return end
    end = next
  }
}
