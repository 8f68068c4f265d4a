// Puts blocks, and the empty lines between them, one below the other as they were typed. Pure.
import type { Block, Inline } from './block.ts'

/** Paragraphs become one block with their empty lines; beside another block one of these is its distance. */
export function addBlock(blocks: Block[], block: Block, empty: number): void {
  const last = blocks.at(-1)
  const more = '\n'.repeat(Math.max(0, empty - 1))
  if (last === undefined) blocks.push(block)
  else if (last.is === 'words' && block.is === 'words') {
    addText(last.in, '\n'.repeat(empty + 1))
    for (const part of block.in) addPart(last.in, part)
  } else if (more === '') blocks.push(block)
  else if (last.is === 'words') {
    addEmpty(blocks, empty - 1)
    blocks.push(block)
  } else if (block.is === 'words') {
    blocks.push({ ...block, in: [{ is: 'text', text: more }, ...block.in] })
  } else blocks.push({ is: 'words', in: [{ is: 'text', text: more }] }, block)
}

/**
 * Empty lines below an item of a list.
 * Trap: the browser does not draw the last line break of a block.
 */
export function addEmpty(blocks: Block[] | undefined, empty: number): void {
  const last = blocks?.at(-1)
  if (empty === 0) return
  if (last?.is === 'words') addText(last.in, '\n'.repeat(empty + 1))
  else blocks?.push({ is: 'words', in: [{ is: 'text', text: '\n'.repeat(empty) }] })
}

function addPart(into: Inline[], part: Inline): void {
  if (part.is === 'text') addText(into, part.text)
  else into.push(part)
}

export function addText(into: Inline[], text: string): void {
  const last = into.at(-1)
  if (last?.is === 'text') last.text += text
  else if (text !== '') into.push({ is: 'text', text })
}
