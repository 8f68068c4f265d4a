// The tokens of a text: words, whole and in their parts, single characters and pairs of scripts without spaces, emoji,
// and what filters need. A token is a hash: a collision of two words costs a look at the text, because every message
// found is read and compared. Words that begin alike have tokens that lie beside each other, so a beginning is a span of
// tokens and needs no rows of its own. Pure.
import { fold, isWord, picture, spaceless, type Folded } from '../protocol/fold.ts'
import type { FileRef } from '../protocol/files.ts'
import type { Needle } from '../protocol/find.ts'
import { hasIt, indexedKinds, wordsOfFile } from '../text/search/searched.ts'

/** Below 2^52. */
export type Token = number

/** Raise this whenever fold or the tokens of what is stored already change: blocks of other rules are then indexed again. */
export const rules = 2

/** FNV-1a over the units of a piece of text: 32 bits. */
function hash(text: string, from = 0, to = text.length): number {
  let value = 0x811c9dc5
  for (let i = from; i < to; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** What a token says of each of a word's first letters: 5 bits keep those of one alphabet apart, 4 nearly do. */
const letterValues = [32, 32, 32, 16, 16, 16, 16, 16] as const
/** ... and of the whole word: 16 bits. */
const wordValues = 0x1_0000
/** All tokens of words are below this, and all others above it. */
const wordsEnd = letterValues.reduce<number>((product, values) => product * values, wordValues)

/** The tokens of all words that begin with this piece of text, from the first to the last. */
function beginningOf(text: string, from: number, to: number): Span {
  let first = 0
  let width = wordsEnd
  for (const [i, values] of letterValues.entries()) {
    if (from + i >= to) break
    width /= values
    first += (text.charCodeAt(from + i) % values) * width
  }
  return { from: first, to: first + width - 1 }
}

function wordToken(text: string, from: number, to: number): Token {
  const whole = hash(text, from, to)
  // A word shorter than eight letters is at the beginning of what its letters span.
  return beginningOf(text, from, to).from + ((whole >>> 16) ^ (whole & 0xffff))
}

const otherToken = (text: string, from?: number, to?: number): Token => wordsEnd + hash(text, from, to)

/** No text folds to something with a NUL, so these cannot collide with a word. */
export const fromToken = (userId: string): Token => otherToken(`\0from:${userId}`)
/** What a message has, as `has:` asks for it. */
export const hasToken = (kind: (typeof indexedKinds)[number]): Token => otherToken(`\0${kind}`)

/** A run of the folded text: a word, a sequence of characters without spaces, or one emoji; `cuts` are its boundaries. */
interface Stretch {
  kind: 'word' | 'spaceless' | 'picture'
  cuts: number[]
}

function* stretches({ kind, edge, text }: Folded): Generator<Stretch> {
  for (let i = 0; i < text.length;) {
    const first = kind[i] ?? 0
    const isSame = (at: number): boolean => {
      const here = kind[at] ?? 0
      return isWord(first) ? isWord(here) : here === first
    }
    const cuts = [i]
    let end = i + 1
    for (; end < text.length && isSame(end); end += 1) if (edge[end] === 1) cuts.push(end)
    cuts.push(end)
    if (isWord(first)) yield { kind: 'word', cuts }
    else if (first === spaceless) yield { kind: 'spaceless', cuts }
    else if (first === picture) yield { kind: 'picture', cuts }
    i = end
  }
}

/** The boundaries of a word's parts, without joiners: get_user is get and user. */
function partsOf({ text }: Folded, cuts: readonly number[]): [from: number, to: number][] {
  return cuts
    .slice(0, -1)
    .map((from, i): [number, number] => [from, cuts[i + 1] ?? from])
    .filter(([from, to]) => !(to === from + 1 && text[from] === '_'))
}

/** Neighbouring parts joined: username is in getUserName. Not for words with many parts, such as checksums. */
const maxJoined = 3
const joinedOf = 8

function joinedParts({ text }: Folded, cuts: readonly number[]): Token[] {
  const found: Token[] = []
  if (cuts.length - 1 > joinedOf) return found
  for (let size = 2; size <= maxJoined; size += 1)
    for (let i = 0; i + size < cuts.length; i += 1)
      found.push(wordToken(text, cuts[i] ?? 0, cuts[i + size] ?? 0))
  return found
}

/** The tokens of a message: of its text, its files and its author. */
export function tokensOf(original: string, userId: string, files: readonly FileRef[] = []): Set<Token> {
  const tokens = new Set<Token>([fromToken(userId)])
  for (const words of [original, ...files.map(wordsOfFile)]) addWords(tokens, words)
  for (const kind of indexedKinds) if (hasIt[kind]({ text: original, files })) tokens.add(hasToken(kind))
  return tokens
}

function addWords(tokens: Set<Token>, original: string): void {
  const folded = fold(original)
  for (const { kind, cuts } of stretches(folded)) {
    const end = cuts.length - 1
    if (kind === 'word') {
      tokens.add(wordToken(folded.text, cuts[0] ?? 0, cuts[end] ?? 0))
      if (end === 1) continue
      for (const [from, to] of partsOf(folded, cuts)) tokens.add(wordToken(folded.text, from, to))
      for (const token of joinedParts(folded, cuts)) tokens.add(token)
      continue
    }
    for (let i = 0; i < end; i += 1) {
      tokens.add(otherToken(folded.text, cuts[i], cuts[i + 1]))
      if (kind === 'spaceless' && i + 2 <= end) tokens.add(otherToken(folded.text, cuts[i], cuts[i + 2]))
    }
  }
}

/** Tokens from `from` to `to`, both included; one token, if they are equal. */
export interface Span {
  from: Token
  to: Token
}

export const only = (token: Token): Span => ({ from: token, to: token })

/** What a message must have: a token of every span of one of these lists. */
export type Need = Span[][]

/** What a message must have to contain this needle. */
export function needsOf(needle: Needle): Need[] {
  const { text } = needle
  const needs: Need[] = []
  for (const { kind, cuts } of stretches(needle)) {
    const end = cuts.length - 1
    if (kind === 'word') {
      const word = (from: number, to: number): Span =>
        needle.isPrefix && to === text.length ? beginningOf(text, from, to) : only(wordToken(text, from, to))
      const whole = [word(cuts[0] ?? 0, cuts[end] ?? 0)]
      const split = end > 1 ? partsOf(needle, cuts).map(([from, to]) => word(from, to)) : []
      needs.push(split.length > 0 ? [whole, split] : [whole])
    } else {
      const size = kind === 'spaceless' && end > 1 ? 2 : 1
      for (let i = 0; i + size <= end; i += 1) needs.push([[only(otherToken(text, cuts[i], cuts[i + size]))]])
    }
  }
  return needs
}
