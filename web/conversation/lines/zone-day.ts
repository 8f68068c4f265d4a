// The day of a time, in the reader's time zone.

/** One per caller: messages are in order, so the requested day is nearly always the last one. */
export function zoneDays(): (at: number) => string {
  let from = 0
  let to = 0
  let name = ''
  return (at) => {
    if (at < from || at >= to) {
      const day = new Date(at)
      name = day.toDateString()
      from = midnight(day, 0)
      // Trap: not from + 24 h, because a day on which the clocks change has 23 or 25. Nor a day after `from`: where
      // they change at midnight, a day begins at 1:00, and the next one at 0:00.
      to = midnight(day, 1)
    }
    return name
  }
}

const midnight = (day: Date, later: number): number =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + later).getTime()
