// The estimated height of a message before it has been drawn: a good estimate keeps the scroll bar steady. Pixels;
// pure.
import type { Block } from '../../../server/text/block.ts'
import { cardsHeight } from '../../link-cards/card-height.ts'
import { blocksOf } from '../../text/blocks.ts'
import { filesHeight } from '../../files/showing/layout.ts'
import { asFiles } from '../../files/taking/as-files.ts'
import { foldLines, lineCount } from '../../text/measure.ts'
import { wordsOf } from '../../text/plain.ts'
import type { RowOf, SpokenRow } from '../lines/line.ts'

const lineHeight = 24

/** `listWidth` in pixels. */
export function messageHeight(row: RowOf<'message'>, listWidth: number): number {
  const { text, cards, attached } = row.line
  const files = row.line.files ?? (attached && asFiles(attached))
  // 7.4 px is about the width of a letter at 15 px; the widest line (68ch) takes about 86 of them.
  const perLine = Math.max(16, Math.min(86, Math.floor((listWidth - 84) / 7.4)))
  const isLong = lineCount(text) > foldLines
  const height = text === '' && files !== undefined ? 0 : blocksHeight(blocksOf(text), perLine)
  const below =
    cardsHeight(cards, listWidth) + (files === undefined ? 0 : filesHeight(files, listWidth - 84) + 4)
  return frameHeight(row) + below + (isLong ? Math.min(height, foldLines * lineHeight) + 26 : height)
}

/** The height of the frame around the content, of whatever kind. */
export function frameHeight({ line, head }: SpokenRow): number {
  return (
    (line.reactions.length > 0 ? 34 : 0) +
    (line.threaded === undefined ? 0 : 38) +
    (line.alsoInRoom === true ? 20 : 0) +
    (head ? 31 : 3) +
    (line.replyTo === null ? 0 : 22) +
    (line.forwarded === undefined ? 0 : 92)
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
      return lineCount(block.is === 'plain' ? block.text : wordsOf(block.in), perLine) * lineHeight
    case 'quote':
      return blocksHeight(block.blocks, perLine - 2)
    case 'list':
      return block.items.reduce(
        (sum, item) => sum + Math.max(lineHeight, blocksHeight(item.blocks, perLine - 3)),
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
