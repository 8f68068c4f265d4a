// A text as a small tree: the only form in which Markdown is drawn, and asked whom it mentions. Pure, and bounded: a text
// that would be too expensive is one plain block.
import type { Token } from 'markdown-it'
import { limits } from '../protocol/limits.ts'
import type { Block, Inline, Item, Side } from './block.ts'
import { addBlock, addEmpty, addText } from './empty-lines.ts'
import { markdown, type NameAt } from './markdown.ts'

/** Thrown only within this file: the text is drawn as it was typed. */
class TooMuch extends Error {}

/** `nameAt` finds the names that the text may mention; without it, it mentions nobody. */
export function treeOf(text: string, nameAt?: NameAt): Block[] {
  const asTyped: Block[] = [{ is: 'plain', text }]
  if (isHeavy(text)) return asTyped
  try {
    const blocks = new Builder(text, markdown.parse(text, { nameAt })).all()
    return blocks.length === 0 ? asTyped : blocks
  } catch (error) {
    if (error instanceof TooMuch) return asTyped
    throw error
  }
}

/** All parts of a line of text, those inside of others too, in order. */
export function* partsIn(blocks: readonly Block[]): Generator<Inline> {
  for (const block of blocks) {
    if (block.is === 'quote') yield* partsIn(block.blocks)
    else if (block.is === 'list') for (const item of block.items) yield* partsIn(item.blocks)
    else if (block.is === 'table') for (const cell of block.rows.flat()) yield* inside(cell)
    else if ('in' in block) yield* inside(block.in)
  }
}

function* inside(parts: readonly Inline[]): Generator<Inline> {
  for (const part of parts) {
    yield part
    if ('in' in part) yield* inside(part.in)
  }
}

/** True for a text that would cost the parser more than its length: checked before parsing, in one pass. */
export function isHeavy(text: string): boolean {
  const { marks, cells, nesting, items, links, nodes } = limits.markdown
  if ((text.match(/[*_~`[\]!<|\\]/g)?.length ?? 0) > marks) return true
  if ((text.match(/:\/\/|www\.|\/rooms\/|@/gi)?.length ?? 0) > links) return true
  // A line of text is two nodes, so this many lines would exceed the limit after parsing; a code block is one, however
  // long.
  const spoken = text.replace(/^```[^]*?^```/gm, '')
  if ((spoken.match(/^[^\S\n]*\S/gm)?.length ?? 0) > nodes / 2) return true
  if ((text.match(/^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]/gm)?.length ?? 0) > items) return true
  const lines = text.split('\n')
  const widest = Math.max(...lines.map((line) => line.split('|').length))
  if (widest * lines.length > cells && lines.some((line) => /^[ >|:-]*$/.test(line) && line.includes('-')))
    return true
  return lines.some((line) => (/^[>\s]+/.exec(line)?.[0].match(/>/g)?.length ?? 0) > nesting)
}

/** A block of code has a label, a button and colours. */
const codeNodes = 25

/** Walks the tokens once, counting the nodes it creates. */
class Builder {
  readonly #lines: string[]
  readonly #tokens: Token[]
  #at = 0
  #made = 0

  constructor(text: string, tokens: Token[]) {
    this.#lines = text.split(/\r\n?|\n/)
    this.#tokens = tokens
  }

  all(): Block[] {
    return this.#blocks(undefined)
  }

  #count(nodes = 1): void {
    this.#made += nodes
    if (this.#made > limits.markdown.nodes) throw new TooMuch()
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#at++]
    if ((token?.level ?? 0) > limits.markdown.nesting) throw new TooMuch()
    return token
  }

  /** Blocks up to the token that ends them. Empty lines between them stay. */
  #blocks(end: string | undefined): Block[] {
    const blocks: Block[] = []
    let last = 0
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next()) {
      const [line] = token.map ?? [0]
      const block = this.#block(token)
      if (block !== undefined) addBlock(blocks, block, this.#emptyBetween(last, line))
      last = line
    }
    return blocks
  }

  /** How many empty lines are above `line`, below `last`; those of a quote begin with `>`. */
  #emptyBetween(last: number, line: number): number {
    let above = line
    while (above > last + 1 && /^[>\s]*$/.test(this.#lines[above - 1] ?? '')) above -= 1
    return line - above
  }

  #block(token: Token): Block | undefined {
    this.#count()
    switch (token.type) {
      case 'paragraph_open':
        return { is: 'words', in: this.#inlineUntil('paragraph_close') }
      case 'heading_open':
        return { is: 'heading', in: this.#inlineUntil('heading_close') }
      case 'blockquote_open':
        return { is: 'quote', blocks: this.#blocks('blockquote_close') }
      case 'bullet_list_open':
        return { is: 'list', start: undefined, items: this.#items('bullet_list_close') }
      case 'ordered_list_open':
        return {
          is: 'list',
          start: Number(token.attrGet('start') ?? 1),
          items: this.#items('ordered_list_close'),
        }
      case 'fence':
        this.#count(codeNodes)
        return { is: 'code', info: token.info.trim(), text: token.content.replace(/\n$/, '') }
      case 'table_open':
        return this.#table(token.map ?? [0, 0])
      case 'hr':
        return { is: 'rule' }
      case 'typed':
        return { is: 'words', in: [{ is: 'text', text: token.content }] }
      default:
        return undefined
    }
  }

  #items(end: string): Item[] {
    const items: Item[] = []
    let last = 0
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next()) {
      this.#count()
      if (token.type !== 'list_item_open') continue
      const [line] = token.map ?? [0]
      addEmpty(items.at(-1)?.blocks, this.#emptyBetween(last, line))
      last = line
      const mark = token.info === '' ? {} : { mark: `${token.info}${token.markup}` }
      items.push({ ...mark, ...itemOf(this.#blocks('list_item_close')) })
    }
    return items
  }

  #table([from, to]: [number, number]): Block {
    const rows: Inline[][][] = []
    const sides: Side[] = []
    for (
      let token = this.#next();
      token !== undefined && token.type !== 'table_close';
      token = this.#next()
    ) {
      this.#count()
      if (token.type === 'tr_open') rows.push([])
      if (token.type === 'th_open')
        sides.push(/center|right|left/.exec(String(token.attrGet('style') ?? ''))?.[0] as Side)
      if (token.type === 'th_open' || token.type === 'td_open')
        rows.at(-1)?.push(this.#inlineUntil(token.type.replace('open', 'close')))
    }
    // Trap: Markdown drops cells beyond the header's, with their text; so such a table stays as it was typed. So does
    // an empty one.
    const lines = this.#lines.slice(from, to)
    const isEmpty = !lines.some((line) => /[^\s|:-]/.test(line))
    if (isEmpty || lines.some((line) => cellsOf(line) > sides.length))
      return { is: 'plain', text: lines.join('\n') }
    return { is: 'table', sides, rows }
  }

  #inlineUntil(end: string): Inline[] {
    const found: Inline[] = []
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next())
      found.push(...this.#inline(token.children ?? []))
    return found
  }

  #inline(tokens: Token[]): Inline[] {
    const top: Inline[] = []
    const open = [top]
    for (const token of tokens) {
      this.#count()
      if (open.length > limits.markdown.nesting) throw new TooMuch()
      const into = open.at(-1) ?? top
      if (token.nesting > 0) {
        const node = this.#opened(token)
        into.push(node)
        open.push(node.in)
      } else if (token.nesting < 0) showTarget(open.pop(), open.at(-1))
      else this.#leaf(token, into)
    }
    return top
  }

  #opened(token: Token): Extract<Inline, { in: Inline[] }> {
    const kind = token.type.replace('_open', '')
    if (kind === 'link') {
      const to = String(token.attrGet('href') ?? '')
      const bare = token.markup === '' ? {} : { bare: true as const }
      const quiet = token.markup === 'autolink' ? { quiet: true as const } : {}
      return { is: 'link', to, ...bare, ...quiet, in: [] }
    }
    return { is: kind as 'strong' | 'em' | 's' | 'spoiler', in: [] }
  }

  #leaf(token: Token, into: Inline[]): void {
    if (token.type === 'code_inline') into.push({ is: 'code', text: token.content })
    else if (token.type === 'mention') into.push(mentionOf(token))
    else if (token.type === 'emoji_name') into.push({ is: 'emoji', text: token.content })
    // An image is not loaded: it becomes a link.
    else if (token.type === 'image') into.push(this.#picture(token))
    else addText(into, token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content)
  }

  #picture(token: Token): Inline {
    const to = String(token.attrGet('src') ?? '')
    const name = this.#inline(token.children ?? [])
    return { is: 'link', to, in: name.length === 0 ? [{ is: 'text', text: to }] : name }
  }
}

/** A link without words shows where it leads. */
function showTarget(closed: Inline[] | undefined, outer: Inline[] | undefined): void {
  const link = outer?.at(-1)
  if (closed?.length === 0 && link?.is === 'link') closed.push({ is: 'text', text: link.to })
}

/** An item that begins with `[ ] ` or `[x] ` is a task. */
function itemOf(blocks: Block[]): Item {
  const start = blocks[0]?.is === 'words' ? blocks[0].in[0] : undefined
  if (start?.is !== 'text') return { blocks }
  const [box, sign] = /^\[([ xX])\] /.exec(start.text) ?? []
  if (box === undefined) return { blocks }
  start.text = start.text.slice(box.length)
  return { done: sign !== ' ', blocks }
}

const cellsOf = (line: string): number => {
  const parts = line.split(/(?<!\\)\|/).map((part) => part.trim())
  return (
    parts.length - Number(/^[>\s]*$/.test(parts[0] ?? '')) - Number(parts.length > 1 && parts.at(-1) === '')
  )
}

function mentionOf({ content: text, meta }: Pick<Token, 'content' | 'meta'>): Inline {
  const person: unknown = meta?.['person']
  const group: unknown = meta?.['group']
  const mine = meta?.['mine'] === true
  return {
    is: 'mention',
    text,
    mine,
    ...(typeof person === 'string' ? { person } : {}),
    ...(typeof group === 'string' ? { group } : {}),
  }
}
