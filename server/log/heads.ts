// The newest number and time of each room, as Redis keeps them in two hashes.

export function headsOf(
  numbers: Record<string, string>,
  times: Record<string, string>,
): Map<string, { seq: number; at: number | null }> {
  return new Map(
    Object.entries(numbers).map(([room, seq]) => {
      const at = times[room]
      return [room, { seq: Number(seq), at: at === undefined ? null : Number(at) }]
    }),
  )
}
