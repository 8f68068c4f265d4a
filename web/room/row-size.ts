// About how tall a row is before it has been drawn: a good guess keeps the scroll bar calm. Pixels; pure.
import type { Row } from './line.ts'
import { foldLines, lineCount } from './linkify.ts'

const heights = { began: 172, day: 44, new: 36, notice: 28, note: 72 } as const
const line = 24

export function guessHeight(row: Row, listWidth: number): number {
  if (row.kind !== 'line') return heights[row.kind]
  if (row.line.kind === 'notice') return heights.notice
  // 7.4 px is about the width of a letter at 15 px; the widest line (68ch) takes about 86 of them.
  const perLine = Math.max(16, Math.min(86, Math.floor((listWidth - 84) / 7.4)))
  const lines = Math.min(lineCount(row.line.text, perLine), foldLines)
  const reactions = row.line.reactions.length > 0 ? 34 : 0
  return lines * line + reactions + (row.head ? 32 : 3) + (row.line.replyTo === null ? 0 : 22)
}
