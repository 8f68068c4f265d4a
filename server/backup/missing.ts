// What was acknowledged and is not in a backup: numbers that a Redis has given beyond those that the backup reaches. Pure.

export interface Missing {
  room: string
  /** Both inclusive. */
  from: number
  to: number
}

export function missingNumbers(
  reached: ReadonlyMap<string, number>,
  given: ReadonlyMap<string, number>,
): Missing[] {
  return [...given].flatMap(([room, to]) => {
    const from = (reached.get(room) ?? 0) + 1
    return to < from ? [] : [{ room, from, to }]
  })
}

const named = 20

/** Lines for a person; none: nothing is missing. `nameOf`: what a room is called, if it is in the backup. */
export function missingLines(
  missing: readonly Missing[],
  nameOf: (room: string) => string | undefined,
): string[] {
  if (missing.length === 0) return []
  const count = missing.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const lines = missing.slice(0, named).map(({ room, from, to }) => {
    const name = nameOf(room)
    const numbers = from === to ? `number ${from}` : `numbers ${from} to ${to}`
    return `  room ${room}${name === undefined ? '' : ` (${name})`}: ${numbers}`
  })
  return [
    `Acknowledged after the backup and not in it: ${count} entries in ${missing.length} rooms.`,
    ...lines,
    ...(missing.length > named ? [`  and ${missing.length - named} more rooms`] : []),
  ]
}
