// Whether a message is what was asked for, by its text and not by the index: the index only says where to look. Pure.
import type { SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { HasKind } from '../protocol/query.ts'
import { fold, type Folded } from './fold.ts'
import { codeToken, fromToken, has, linkToken, needsOf, type Need, type Token } from './tokens.ts'

/** A question whose names are resolved. */
export interface Wish {
  words: string[]
  /** Ids of people, one of whom said it; undefined: whoever. */
  from: string[] | undefined
  has: HasKind[]
  /** From then on, and before then, in ms. */
  since: number | undefined
  until: number | undefined
}

export interface Question extends Wish {
  folded: string[]
  /** What the index is asked; empty when it cannot narrow the search. */
  needs: Need[]
  tokens: Token[]
}

export function ask(wish: Wish): Question {
  const folded = wish.words.map((word) => fold(word.trim()))
  const needs: Need[] = folded.flatMap(needsOf)
  if (wish.from !== undefined) needs.push(wish.from.map((id) => [fromToken(id)]))
  if (wish.has.includes('link')) needs.push([[linkToken]])
  if (wish.has.includes('code')) needs.push([[codeToken]])
  const tokens = [...new Set(needs.flat(2))]
  return { ...wish, folded: folded.map(({ text }) => text), needs, tokens }
}

/** The stretches of the text that were looked for, in order and apart; undefined when it is not what was asked for. */
export function match(question: Question, message: SpokenMessage): [number, number][] | undefined {
  if (message.deletedAt !== null) return undefined
  if (question.from !== undefined && !question.from.includes(message.user.id)) return undefined
  if (question.since !== undefined && message.at < question.since) return undefined
  if (question.until !== undefined && message.at >= question.until) return undefined
  for (const kind of question.has)
    if (kind === 'reaction' ? message.reactions.length === 0 : !has[kind](message.text)) return undefined
  if (question.folded.length === 0) return []
  const text = fold(message.text)
  const found: [number, number][] = []
  for (const needle of question.folded) {
    const places = placesOf(text, needle)
    if (places.length === 0) return undefined
    found.push(...places)
  }
  return apart(found).slice(0, limits.search.ranges)
}

/** Where these words stand as words: redis is in Redis7 and not in predistortion. */
function placesOf({ text, edge, from }: Folded, needle: string): [number, number][] {
  const places: [number, number][] = []
  if (needle === '') return places
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const end = at + needle.length
    if (edge[at] !== 1 || edge[end] !== 1) continue
    places.push([from[at] ?? 0, from[end] ?? 0])
    if (places.length >= limits.search.ranges) break
  }
  return places
}

function apart(ranges: [number, number][]): [number, number][] {
  const joined: [number, number][] = []
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else joined.push([from, to])
  }
  return joined
}
