// A text as it would be read aloud: without its marks. For quotes, announcements and snippets; a spoiler stays hidden.
import type { Block, Inline } from '../../server/text/block.ts'
import { blocksOf } from './blocks.ts'

const hidden = '▒▒▒'

export const plainOf = (text: string): string => blocksOf(text).map(plainOfBlock).join('\n')

/** The text of inline parts, with a replacement for spoilers. */
export const wordsOf = (parts: readonly Inline[], spoiler?: string): string =>
  parts
    .map((part) => {
      if (!('in' in part)) return part.text
      return part.is === 'spoiler' && spoiler !== undefined ? spoiler : wordsOf(part.in, spoiler)
    })
    .join('')

const markOf = (mark: string | undefined): string => (mark === undefined ? '' : `${mark} `)
const boxOf = (done: boolean | undefined): string => (done === undefined ? '' : done ? '☑ ' : '☐ ')

export function plainOfBlock(block: Block): string {
  switch (block.is) {
    case 'words':
    case 'heading':
      return wordsOf(block.in, hidden)
    case 'plain':
    case 'code':
      return block.text
    case 'quote':
      return block.blocks.map(plainOfBlock).join('\n')
    case 'list':
      return block.items
        .map(({ mark, done, blocks }) => markOf(mark) + boxOf(done) + blocks.map(plainOfBlock).join('\n'))
        .join('\n')
    case 'table':
      return block.rows.map((row) => row.map((cell) => wordsOf(cell, hidden)).join(' ')).join('\n')
    case 'rule':
      return ''
  }
}
