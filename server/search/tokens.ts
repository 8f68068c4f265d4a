// What of a text stands in the index: words whole and in their parts, single characters and pairs of scripts without
// spaces, emoji, and what filters ask for. A token is a hash of 32 bits: two words that share one cost a look at the
// text, for every message that is found is read and compared. Pure.
import { fold, isWord, picture, spaceless, type Folded } from './fold.ts'

export type Token = number

/** FNV-1a over the units of a piece of text. */
function hash(text: string, from = 0, to = text.length): Token {
  let value = 0x811c9dc5
  for (let i = from; i < to; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** No text folds to something with a NUL, so these are no word's. */
export const fromToken = (userId: string): Token => hash(`\0from:${userId}`)
export const linkToken = hash('\0link')
export const codeToken = hash('\0code')

const hasLink = (text: string): boolean => /https?:\/\/\S/i.test(text)
const hasCode = (text: string): boolean => /`[^`]+`/.test(text)

export const has = { link: hasLink, code: hasCode } as const

/** A stretch of the folded text: a word, or a run of characters without spaces, or one emoji; `cuts` are its edges. */
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

/** A word's parts, without what only joins them: get_user is get and user. */
function wordParts({ text }: Folded, cuts: readonly number[]): Token[] {
  const found: Token[] = []
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [from = 0, to = 0] = [cuts[i], cuts[i + 1]]
    if (!(to === from + 1 && text[from] === '_')) found.push(hash(text, from, to))
  }
  return found
}

/** Neighbouring parts written as one: username is in getUserName. Not in what has many parts, as checksums have. */
const joinedMost = 3
const joinedOf = 8

function joinedParts({ text }: Folded, cuts: readonly number[]): Token[] {
  const found: Token[] = []
  if (cuts.length - 1 > joinedOf) return found
  for (let size = 2; size <= joinedMost; size += 1)
    for (let i = 0; i + size < cuts.length; i += 1) found.push(hash(text, cuts[i], cuts[i + size]))
  return found
}

/** The tokens of a message: of its text, and who said it. */
export function tokensOf(original: string, userId: string): Set<Token> {
  const tokens = new Set<Token>([fromToken(userId)])
  const folded = fold(original)
  for (const { kind, cuts } of stretches(folded)) {
    const end = cuts.length - 1
    if (kind === 'word') {
      tokens.add(hash(folded.text, cuts[0], cuts[end]))
      if (end > 1)
        for (const token of [...wordParts(folded, cuts), ...joinedParts(folded, cuts)]) tokens.add(token)
      continue
    }
    for (let i = 0; i < end; i += 1) {
      tokens.add(hash(folded.text, cuts[i], cuts[i + 1]))
      if (kind === 'spaceless' && i + 2 <= end) tokens.add(hash(folded.text, cuts[i], cuts[i + 2]))
    }
  }
  if (hasLink(original)) tokens.add(linkToken)
  if (hasCode(original)) tokens.add(codeToken)
  return tokens
}

/** What a message needs: one of these lists, and every token of it. */
export type Need = Token[][]

/** What a message needs to hold these folded words, one after the other. */
export function needsOf(folded: Folded): Need[] {
  const needs: Need[] = []
  for (const { kind, cuts } of stretches(folded)) {
    const end = cuts.length - 1
    if (kind === 'word') {
      const whole = [hash(folded.text, cuts[0], cuts[end])]
      const split = end > 1 ? wordParts(folded, cuts) : []
      needs.push(split.length > 0 ? [whole, split] : [whole])
    } else if (kind === 'spaceless' && end > 1)
      for (let i = 0; i + 2 <= end; i += 1) needs.push([[hash(folded.text, cuts[i], cuts[i + 2])]])
    else for (let i = 0; i < end; i += 1) needs.push([[hash(folded.text, cuts[i], cuts[i + 1])]])
  }
  return needs
}
