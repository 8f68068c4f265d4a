// What a message says in a line of a notification: without its marks, and without what a spoiler hides. Pure.
import { questionOf } from '../protocol/entries/poll.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { withFiles } from '../protocol/file-words.ts'
import { limits } from '../protocol/limits.ts'
import type { Block, Inline } from '../text/block.ts'
import { treeOf } from '../text/tree.ts'

const hidden = '▒▒▒'

const wordsOf = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (!('in' in part)) return part.text
      return part.is === 'spoiler' ? hidden : wordsOf(part.in)
    })
    .join('')

function lineOf(block: Block): string {
  switch (block.is) {
    case 'words':
    case 'heading':
      return wordsOf(block.in)
    case 'plain':
    case 'code':
      return block.text
    case 'quote':
      return block.blocks.map(lineOf).join('\n')
    case 'list':
      return block.items
        .map(({ mark, blocks }) => `${mark ?? '•'} ${blocks.map(lineOf).join('\n')}`)
        .join('\n')
    case 'table':
      return block.rows.map((row) => row.map(wordsOf).join(' ')).join('\n')
    case 'rule':
      return ''
  }
}

/** At most limits.push.wordsChars characters. */
export function inBrief(message: SpokenMessage): string {
  const whole =
    message.poll === undefined
      ? treeOf(message.text.slice(0, 8 * limits.push.wordsChars))
          .map(lineOf)
          .join('\n')
      : `📊 ${questionOf(message)}`
  const words = withFiles(whole.replaceAll(/\n{2,}/g, '\n').trim(), message.files)
  return cut(words, limits.push.wordsChars)
}

/** Never in the middle of a character. */
export function cut(text: string, chars: number): string {
  const all = Array.from(text.slice(0, 4 * chars))
  return all.length <= chars
    ? all.join('')
    : `${all
        .slice(0, chars - 1)
        .join('')
        .trimEnd()}…`
}
