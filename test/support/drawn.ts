// What a person reads of a text: the words that are drawn, with code, links and lists marked so that a test can tell them apart.
import type { Block, Inline } from '../../server/text/block.ts'
import { treeOf } from '../../server/text/tree.ts'

export const drawn = (text: string): string => treeOf(text).map(block).join('\n')

function block(one: Block): string {
  switch (one.is) {
    case 'words':
      return line(one.in)
    case 'heading':
      return `«heading ${line(one.in)}»`
    case 'plain':
      return `«plain ${one.text}»`
    case 'quote':
      return `«quote ${one.blocks.map(block).join('\n')}»`
    case 'list':
      return one.items
        .map(({ mark = '-', blocks }) => `«item ${mark} ${blocks.map(block).join('\n')}»`)
        .join('\n')
    case 'code':
      return `«code ${one.text}»`
    case 'table':
      return `«table ${one.rows.map((row) => row.map(line).join('|')).join('\n')}»`
    case 'rule':
      return '«rule»'
  }
}

const line = (parts: readonly Inline[]): string => parts.map(part).join('')

function part(one: Inline): string {
  switch (one.is) {
    case 'text':
      return one.text
    case 'code':
      return `«${one.text}»`
    case 'mention':
    case 'emoji':
      return one.text
    case 'link':
      return `«${line(one.in)} to ${one.to}»`
    default:
      return `«${one.is} ${line(one.in)}»`
  }
}
