// The day of a moment, as the reader's clock has it.

/** One for each who asks: messages stand day by day, so the day asked for is nearly always the last one. */
export function zoneDays(): (at: number) => string {
  let from = 0
  let to = 0
  let name = ''
  return (at) => {
    if (at < from || at >= to) {
      const day = new Date(at)
      name = day.toDateString()
      from = day.setHours(0, 0, 0, 0)
      // Trap: not from + 24 h, for a day in which the clock is changed has 23 or 25.
      to = day.setDate(day.getDate() + 1)
    }
    return name
  }
}
