// The differences between two texts, by words; by characters in scripts without spaces. Pure. Invariant: the unchanged
// and the removed parts make the first text, the unchanged and the added parts the second.

export interface Part {
  is: 'same' | 'gone' | 'new'
  text: string
}

/**
 * Words that may differ before the rest is shown as replaced: the cost grows with the square, some 10 ms and 2 MB here,
 * and larger differences are easier to read side by side.
 */
const maxEdits = 500

const token =
  /\p{RGI_Emoji}|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]|[[\p{L}\p{M}\p{N}_]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]]+|\s+|./gsv

const tokensOf = (text: string): string[] => text.match(token) ?? []

export function diff(before: string, after: string): Part[] {
  const [a, b] = [tokensOf(before), tokensOf(after)]
  let [start, end] = [0, 0]
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const middle = [a.slice(start, a.length - end), b.slice(start, b.length - end)] as const
  const parts: Part[] = [
    { is: 'same', text: a.slice(0, start).join('') },
    ...(shortest(...middle) ?? [
      { is: 'gone' as const, text: middle[0].join('') },
      { is: 'new' as const, text: middle[1].join('') },
    ]),
    { is: 'same', text: a.slice(a.length - end).join('') },
  ]
  return readable(parts)
}

/** The fewest removed and added words (Myers, 1986); undefined if there are more than maxEdits. */
function shortest(a: readonly string[], b: readonly string[]): Part[] | undefined {
  const max = Math.min(a.length + b.length, maxEdits)
  /** How far each diagonal reaches, after 0, 1, 2… edits. */
  const trace: Int32Array[] = []
  const reach = new Int32Array(2 * max + 3)
  const at = (diagonal: number): number => reach[diagonal + max + 1] ?? 0
  for (let edits = 0; edits <= max; edits += 1) {
    trace.push(reach.slice())
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1))
      let x = down ? at(diagonal + 1) : at(diagonal - 1) + 1
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1
      reach[diagonal + max + 1] = x
      if (x >= a.length && x - diagonal >= b.length) return back(a, b, trace, max)
    }
  }
  return undefined
}

function back(a: readonly string[], b: readonly string[], trace: readonly Int32Array[], max: number): Part[] {
  const parts: Part[] = []
  let [x, y] = [a.length, b.length]
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const at = (diagonal: number): number => trace[edits]?.[diagonal + max + 1] ?? 0
    const diagonal = x - y
    const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1))
    const fromDiagonal = down ? diagonal + 1 : diagonal - 1
    const fromX = edits === 0 ? 0 : at(fromDiagonal)
    const fromY = edits === 0 ? 0 : fromX - fromDiagonal
    while (x > fromX && y > fromY) {
      parts.push({ is: 'same', text: a[x - 1] ?? '' })
      x -= 1
      y -= 1
    }
    if (x > fromX) parts.push({ is: 'gone', text: a[x - 1] ?? '' })
    else if (y > fromY) parts.push({ is: 'new', text: b[y - 1] ?? '' })
    ;[x, y] = [fromX, fromY]
  }
  return parts.reverse()
}

interface Change {
  gone: string
  new: string
}

/** Merges neighbours, and a mere space between two changes: "a b" for "c d" is one change, not two. */
function readable(parts: readonly Part[]): Part[] {
  const pieces: (string | Change)[] = []
  for (const { is, text } of parts) {
    if (text === '') continue
    const last = pieces.at(-1)
    if (is === 'same') {
      if (typeof last === 'string') pieces[pieces.length - 1] = last + text
      else pieces.push(text)
      continue
    }
    const space = typeof last === 'string' && last.trim() === '' ? last : undefined
    const before = space === undefined ? last : pieces.at(-2)
    if (typeof before === 'object') {
      if (space !== undefined) {
        pieces.pop()
        before.gone += space
        before.new += space
      }
      before[is] += text
    } else pieces.push({ gone: '', new: '', [is]: text })
  }
  return pieces.flatMap((piece): Part[] => {
    if (typeof piece === 'string') return [{ is: 'same', text: piece }]
    const both: Part[] = [
      { is: 'gone', text: piece.gone },
      { is: 'new', text: piece.new },
    ]
    return both.filter(({ text }) => text !== '')
  })
}
