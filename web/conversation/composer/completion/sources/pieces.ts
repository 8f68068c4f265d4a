// Finds where a name or an emoji is being typed in a text. Pure. Inside code and addresses there is neither.
import { limits } from '../../../../../server/protocol/limits.ts'
import { isInWords, placesInWords } from '../../../../text/in-words.ts'
import { beginsName } from '../../../../../server/text/mention-edges.ts'
import type { Piece, Typed } from '../choice.ts'

/** `@` and the beginning of a name, which may contain spaces. */
export function namePiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const start = Math.max(0, caret - 2 * limits.nameChars - 1)
  const before = text.slice(start, caret)
  const at = Math.max(before.lastIndexOf('@'), before.lastIndexOf('＠'))
  const query = before.slice(at + 1)
  if (at < 0 || /^\s|\n/.test(query)) return undefined
  const from = start + at
  if (!beginsName(text, from) || !isInWords(text, from)) return undefined
  return { from, to: caret, query }
}

const maxCode = 60
/**
 * The beginning of an emoji name after a separate colon: two letters, or one Chinese character. `10:30` and `a::b` are
 * not.
 */
const emojiBegun = /(?:^|[^\p{L}\p{N}_:/\\]):((?!\d+$)(?:[\p{L}\p{N}_+-]{2,}|\p{sc=Han}))$/u

export function emojiPiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const query = emojiBegun.exec(text.slice(Math.max(0, caret - maxCode), caret))?.[1]
  if (query === undefined) return undefined
  const from = caret - query.length - 1
  return !isInWords(text, from) ? undefined : { from, to: caret, query }
}

/**
 * `:name:`, not within a word or a number: Chinese names need no space, but `比分:100:98` is a score and `坐标:x:` no
 * cross.
 */
const emojiTyped =
  /(?<![\p{sc=Latin}\p{N}_:/\\]):(?!(?<=\p{L}:)(?:\d+|[a-z]):)([\p{L}\p{N}_+-]{1,60}):(?![\p{sc=Latin}\p{N}_])/gu

/** The emoji name that was just closed by a colon at the caret. */
export function closedPiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const before = text.slice(Math.max(0, caret - maxCode - 4), caret)
  const last = [...before.matchAll(emojiTyped)].at(-1)
  if (last === undefined || last.index + last[0].length !== before.length) return undefined
  const from = caret - last[0].length
  return !isInWords(text, from) ? undefined : { from, to: caret, query: last[1] ?? '' }
}

/** True if the text contains some `:name:`. */
export const hasCodes = (text: string): boolean => new RegExp(emojiTyped.source, 'u').test(text)

/** The text with every `:name:` in its words replaced by its emoji; unknown names stay. */
export function withEmoji(text: string, named: (code: string) => string | undefined): string {
  const found = [...text.matchAll(emojiTyped)].flatMap(({ 0: { length }, 1: code = '', index: from }) => {
    const emoji = named(code)
    return emoji === undefined ? [] : [{ from, to: from + length, emoji }]
  })
  const said = found.length === 0 ? found : placesInWords(text, found)
  let done = 0
  const pieces = found.map((one) => {
    const piece = text.slice(done, one.from) + (said.includes(one) ? one.emoji : text.slice(one.from, one.to))
    done = one.to
    return piece
  })
  return pieces.join('') + text.slice(done)
}
