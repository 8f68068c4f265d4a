// Draws a text's tree. Every node becomes an element created here by name: nothing in a text is ever parsed as HTML.
import { h, type VNodeChild } from 'vue'
import type { Block, Inline } from '../../server/text/block.ts'
import { drawCustom } from '../custom-emoji/draw-emoji.ts'
import CodeBlock from './CodeBlock.vue'
import { plainOfBlock, wordsOf } from './plain.ts'
import ScrollingTable from './ScrollingTable.vue'
import Spoiler from './Spoiler.vue'
import TaskBox from './TaskBox.vue'

/** Follows the last word: a mark of the message's state. */
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
      return h('p', { key, dir: 'auto', class: gap(at) }, [...withPictures(block.text), end?.()])
    case 'heading':
      return h('p', { key, dir: 'auto', class: [gap(at), 'font-[680]'] }, [...draw(block.in), end?.()])
    case 'quote': {
      const look = 'border-s-[3px] border-line-strong ps-3 text-ink-2'
      const dir = directionOf(block.blocks)
      return h('blockquote', { key, dir, class: [gap(at), look] }, drawBlocks(block.blocks))
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

/** The first strong letter of a list or quote gives it its direction, so that its marks are beside its words. */
function directionOf(blocks: readonly Block[]): 'ltr' | 'rtl' {
  const letters = blocks.map((block) => plainOfBlock(block)).join('')
  return rtl.test(/\p{L}/u.exec(letters)?.[0] ?? '') ? 'rtl' : 'ltr'
}

function drawList({ start, items }: Extract<Block, { is: 'list' }>, at: number, end: End): VNodeChild {
  const dir = directionOf(items.flatMap(({ blocks }) => blocks))
  let next = start ?? 1
  const lines = items.map(({ mark, done, blocks }, number) => {
    const box = done === undefined ? undefined : h(TaskBox, { done })
    const drawn = drawBlocks(blocks, number === items.length - 1 ? end : undefined)
    const typed = mark === undefined || mark === `${next}.` ? {} : numberedAs(mark)
    next = mark === undefined ? next : Number.parseInt(mark, 10) + 1
    return h('li', { key: number, ...typed, class: box && 'relative list-none' }, [box, ...drawn])
  })
  const look = [gap(at), '[&_p]:[text-align:match-parent]']
  if (start === undefined) return h('ul', { key: at, dir, class: [look, 'list-disc ps-6'] }, lines)
  // A long number needs more space beside the text.
  const digits = Math.max(...items.map(({ mark = '' }) => mark.length))
  const style = { paddingInlineStart: `max(1.5rem, ${digits + 1.5}ch)` }
  return h('ol', { key: at, dir, start, style, class: [look, 'list-decimal tabular'] }, lines)
}

/** A number that does not follow from the one before, or is written in another way. */
const numberedAs = (mark: string) => ({
  value: Number.parseInt(mark, 10),
  style: { listStyleType: `"${mark} "` },
})

export const draw = (parts: readonly Inline[]): VNodeChild[] => parts.map(drawPart)

function drawPart(part: Inline, key: number): VNodeChild {
  switch (part.is) {
    case 'text':
      return withPictures(part.text)
    case 'strong':
      return h('strong', { key, class: 'font-[680] [font-synthesis:weight]' }, draw(part.in))
    case 'em':
      return h('em', { key, class: '[font-synthesis:style]' }, draw(part.in))
    case 's':
      return h('s', { key }, draw(part.in))
    case 'code':
      return h('code', { key, class: 'rounded-s bg-sunken px-1 py-px font-mono text-[0.88em]' }, part.text)
    case 'emoji':
      return drawCustom(part.text, { key }) ?? part.text
    case 'mention': {
      const look = part.mine ? 'bg-warn-soft text-ink' : 'bg-accent-soft text-accent'
      const looks = {
        key,
        class: ['rounded-[4px] px-0.5 font-[550]', look],
        'data-mine': part.mine || undefined,
      }
      if (part.person === undefined && part.group === undefined) return h('bdi', looks, part.text)
      // MessageText opens the card of the person, or who is in the group.
      const opens = {
        role: 'button',
        tabindex: 0,
        'aria-haspopup': 'dialog',
        'data-person': part.person,
        'data-group': part.group,
      }
      return h(
        'bdi',
        { ...looks, ...opens, class: [...looks.class, 'cursor-pointer hover:underline'] },
        part.text,
      )
    }
    case 'spoiler':
      return h(Spoiler, { key }, () => draw(part.in))
    case 'link':
      return drawLink(part, key)
  }
}

const rtl = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}\p{sc=Adlm}]/u

/** Some of it is written from right to left. */
export const hasRtl = (text: string): boolean => rtl.test(text)

/** Emoji in a row. ❤️, 1️⃣ and their like begin with a character that the text font has as well. */
const pictures = /((?:\p{RGI_Emoji}\ufe0f?)+)/v

/** Emoji in the font of emoji, between words. */
function withPictures(text: string): VNodeChild[] {
  if (!/\p{Extended_Pictographic}|[\u20e3\u{1f1e6}-\u{1f1ff}]/u.test(text)) return breakable(text)
  return text
    .split(pictures)
    .flatMap((piece, at) => (at % 2 === 1 ? [h('span', { class: 'emoji' }, piece)] : breakable(piece)))
}

/** From this many letters without a space, the browser gets possible line breaks at this distance. */
const unbroken = { from: 512, every: 128 }
const longRun = new RegExp(`\\S{${unbroken.from},}`)
const places = new RegExp(`[^]{1,${unbroken.every}}`, 'gu')

/**
 * Trap: a browser that looks for a line break in 16,000 letters of `*_*_` takes a second, because it scans the rest of
 * them for every line. With explicit break opportunities it does not; they disappear when the text is copied.
 */
function breakable(text: string): VNodeChild[] {
  if (text.length < unbroken.from || !longRun.test(text)) return [text]
  return (text.match(places) ?? []).flatMap((piece, at) => (at === 0 ? [piece] : [h('wbr'), piece]))
}

const linkLook =
  'rounded-[3px] text-accent underline decoration-accent/40 underline-offset-[3px] hover:decoration-accent [unicode-bidi:isolate]'

function drawLink({ to, in: parts }: Extract<Inline, { is: 'link' }>, key: number): VNodeChild {
  const own = ownPage(to)
  const host = own === undefined ? otherHost(to, wordsOf(parts)) : undefined
  // MessageText opens the pages of this Brook inside.
  const kept =
    own === undefined
      ? { href: to, target: '_blank', rel: 'noopener noreferrer nofollow' }
      : { href: own, 'data-own': '' }
  return h('a', { key, title: to, ...kept, class: linkLook }, [...draw(parts), host && ` (${host})`])
}

/** The path of a page of this Brook, or undefined. */
function ownPage(to: string): string | undefined {
  const { origin, pathname, search, hash } = new URL(to, location.origin)
  const isOwn = origin === location.origin && !/^\/(?:api|assets)(?:\/|$)|\.\w+$/.test(pathname)
  return isOwn ? pathname + search + hash : undefined
}

/** The host of a link whose text names a different one: `[bank.example](https://evil.example)` shows it. */
export function otherHost(to: string, words: string): string | undefined {
  const { hostname } = new URL(to)
  // Trap: on `a.a.a.a` this backtracks from every letter; a name is at most 253 letters long.
  const named = /(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/u.exec(words.slice(0, 600))?.[0]
  if (hostname === '' || named === undefined) return undefined
  const said = URL.canParse(`https://${named}`) ? new URL(`https://${named}`).hostname : named
  return hostname === said || hostname.endsWith(`.${said}`) ? undefined : hostname
}
