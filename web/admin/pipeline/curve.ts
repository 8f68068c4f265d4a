// A curve of an hour as the points of an SVG. Pure.

export const width = 120
export const height = 32

/** Pieces of a line, broken where nothing is known; the highest value touches the top, and 0 the bottom. */
export function piecesOf(steps: readonly (number | null)[]): string[] {
  const highest = Math.max(...steps.map((step) => step ?? 0), Number.EPSILON)
  const across = width / Math.max(1, steps.length - 1)
  const pieces: string[][] = []
  let piece: string[] = []
  for (const [at, step] of steps.entries()) {
    if (step === null) {
      if (piece.length > 0) pieces.push(piece)
      piece = []
    } else piece.push(`${round(at * across)},${round(height - 1 - (step / highest) * (height - 3))}`)
  }
  if (piece.length > 0) pieces.push(piece)
  // One alone is a short line, or nobody would see it.
  return pieces.map((points) => {
    const [first = ''] = points
    return points.length > 1
      ? points.join(' ')
      : `${first} ${first.replace(/^[\d.]+/, (x) => String(Number(x) + 1))}`
  })
}

const round = (n: number): number => Math.round(n * 10) / 10
