// A month as a grid of weeks. Pure.

/** 1 to 31 where there is a day, undefined before the first and after the last; the rows begin on `firstWeekday`. */
export function weeksOf(year: number, month: number, firstWeekday: number): (number | undefined)[][] {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const lead = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() - (firstWeekday % 7) + 7) % 7
  const cells = [
    ...Array.from({ length: lead }, () => undefined),
    ...Array.from({ length: days }, (_, index) => index + 1),
  ]
  return Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => cells[week * 7 + day]),
  )
}

export const monthName = (year: number, month: number): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`

/** The month `step` months after this one. */
export function monthAfter(year: number, month: number, step: number): { year: number; month: number } {
  const months = year * 12 + month - 1 + step
  return { year: Math.floor(months / 12), month: (months % 12) + 1 }
}
