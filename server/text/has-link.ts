// Whether a text leads to another site, as it is drawn: what stands in code leads nowhere. Own messages and rooms, and mail
// addresses, are no other site.
import { isHeavy, partsIn, treeOf } from './tree.ts'

/** Most texts have none of these, and are not parsed. */
const maybe = /:\/\/|www\.|\]\(|\]:|<https?:/i
const bare = /https?:\/\/|www\./i
const outside = /^(?:https?:|ftp:)?\/\//i

export function hasLink(text: string): boolean {
  if (!maybe.test(text)) return false
  // Drawn as it was typed: browsers and people still read addresses in it.
  if (isHeavy(text)) return bare.test(text)
  const blocks = treeOf(text)
  if (blocks.some((block) => block.is === 'plain' && bare.test(block.text))) return true
  for (const part of partsIn(blocks)) if (part.is === 'link' && outside.test(part.to)) return true
  return false
}
