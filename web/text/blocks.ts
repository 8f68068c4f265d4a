// The tree of a text that came with names. The same text is parsed once.
import type { NameAt } from '../../server/text/markdown.ts'
import { endsName } from '../../server/text/mention-edges.ts'
import type { Block } from '../../server/text/block.ts'
import { treeOf } from '../../server/text/tree.ts'

/** Names that came with the message: only those are mentions, whatever else follows an @. Longest first. */
export interface Named {
  name: string
  /** The reader is mentioned. */
  mine: boolean
  /** What they are called by now, if it is something else. */
  now?: string
  /** Whom it means, if it is one person, or the group: an id. */
  person?: string
  group?: string
}

const remembered = new Map<string, Block[]>()
const rememberMost = 400

export function blocksOf(text: string, named: readonly Named[] = []): Block[] {
  const key = named.length === 0 ? text : `${text}\0${JSON.stringify(named)}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const blocks = treeOf(text, nameIn(named))
  if (remembered.size >= rememberMost) remembered.delete(remembered.keys().next().value ?? '')
  remembered.set(key, blocks)
  return blocks
}

const nameIn =
  (named: readonly Named[]): NameAt =>
  (src, at) => {
    const found = named.find(({ name }) => src.startsWith(name, at) && endsName(src, at + name.length))
    if (found === undefined) return undefined
    const { name, mine, now, person, group } = found
    return { length: name.length, mine, shown: now, person, group }
  }
