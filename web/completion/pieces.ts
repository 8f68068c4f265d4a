// Where in a text a name or an emoji is being typed. Pure. Inside code there is neither.
import { limits } from '../../server/protocol/limits.ts'
import type { Piece, Typed } from './choice.ts'

/** What is before `at` leaves a fence or, in this line, a backtick open. */
export function isInCode(text: string, at: number): boolean {
  const open = text.slice(0, at).replace(/```[\s\S]*?```|`[^`\n]+`/g, '')
  return open.includes('```') || /`[^\n]*$/.test(open)
}

/** A name may begin here: as the server finds names, which takes no letter before it but one of a script without spaces. */
const beginsName = /(?:^|[^\p{L}\p{N}_.@＠/]|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])[@＠]$/u

/** `@` and the beginning of a name, which may have spaces in it. */
export function namePiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const least = Math.max(0, caret - 2 * limits.nameChars - 1)
  const before = text.slice(least, caret)
  const at = Math.max(before.lastIndexOf('@'), before.lastIndexOf('＠'))
  const query = before.slice(at + 1)
  if (at < 0 || /^\s|\n/.test(query)) return undefined
  const from = least + at
  if (!beginsName.test(text.slice(Math.max(0, from - 2), from + 1)) || isInCode(text, from)) return undefined
  return { from, to: caret, query }
}

const mostCode = 60
/** A word of an emoji after a colon that stands apart: two letters of it, or one Chinese one. `10:30` and `a::b` are none. */
const emojiBegun = /(?:^|[^\p{L}\p{N}_:/\\]):((?!\d+$)(?:[\p{L}\p{N}_+-]{2,}|\p{sc=Han}))$/u

export function emojiPiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const query = emojiBegun.exec(text.slice(Math.max(0, caret - mostCode), caret))?.[1]
  if (query === undefined) return undefined
  const from = caret - query.length - 1
  return isInCode(text, from) ? undefined : { from, to: caret, query }
}

/** `:name:`, after anything but a letter, a number, a colon or a backslash; Chinese words need no space. */
const emojiTyped = /(?<![\p{sc=Latin}\p{N}_:/\\]):([\p{L}\p{N}_+-]{1,60}):/gu

/** The emoji's name that has just been closed by a colon at the caret. */
export function closedPiece({ text, caret }: Typed): Piece | undefined {
  if (caret < 0) return undefined
  const before = text.slice(Math.max(0, caret - mostCode - 4), caret)
  const last = [...before.matchAll(emojiTyped)].at(-1)
  if (last === undefined || last.index + last[0].length !== before.length) return undefined
  const from = caret - last[0].length
  return isInCode(text, from) ? undefined : { from, to: caret, query: last[1] ?? '' }
}

/** True when some `:name:` stands in the text. */
export const hasCodes = (text: string): boolean => new RegExp(emojiTyped.source, 'u').test(text)

/** The text with every `:name:` outside of code as its emoji; what is no emoji's name stays. */
export function withEmoji(text: string, named: (code: string) => string | undefined): string {
  const pieces = text.split(/(```[\s\S]*?(?:```|$)|`[^`\n]+`)/)
  return pieces
    .map((piece, at) =>
      at % 2 === 1 ? piece : piece.replace(emojiTyped, (all, code: string) => named(code) ?? all),
    )
    .join('')
}
