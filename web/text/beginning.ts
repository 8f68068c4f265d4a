// The beginning of a text, as far as it is visible while folded: invisible parts are not drawn. Pure.
import type { Block, Inline, Item } from '../../server/text/block.ts'

/** What may still be taken: lines of any length, and characters; a mark counts as a few of them. */
interface Rest {
  lines: number
  chars: number
}

const markChars = 4

/**
 * At most this many lines of this many characters; the same tree if it has no more. What is cut keeps its marks: a
 * spoiler stays hidden.
 */
export function beginningOf(blocks: readonly Block[], lines: number, perLine: number): readonly Block[] {
  const rest = { lines, chars: lines * perLine }
  const begun = blocksIn(blocks, rest)
  return isSpent(rest) ? begun : blocks
}

const isSpent = ({ lines, chars }: Rest): boolean => lines <= 0 || chars <= 0

/** Takes one after the other until nothing more may be taken. */
function take<T>(all: readonly T[], rest: Rest, part: (one: T) => T): T[] {
  const taken: T[] = []
  for (const one of all) {
    if (isSpent(rest)) break
    taken.push(part(one))
  }
  return taken
}

const blocksIn = (blocks: readonly Block[], rest: Rest): Block[] =>
  take(blocks, rest, (block) => {
    rest.lines -= 1
    return blockIn(block, rest)
  })

function blockIn(block: Block, rest: Rest): Block {
  switch (block.is) {
    case 'words':
    case 'heading':
      return { ...block, in: inlineIn(block.in, rest) }
    case 'plain':
    case 'code':
      return { ...block, text: textIn(block.text, rest) }
    case 'quote':
      return { ...block, blocks: blocksIn(block.blocks, rest) }
    case 'list':
      return {
        ...block,
        items: take(block.items, rest, (item): Item => ({ ...item, blocks: blocksIn(item.blocks, rest) })),
      }
    case 'table':
      return { ...block, rows: take(block.rows, rest, (row) => rowIn(row, rest)) }
    case 'rule':
      return block
  }
}

/** Whole rows, because a table has the same number of cells in each. */
function rowIn(row: Inline[][], rest: Rest): Inline[][] {
  rest.lines -= 1
  return row.map((cell) => inlineIn(cell, rest))
}

const inlineIn = (parts: readonly Inline[], rest: Rest): Inline[] =>
  take(parts, rest, (part) => {
    if (!('in' in part)) return { ...part, text: textIn(part.text, rest) }
    rest.chars -= markChars
    return { ...part, in: inlineIn(part.in, rest) }
  })

function textIn(text: string, rest: Rest): string {
  let end = 0
  while (end < text.length && !isSpent(rest)) {
    const line = text.indexOf('\n', end)
    const whole = (line < 0 ? text.length : line + 1) - end
    const taken = Math.min(whole, rest.chars)
    end += taken
    rest.chars -= taken
    if (line >= 0 && taken === whole) rest.lines -= 1
  }
  // Never half of a surrogate pair.
  return /[\ud800-\udbff]$/.test(text.slice(0, end)) ? text.slice(0, end + 1) : text.slice(0, end)
}
