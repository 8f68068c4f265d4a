// The Markdown of messages, as one parser: CommonMark without HTML, entities, images and indented code, plus tables,
// ~~strike~~ and ||spoilers||. Breaks and spaces stay as typed. It produces tokens; tree.ts makes the tree of them.
// Browser and server ask the same parser what is said, so that what is drawn as code mentions nobody.
import MarkdownIt from 'markdown-it'
import { limits } from '../protocol/limits.ts'
import { beforeAddress, isOwnPage, useAddresses } from './addresses.ts'
import { useBackslash } from './backslash.ts'
import { useBlocks } from './blocks.ts'
import { useEmojiNames } from './emoji.ts'
import { beginsName } from './mention-edges.ts'

export const markdown = new MarkdownIt('default', {
  html: false,
  linkify: false,
  maxNesting: limits.markdown.nesting + 4,
})

// Disables what would hide text or surprise: `a\n---` is not a heading, `[a]: b` is not a definition, `&lt;` is four
// characters.
markdown.disable(['code', 'lheading', 'reference', 'html_block', 'html_inline', 'entity', 'linkify'])

const opens = new Set(['http:', 'https:', 'mailto:'])

/**
 * The target of a link as the browser reads it, or undefined if it is not allowed. Anything hidden in it is visible in
 * this form.
 */
export function safeLink(raw: string): string | undefined {
  if (!URL.canParse(raw)) return undefined
  const { protocol, href } = new URL(raw)
  return opens.has(protocol) ? href : undefined
}
/** A page of this Brook may be the target of words: `[#garden](/rooms/7)`. */
markdown.normalizeLink = (raw) => (isOwnPage(raw) ? raw : (safeLink(raw) ?? ''))
markdown.normalizeLinkText = (raw) => raw
markdown.validateLink = (href) => href !== ''

/**
 * Trap: by CommonMark, `**重点。**后面` is not bold, because there is a full stop before the end and no space after it.
 * Beside CJK a mark needs no space, and CJK punctuation counts as a letter.
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

useBlocks(markdown)
useBackslash(markdown)
useAddresses(markdown, safeLink)

/** The default rule, with `|` and `@` among the characters that may begin something. */
const plain = /[^\n!#$%&*+\-:<=>@[\\\]^_`{|}~]+/y
markdown.inline.ruler.at('text', (state, silent) => {
  plain.lastIndex = state.pos
  const words = plain.exec(state.src)?.[0].slice(0, state.posMax - state.pos) ?? ''
  if (words === '') return false
  const found = words.slice(0, beforeAddress(words))
  if (!silent) state.pending += found
  state.pos += found.length
  return true
})

/** A line break is a break, and leading spaces of the next line stay. */
markdown.inline.ruler.at('newline', (state, silent) => {
  if (state.src[state.pos] !== '\n') return false
  if (!silent) state.push('softbreak', 'br', 0)
  state.pos += 1
  return true
})

/** Within a word `_` is a letter of it: snake_case, ann_lee@x.example. */
const within = /(?<=[\p{L}\p{N}])_+(?=[\p{L}\p{N}])/uy
markdown.inline.ruler.before('emphasis', 'underscore', (state, silent) => {
  if (state.src[state.pos] !== '_') return false
  within.lastIndex = state.pos
  const found = within.exec(state.src)?.[0]
  if (found === undefined || state.pos + found.length >= state.posMax) return false
  if (!silent) state.pending += found
  state.pos += found.length
  return true
})

/** A name that a text may mention. */
export interface FoundName {
  length: number
  /** The reader is mentioned. */
  mine: boolean
  /** Drawn instead, if they are called otherwise by now. */
  shown?: string | undefined
  /** The id of the one person whom it means, or of the group. */
  person?: string | undefined
  group?: string | undefined
}
/** The name that begins at `at`, after an `@` that may mention somebody, and ends where a name may end. */
export type NameAt = (src: string, at: number) => FoundName | undefined

markdown.inline.ruler.before('emphasis', 'mention', (state, silent) => {
  const { src, pos } = state
  const { nameAt } = state.env as { nameAt?: NameAt }
  if (src[pos] !== '@' || nameAt === undefined || !beginsName(src, pos)) return false
  const found = nameAt(src, pos + 1)
  const end = pos + 1 + (found?.length ?? 0)
  if (found === undefined || end > state.posMax) return false
  if (!silent) {
    const token = state.push('mention', '', 0)
    token.content = found.shown === undefined ? src.slice(pos, end) : `@${found.shown}`
    token.meta = { mine: found.mine, person: found.person, group: found.group }
  }
  state.pos = end
  return true
})

useEmojiNames(markdown)

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
