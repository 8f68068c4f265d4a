// About how tall a row is before it has been drawn: a good guess keeps the scroll bar calm. Pixels; pure.
import type { Row } from '../message/line.ts'
import { wordsOf } from '../text/plain.ts'
import { blocksOf, type Block } from '../text/tree.ts'
import { foldLines, lineCount } from '../text/linkify.ts'

const heights = { began: 172, day: 44, new: 36, notice: 28, note: 72, replies: 36 } as const
const line = 24

export function guessHeight(row: Row, listWidth: number): number {
  if (row.kind !== 'line') return heights[row.kind]
  if (row.line.kind === 'notice') return heights.notice
  // 7.4 px is about the width of a letter at 15 px; the widest line (68ch) takes about 86 of them.
  const perLine = Math.max(16, Math.min(86, Math.floor((listWidth - 84) / 7.4)))
  const reactions = row.line.reactions.length > 0 ? 34 : 0
  const isLong = lineCount(row.line.text) > foldLines
  const height = blocksHeight(blocksOf(row.line.text), perLine)
  return (
    (isLong ? Math.min(height, foldLines * line) + 26 : height) +
    reactions +
    (row.line.threaded === undefined ? 0 : 38) +
    (row.line.alsoInRoom === true ? 20 : 0) +
    (row.head ? 31 : 3) +
    (row.line.replyTo === null ? 0 : 22)
  )
}

const gap = 8
const blocksHeight = (blocks: readonly Block[], perLine: number): number =>
  blocks.reduce((sum, block) => sum + blockHeight(block, perLine) + gap, -gap)

function blockHeight(block: Block, perLine: number): number {
  switch (block.is) {
    case 'words':
    case 'heading':
    case 'plain':
      return lineCount(block.is === 'plain' ? block.text : wordsOf(block.in), perLine) * line
    case 'quote':
      return blocksHeight(block.blocks, perLine - 2)
    case 'list':
      return block.items.reduce(
        (sum, item) => sum + Math.max(line, blocksHeight(item.blocks, perLine - 3)),
        0,
      )
    case 'code':
      return Math.min(480, block.text.split('\n').length * 20 + 16) + (block.info === '' ? 6 : 28)
    case 'table':
      return block.rows.length * 29 + 1
    case 'rule':
      return 25
  }
}
