// The links of a text that may have a card, as it is drawn: not those in code, quotes and spoilers, nor one that was written as
// `<https://…>`, which asks for none. Server and browser ask the same.
import type { Block, Inline } from './block.ts'
import { isHeavy, treeOf } from './tree.ts'

/** Most texts have none of these, and are not parsed. */
const maybe = /:\/\/|www\.|\/rooms\/\d/i

/** Where they lead, each once, in their order: addresses, and paths of this Brook's own pages. */
export function cardLinksOf(text: string): string[] {
  if (!maybe.test(text) || isHeavy(text)) return []
  return cardLinksIn(treeOf(text))
}

export function cardLinksIn(blocks: readonly Block[]): string[] {
  const links = new Set<string>()
  for (const part of shown(blocks)) if (part.is === 'link' && part.quiet !== true) links.add(part.to)
  return [...links].filter((to) => /^(?:https?:\/\/|\/)/.test(to))
}

function* shown(blocks: readonly Block[]): Generator<Inline> {
  for (const block of blocks) {
    if (block.is === 'list') for (const item of block.items) yield* shown(item.blocks)
    else if (block.is === 'table') for (const cell of block.rows.flat()) yield* inside(cell)
    else if ('in' in block) yield* inside(block.in)
  }
}

function* inside(parts: readonly Inline[]): Generator<Inline> {
  for (const part of parts) {
    if (part.is === 'spoiler') continue
    yield part
    if ('in' in part) yield* inside(part.in)
  }
}
