// What a text says, as a small tree: the only form in which Markdown is drawn. Pure, and bounded: a text that would be
// too much work is one plain block. The same text is read once.
import type { Token } from 'markdown-it'
import { limits } from '../../server/protocol/limits.ts'
import { markdown, type Named } from './markdown.ts'

export type Inline =
  | { is: 'text'; text: string }
  | { is: 'strong' | 'em' | 's' | 'spoiler'; in: Inline[] }
  | { is: 'code'; text: string }
  | { is: 'mention'; text: string; mine: boolean }
  | { is: 'link'; to: string; in: Inline[] }

export interface Item {
  /** Of a task: whether its box is ticked. */
  done?: boolean
  blocks: Block[]
}
export type Side = 'left' | 'center' | 'right' | undefined
export type Block =
  | { is: 'words' | 'heading'; in: Inline[] }
  | { is: 'plain'; text: string }
  | { is: 'quote'; blocks: Block[] }
  | { is: 'list'; start: number | undefined; items: Item[] }
  | { is: 'code'; info: string; text: string }
  | { is: 'table'; sides: Side[]; rows: Inline[][][] }
  | { is: 'rule' }

/** Thrown within this file alone: this text is drawn as it was typed. */
class TooMuch extends Error {}

const remembered = new Map<string, Block[]>()
const rememberMost = 400

export function blocksOf(text: string, named: readonly Named[] = []): Block[] {
  const key = named.length === 0 ? text : `${text}\0${JSON.stringify(named)}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const blocks = read(text, named)
  if (remembered.size >= rememberMost) remembered.delete(remembered.keys().next().value ?? '')
  remembered.set(key, blocks)
  return blocks
}

function read(text: string, named: readonly Named[]): Block[] {
  const asTyped: Block[] = [{ is: 'plain', text }]
  if (isHeavy(text)) return asTyped
  try {
    const blocks = new Builder(text, markdown.parse(text, { named })).all()
    return blocks.length === 0 ? asTyped : blocks
  } catch (error) {
    if (error instanceof TooMuch) return asTyped
    throw error
  }
}

/** True of what would cost the parser more than its length: asked before parsing, in one pass. */
export function isHeavy(text: string): boolean {
  const { marks, cells, nesting, items, links, nodes } = limits.markdown
  if ((text.match(/[*_~`[\]!<|\\]/g)?.length ?? 0) > marks) return true
  if ((text.match(/:\/\//g)?.length ?? 0) > links) return true
  // A line of words is two nodes, so these would be found to be too many once they are parsed; code is one, however long.
  const spoken = text.replace(/^```[^]*?^```/gm, '')
  if ((spoken.match(/^[^\S\n]*\S/gm)?.length ?? 0) > nodes / 2) return true
  if ((text.match(/^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]/gm)?.length ?? 0) > items) return true
  const lines = text.split('\n')
  const widest = Math.max(...lines.map((line) => line.split('|').length))
  if (widest * lines.length > cells && lines.some((line) => /^[ >|:-]*$/.test(line) && line.includes('-')))
    return true
  return lines.some((line) => (/^[>\s]+/.exec(line)?.[0].match(/>/g)?.length ?? 0) > nesting)
}

/** A block of code has a name, a button and colours. */
const codeNodes = 25

/** Walks the tokens once, counting what it makes. */
class Builder {
  readonly #text: string
  readonly #tokens: Token[]
  #at = 0
  #made = 0

  constructor(text: string, tokens: Token[]) {
    this.#text = text
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

  /** Blocks up to the token that ends them. */
  #blocks(end: string | undefined): Block[] {
    const blocks: Block[] = []
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next()) {
      const block = this.#block(token)
      if (block !== undefined) blocks.push(block)
    }
    return blocks
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
      default:
        return undefined
    }
  }

  #items(end: string): Item[] {
    const items: Item[] = []
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next()) {
      this.#count()
      if (token.type === 'list_item_open') items.push(itemOf(this.#blocks('list_item_close')))
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
    // Trap: cells beyond the header's are left out of a Markdown table, with their words; so it stays as it was typed.
    const lines = this.#text.split('\n').slice(from, to)
    if (lines.some((line) => cellsOf(line) > sides.length)) return { is: 'plain', text: lines.join('\n') }
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
      } else if (token.nesting < 0) open.pop()
      else this.#leaf(token, into)
    }
    return top
  }

  #opened(token: Token): Extract<Inline, { in: Inline[] }> {
    const kind = token.type.replace('_open', '')
    if (kind === 'link') return { is: 'link', to: String(token.attrGet('href') ?? ''), in: [] }
    return { is: kind as 'strong' | 'em' | 's' | 'spoiler', in: [] }
  }

  #leaf(token: Token, into: Inline[]): void {
    if (token.type === 'code_inline') into.push({ is: 'code', text: token.content })
    else if (token.type === 'mention')
      into.push({ is: 'mention', text: token.content, mine: token.meta?.['mine'] === true })
    // A picture is not loaded: it is a link to it.
    else if (token.type === 'image') into.push(this.#picture(token))
    else addText(into, token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content)
  }

  #picture(token: Token): Inline {
    const to = String(token.attrGet('src') ?? '')
    const name = this.#inline(token.children ?? [])
    return { is: 'link', to, in: name.length === 0 ? [{ is: 'text', text: to }] : name }
  }
}

/** What begins with `[ ] ` or `[x] ` is a task. */
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

function addText(into: Inline[], text: string): void {
  const last = into.at(-1)
  if (last?.is === 'text') last.text += text
  else if (text !== '') into.push({ is: 'text', text })
}
