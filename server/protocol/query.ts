// Parses a search query: words, "exact phrases" and filters. Pure; the browser shows as chips the same filters that
// the server applies.
import { limits } from './limits.ts'

export const hasKinds = ['file', 'image', 'video', 'audio', 'pdf', 'link', 'code', 'reaction'] as const
export type HasKind = (typeof hasKinds)[number]
export const filterNames = ['in', 'with', 'from', 'before', 'after', 'has', 'file'] as const
export type FilterName = (typeof filterNames)[number]

/** The spellings of each filter: in English and in Chinese, in either interface language. */
export const filterWords: Record<FilterName, readonly string[]> = {
  in: ['in', '在'],
  with: ['with', '与'],
  from: ['from', '来自'],
  before: ['before', '早于'],
  after: ['after', '晚于'],
  has: ['has', '含'],
  file: ['file', '文件'],
}
const kindWords: Record<HasKind, readonly string[]> = {
  file: ['file', '文件'],
  image: ['image', 'picture', '图片'],
  video: ['video', '视频'],
  audio: ['audio', 'voice', '音频', '语音'],
  pdf: ['pdf'],
  link: ['link', '链接'],
  code: ['code', '代码'],
  reaction: ['reaction', '回应'],
}

/** The filter with this spelling. */
export const filterOf = (word: string): FilterName | undefined =>
  filterNames.find((name) => filterWords[name].includes(word.toLowerCase()))
/** The kind with this spelling. */
export const kindOf = (value: string): HasKind | undefined =>
  hasKinds.find((kind) => kindWords[kind].includes(value.toLowerCase()))

export interface Filter {
  name: FilterName
  value: string
  /** Its position in the typed text. */
  from: number
  to: number
}

/** Why a query cannot be searched for, and the piece that is wrong. */
export interface QueryProblem {
  kind: 'empty' | 'too_long' | 'too_many' | 'bad_date' | 'bad_has' | 'no_value'
  piece: string
}

export interface Word {
  text: string
  /** It may be the beginning of a longer word: the last word, unless it is quoted, and any word with a `*` after it. */
  isPrefix: boolean
}

export interface Query {
  /** Each must be in the message; a quoted phrase exactly, including spaces. */
  words: Word[]
  filters: Filter[]
  problem: QueryProblem | undefined
}

/**
 * A piece: a filter's name, then words in one kind of quotes or up to the next space. An open quote ends at the end
 * of the text. An address, such as file:///a, has no filter.
 */
const written = Object.values(filterWords).flat().join('|')
const piece = new RegExp(
  `(${written})[:：](?=\\s|$)|(?:(${written})[:：](?!//))?(?:"([^"]*)(?:"|$)|“([^”]*)(?:”|$)|「([^」]*)(?:」|$)|(\\S+))`,
  'giu',
)
/** Punctuation at the ends of a word is not part of it, except in names and code (c++, #7, @ann). */
const sentence =
  /^[\s.,;:!?'"()[\]{}，。；：！？、（）「」『』《》【】…“”‘’·]+|[\s.,;:!?'"()[\]{}，。；：！？、（）「」『』《》【】…“”‘’·]+$/gu

/** After a letter or a digit; elsewhere a star is what it is. */
const star = /(?<=[\p{L}\p{M}\p{N}_])\*+$/u

export function parseQuery(typed: string): Query {
  const words: Word[] = []
  const filters: Filter[] = []
  let isLastOpen = false
  for (const match of typed.matchAll(piece)) {
    const [all, alone, word = alone, straight, curly, corner, bare] = match
    const name = word === undefined ? undefined : filterOf(word)
    const quoted = straight ?? curly ?? corner
    const value = quoted ?? bare ?? ''
    if (name !== undefined) {
      const from = match.index
      filters.push({ name, value: value.trim(), from, to: from + all.length })
    } else {
      const plain = quoted === undefined ? value.replace(sentence, '') : value.trim()
      const text = quoted === undefined ? plain.replace(star, '') : plain
      if (text === '') continue
      words.push({ text, isPrefix: text !== plain })
      isLastOpen = quoted === undefined || !/["”」]$/.test(all)
    }
  }
  const last = words.at(-1)
  if (last !== undefined && isLastOpen) last.isPrefix = true
  return { words, filters, problem: problemOf(typed, words, filters) }
}

function problemOf(typed: string, words: Word[], filters: Filter[]): QueryProblem | undefined {
  if (typed.length > limits.search.queryChars) return { kind: 'too_long', piece: '' }
  if (words.length + filters.length > limits.search.pieces) return { kind: 'too_many', piece: '' }
  if (words.length + filters.length === 0) return { kind: 'empty', piece: typed.trim() }
  for (const { name, value, from, to } of filters) {
    if (value === '') return { kind: 'no_value', piece: typed.slice(from, to) }
    if (name === 'has' && kindOf(value) === undefined) return { kind: 'bad_has', piece: value }
    if ((name === 'before' || name === 'after') && dayOf(value) === undefined)
      return { kind: 'bad_date', piece: value }
  }
  return undefined
}

/** Year, month (from 0) and day of 2026-11-21, 2026-11 or 2026; undefined if there is no such day. */
export function dayOf(
  value: string,
): { year: number; month: number; day: number; unit: 'y' | 'm' | 'd' } | undefined {
  const match = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(value)
  if (match === null) return undefined
  const [year = 0, month = 1, day = 1] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)))
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return { year, month: month - 1, day, unit: match[3] ? 'd' : match[2] ? 'm' : 'y' }
}

/** How days become times: local in the browser, UTC on the server. */
export type TimeOf = (year: number, month: number, day: number) => number
export const utc: TimeOf = (year, month, day) => Date.UTC(year, month, day)

/**
 * The period that the dates of a query leave: messages from `since` on and before `until`, in ms. Both days
 * themselves are excluded.
 */
export function spanOf(filters: readonly Filter[], timeOf: TimeOf): { since?: number; until?: number } {
  let since: number | undefined
  let until: number | undefined
  for (const { name, value } of filters) {
    const date = name === 'before' || name === 'after' ? dayOf(value) : undefined
    if (date === undefined) continue
    const { year, month, day, unit } = date
    if (name === 'before') until = Math.min(until ?? Infinity, timeOf(year, month, day))
    else
      since = Math.max(
        since ?? 0,
        timeOf(year + (unit === 'y' ? 1 : 0), month + (unit === 'm' ? 1 : 0), unit === 'd' ? day + 1 : 1),
      )
  }
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
}
