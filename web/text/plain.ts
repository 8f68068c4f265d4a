// A text as one would read it aloud: without its marks. For quotes, announcements and snippets; a spoiler stays hidden.
import { blocksOf, type Block, type Inline } from './tree.ts'

const hidden = '▒▒▒'

export const plainOf = (text: string): string => blocksOf(text).map(ofBlock).join('\n')

/** What inline parts say, with what stands for a spoiler. */
export const wordsOf = (parts: readonly Inline[], spoiler?: string): string =>
  parts
    .map((part) => {
      if (!('in' in part)) return part.text
      return part.is === 'spoiler' && spoiler !== undefined ? spoiler : wordsOf(part.in, spoiler)
    })
    .join('')

const boxOf = (done: boolean | undefined): string => (done === undefined ? '' : done ? '☑ ' : '☐ ')

function ofBlock(block: Block): string {
  switch (block.is) {
    case 'words':
    case 'heading':
      return wordsOf(block.in, hidden)
    case 'plain':
    case 'code':
      return block.text
    case 'quote':
      return block.blocks.map(ofBlock).join('\n')
    case 'list':
      return block.items.map(({ done, blocks }) => boxOf(done) + blocks.map(ofBlock).join('\n')).join('\n')
    case 'table':
      return block.rows.map((row) => row.map((cell) => wordsOf(cell, hidden)).join(' ')).join('\n')
    case 'rule':
      return ''
  }
}
