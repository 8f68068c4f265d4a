// The Markdown that people write here, as one parser: CommonMark without HTML, entities, images and indented code, with
// tables, ~~strike~~ and ||spoilers||. Breaks and spaces stay as typed. It makes tokens; tree.ts makes them ours.
import MarkdownIt, { type StateInline } from 'markdown-it'
import { limits } from '../../server/protocol/limits.ts'
import { linkAt } from './linkify.ts'

export const markdown = new MarkdownIt('default', {
  html: false,
  linkify: false,
  maxNesting: limits.markdown.nesting + 4,
})

// What would hide words or surprise: `a\n---` is no heading, `[a]: b` is no definition, `&lt;` is four characters.
markdown.disable(['code', 'lheading', 'reference', 'html_block', 'html_inline', 'entity', 'linkify'])

const opens = new Set(['http:', 'https:', 'mailto:'])

/** Where a link may lead, written as the browser reads it, or undefined. Whatever was hidden in it is seen by then. */
export function safeLink(raw: string): string | undefined {
  if (!URL.canParse(raw)) return undefined
  const { protocol, href } = new URL(raw)
  return opens.has(protocol) ? href : undefined
}
markdown.normalizeLink = (raw) => safeLink(raw) ?? ''
markdown.normalizeLinkText = (raw) => raw
markdown.validateLink = (href) => href !== ''

/**
 * Trap: by CommonMark `**重点。**后面` is not bold, for a full stop stands before the end and no space after it. Beside
 * CJK a mark needs no space, and CJK punctuation is as good as a letter.
 */
const cjk = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}\u3001-\u303f\u30fb\u30fc\uff00-\uffef]/u
const { isMdAsciiPunct, isPunctCharCode, isWhiteSpace } = markdown.utils
const Base = markdown.inline.State

class BesideCjk extends Base {
  override scanDelims(start: number, canSplitWord: boolean) {
    const marker = this.src[start]
    let end = start
    while (end < this.posMax && this.src[end] === marker) end += 1
    const [before, after] = [
      sideOf(charBefore(this.src, start)),
      sideOf(charAfter(this.src, end, this.posMax)),
    ]
    const left = !after.blank && (!after.stop || before.blank || before.stop || before.cjk)
    const right = !before.blank && (!before.stop || after.blank || after.stop || after.cjk)
    return {
      can_open: left && (canSplitWord || !right || before.stop),
      can_close: right && (canSplitWord || !left || after.stop),
      length: end - start,
    }
  }
}
markdown.inline.State = BesideCjk

const charBefore = (src: string, at: number): string =>
  at === 0 ? ' ' : (/.$/su.exec(src.slice(Math.max(0, at - 2), at))?.[0] ?? ' ')
const charAfter = (src: string, at: number, max: number): string =>
  at >= max ? ' ' : String.fromCodePoint(src.codePointAt(at) ?? 32)

function sideOf(char: string) {
  const code = char.codePointAt(0) ?? 32
  const isCjk = cjk.test(char)
  const stop = !isCjk && (isMdAsciiPunct(code) || isPunctCharCode(code))
  return { blank: isWhiteSpace(code), stop, cjk: isCjk }
}

/** The usual rule, with `|` and `@` among the characters that may begin something. */
const plain = /[^\n!#$%&*+\-:<=>@[\\\]^_`{|}~]+/y
markdown.inline.ruler.at('text', (state, silent) => {
  plain.lastIndex = state.pos
  const found = plain.exec(state.src)?.[0].slice(0, state.posMax - state.pos)
  if (found === undefined || found === '') return false
  if (!silent) state.pending += found
  state.pos += found.length
  return true
})

/** A break is a break, and what the next line begins with stays. */
markdown.inline.ruler.at('newline', (state, silent) => {
  if (state.src[state.pos] !== '\n') return false
  if (!silent) state.push('softbreak', 'br', 0)
  state.pos += 1
  return true
})

/** The `\` at the end of a shell's line is a character of it. */
markdown.inline.ruler.before('escape', 'backslash', (state, silent) => {
  if (!state.src.startsWith('\\\n', state.pos)) return false
  if (!silent) state.pending += '\\'
  state.pos += 1
  return true
})

/** Up to where a text has been looked at for a link in vain: a hostile line is read once. */
const inVain = new WeakMap<StateInline, number>()

/** Addresses as linkify.ts finds them, before any mark in them is taken for emphasis. */
markdown.inline.ruler.before('linkify', 'address', (state, silent) => {
  if (state.linkLevel > 0 || !state.src.startsWith('://', state.pos)) return false
  const scheme = /https?$/i.exec(state.pending)?.[0]
  if (scheme === undefined) return false
  const start = state.pos - scheme.length
  if (!state.src.startsWith(scheme, start)) return false
  if (start < (inVain.get(state) ?? 0)) return false
  const found = linkAt(state.src, start, state.posMax)
  if (found.to === undefined) {
    inVain.set(state, found.end)
    return false
  }
  if (!silent) pushLink(state, scheme, found.text, found.to)
  state.pos = start + found.text.length
  return true
})

function pushLink(state: StateInline, scheme: string, text: string, to: string): void {
  state.pending = state.pending.slice(0, -scheme.length)
  state.push('link_open', 'a', 1).attrs = [['href', to]]
  state.push('text', '', 0).content = text
  state.push('link_close', 'a', -1)
}

/** Names that the message was told with: only those are mentions, whatever else follows an @. Longest first. */
export interface Named {
  name: string
  /** It is the reader who is meant. */
  mine: boolean
}

markdown.inline.ruler.before('emphasis', 'mention', (state, silent) => {
  if (state.src[state.pos] !== '@') return false
  const named = (state.env as { named?: readonly Named[] }).named ?? []
  const found = named.find(({ name }) => state.src.startsWith(name, state.pos + 1))
  const end = state.pos + 1 + (found?.name.length ?? 0)
  if (found === undefined || end > state.posMax) return false
  if (!silent) {
    const token = state.push('mention', '', 0)
    token.content = `@${found.name}`
    token.meta = { mine: found.mine }
  }
  state.pos = end
  return true
})

const bar = 0x7c
markdown.inline.ruler.before('emphasis', 'spoiler', (state, silent) => {
  if (silent || state.src.charCodeAt(state.pos) !== bar) return false
  const { can_open: open, can_close: close, length } = state.scanDelims(state.pos, true)
  state.push('text', '', 0).content = '|'.repeat(length)
  if (length === 2) {
    const token = state.tokens.length - 1
    state.delimiters.push({ marker: bar, length: 0, token, end: -1, open, close })
  }
  state.pos += length
  return true
})

markdown.inline.ruler2.before('emphasis', 'spoiler', (state) => {
  const lists = [state.delimiters, ...state.tokens_meta.map((meta) => meta?.delimiters ?? [])]
  for (const list of lists) {
    for (const { marker, token, end } of list) {
      const closing = marker === bar && end >= 0 ? list[end] : undefined
      if (closing === undefined) continue
      Object.assign(state.tokens[token] ?? {}, { type: 'spoiler_open', nesting: 1, content: '' })
      Object.assign(state.tokens[closing.token] ?? {}, { type: 'spoiler_close', nesting: -1, content: '' })
    }
  }
  return true
})
