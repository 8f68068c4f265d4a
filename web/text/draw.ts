// Draws a text's tree. Every node becomes an element made here, by name: nothing of a text is ever read as HTML.
import { h, type VNodeChild } from 'vue'
import CodeBlock from './CodeBlock.vue'
import { wordsOf } from './plain.ts'
import ScrollingTable from './ScrollingTable.vue'
import Spoiler from './Spoiler.vue'
import TaskBox from './TaskBox.vue'
import type { Block, Inline } from './tree.ts'

/** What follows the last word: a mark of where the message stands. */
type End = (() => VNodeChild) | undefined

export function drawBlocks(blocks: readonly Block[], end?: End): VNodeChild[] {
  const last = blocks.at(-1)
  const drawn = blocks.map((block, at) => drawBlock(block, at, block === last ? end : undefined))
  const holdsEnd = last !== undefined && ['words', 'heading', 'plain', 'list'].includes(last.is)
  return end === undefined || holdsEnd
    ? drawn
    : [...drawn, h('p', { key: 'end', class: 'leading-6' }, [end()])]
}

const gap = (at: number) => (at > 0 ? 'mt-2' : '')

function drawBlock(block: Block, at: number, end: End): VNodeChild {
  const key = at
  switch (block.is) {
    case 'words':
      return h('p', { key, dir: 'auto', class: gap(at) }, [...draw(block.in), end?.()])
    case 'plain':
      return h('p', { key, dir: 'auto', class: gap(at) }, [...breakable(block.text), end?.()])
    case 'heading':
      return h('p', { key, dir: 'auto', class: [gap(at), 'font-[680]'] }, [...draw(block.in), end?.()])
    case 'quote': {
      const look = 'border-s-[3px] border-line-strong ps-3 text-ink-2'
      return h('blockquote', { key, dir: 'auto', class: [gap(at), look] }, drawBlocks(block.blocks))
    }
    case 'list':
      return drawList(block, at, end)
    case 'code':
      return h(CodeBlock, { key, class: gap(at), info: block.info, text: block.text })
    case 'table':
      return h(ScrollingTable, { key, class: gap(at), sides: block.sides, rows: block.rows, draw })
    case 'rule':
      return h('hr', { key, class: 'my-3 border-line-strong' })
  }
}

function drawList({ start, items }: Extract<Block, { is: 'list' }>, at: number, end: End): VNodeChild {
  const lines = items.map(({ done, blocks }, number) => {
    const box = done === undefined ? undefined : h(TaskBox, { done })
    const drawn = drawBlocks(blocks, number === items.length - 1 ? end : undefined)
    return h('li', { key: number, dir: 'auto', class: box && 'relative list-none' }, [box, ...drawn])
  })
  if (start === undefined) return h('ul', { key: at, class: [gap(at), 'list-disc ps-6'] }, lines)
  // A long number needs its room to the side of the words.
  const digits = String(start + items.length).length
  const style = { paddingInlineStart: `max(1.5rem, ${digits + 1.5}ch)` }
  return h('ol', { key: at, start, style, class: [gap(at), 'list-decimal tabular'] }, lines)
}

export const draw = (parts: readonly Inline[]): VNodeChild[] => parts.map(drawPart)

function drawPart(part: Inline, key: number): VNodeChild {
  switch (part.is) {
    case 'text':
      return breakable(part.text)
    case 'strong':
      return h('strong', { key, class: 'font-[680] [font-synthesis:weight]' }, draw(part.in))
    case 'em':
      return h('em', { key, class: '[font-synthesis:style]' }, draw(part.in))
    case 's':
      return h('s', { key }, draw(part.in))
    case 'code':
      return h('code', { key, class: 'rounded-s bg-sunken px-1 py-px font-mono text-[0.88em]' }, part.text)
    case 'mention': {
      const look = part.mine ? 'bg-warn-soft text-ink' : 'bg-accent-soft text-accent'
      return h(
        'bdi',
        { key, class: ['rounded-[4px] px-0.5 font-[550]', look], 'data-mine': part.mine || undefined },
        part.text,
      )
    }
    case 'spoiler':
      return h(Spoiler, { key }, () => draw(part.in))
    case 'link':
      return drawLink(part, key)
  }
}

/** Letters without a space from which a browser is told where it may break, and how far apart such places are. */
const unbroken = { from: 512, every: 128 }
const longRun = new RegExp(`\\S{${unbroken.from},}`)
const places = new RegExp(`[^]{1,${unbroken.every}}`, 'gu')

/**
 * Trap: a browser that looks for a place to break 16,000 letters of `*_*_` works for a second, for it goes over the rest
 * of them for every line. With places to break it need not look; they are nothing when the words are copied.
 */
function breakable(text: string): VNodeChild[] {
  if (text.length < unbroken.from || !longRun.test(text)) return [text]
  return (text.match(places) ?? []).flatMap((piece, at) => (at === 0 ? [piece] : [h('wbr'), piece]))
}

const linkLook =
  'rounded-[3px] text-accent underline decoration-accent/40 underline-offset-[3px] hover:decoration-accent [unicode-bidi:isolate]'

function drawLink({ to, in: parts }: Extract<Inline, { is: 'link' }>, key: number): VNodeChild {
  const house = otherHouse(to, wordsOf(parts))
  const kept = { href: to, title: to, target: '_blank', rel: 'noopener noreferrer nofollow' }
  return h('a', { key, ...kept, class: linkLook }, [...draw(parts), house && ` (${house})`])
}

/** The host that a link leads to when its words name another: `[bank.example](https://evil.example)` says so. */
export function otherHouse(to: string, words: string): string | undefined {
  const { hostname } = new URL(to)
  // Trap: on `a.a.a.a` this goes back from every letter; a name is at most 253 letters long.
  const named = /(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/u.exec(words.slice(0, 600))?.[0]
  if (hostname === '' || named === undefined) return undefined
  const said = URL.canParse(`https://${named}`) ? new URL(`https://${named}`).hostname : named
  return hostname === said || hostname.endsWith(`.${said}`) ? undefined : hostname
}
