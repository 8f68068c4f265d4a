// Whether a message matches a query, by its text: the server checks with it what the index names, and the browser what it has
// itself when the server cannot be asked. Pure.
import type { SpokenMessage } from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import { apart, needleOf, placesOf, type Needle, type Range } from '../../protocol/find.ts'
import { fold } from '../../protocol/fold.ts'
import type { HasKind, Word } from '../../protocol/query.ts'
import { hasIt, wordsOfFile } from './searched.ts'

/** A query with its names resolved. */
export interface Query {
  words: Word[]
  /** Ids of the possible authors; undefined: anyone. */
  from: string[] | undefined
  has: HasKind[]
  /** Words of the names of its files. */
  files: Word[]
  /** From this time on, and before that one, in ms. */
  since: number | undefined
  until: number | undefined
}

/** ... and its words folded once, to be looked for in many texts. */
export interface Sought extends Query {
  needles: Needle[]
  fileNeedles: Needle[]
}

export const seek = (query: Query): Sought => ({
  ...query,
  needles: query.words.map(needleOf),
  fileNeedles: query.files.map(needleOf),
})

/** Whether all needles may be in a text: of a text without any letter beyond ASCII that costs a tenth of folding it. */
function mayHave(text: string, needles: readonly Needle[]): boolean {
  if (!ascii.test(text)) return true
  const folded = text.toLowerCase().replace(blank, ' ')
  return needles.every((needle) => folded.includes(needle.text))
}

const ascii = /^[\0-\x7f]*$/
const blank = /[\0-\x20]+/g

/**
 * The matching ranges of the text, in order and disjoint; undefined if the message does not match. A word may be in the name of
 * a file instead.
 */
export function match(question: Sought, message: SpokenMessage): Range[] | undefined {
  if (message.deletedAt !== null) return undefined
  if (question.from !== undefined && !question.from.includes(message.user.id)) return undefined
  if (question.since !== undefined && message.at < question.since) return undefined
  if (question.until !== undefined && message.at >= question.until) return undefined
  for (const kind of question.has)
    if (kind === 'reaction' ? message.reactions.length === 0 : !hasIt[kind](message)) return undefined
  const names = (message.files ?? []).map((file) => fold(wordsOfFile(file)))
  const isInName = (needle: Needle): boolean => names.some((name) => placesOf(name, needle, 1).length > 0)
  if (!question.fileNeedles.every(isInName)) return undefined
  if (question.needles.length === 0) return []
  if (names.length === 0 && !mayHave(message.text, question.needles)) return undefined
  const text = fold(message.text)
  const found: Range[] = []
  for (const needle of question.needles) {
    const places = placesOf(text, needle, limits.search.ranges)
    if (places.length === 0 && !isInName(needle)) return undefined
    found.push(...places)
  }
  return apart(found).slice(0, limits.search.ranges)
}
