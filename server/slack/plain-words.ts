// Words that have no marks in Slack, as Markdown that is drawn as the same words. Pure, and linear in the text's length. Only
// what the parser of messages (server/text) would take for a mark is escaped.
import { bareAddress } from '../text/addresses.ts'
import { isPath } from '../text/backslash.ts'

/** Stands for something that is Markdown already, and is put back later. */
const kept = '\0'

/** Marks within a line are no marks; what begins a line (a list, a quote) is left as it is. */
export const withoutMarks = (text: string): string =>
  text
    .replace(/\S+/g, escaped)
    .replace(headings, '$1\\')
    .replace(/^.*-.*$/gm, (line) => (rules.test(line) ? line.replace(/\S/, '\\$&') : line))
    .replace(/^([ \t>]*)([*_])(?=[ \t]*(?:\2[ \t]*){2,}$)/gm, '$1\\$2')

/** ... nor is anything at the beginning of a line. */
export const asPlain = (text: string): string =>
  withoutMarks(text)
    .replace(/^([ \t]*)([-+*](?=[ \t]|$)|>)/gm, '$1\\$2')
    .replace(/^([ \t]*\d{1,9})([.)](?=[ \t]|$))/gm, '$1\\$2')

const headings = /^([ \t>]*)(?=#{1,6}(?:[ \t]|$)|~{3})/gm
/** A rule, or the second line of a table. */
const rules = /^[ \t>]*[-|:][-|: \t]*$/

/** The marks of a word. A `_` between letters is none. */
const marks =
  /(?<![\p{L}\p{N}_])_+|(?<!_)_+(?![\p{L}\p{N}_])|[*`]|~(?=~)|\|(?=\|)|(?<=\])\(|<(?=[A-Za-z][A-Za-z0-9+.-]*[:@])|\\(?=[!-/:-@[-`{-~])/giu

function escaped(word: string): string {
  if (!/[*_`~|(<\\]/.test(word) || /^(?:\*+|_+)$/.test(word) || isPath(word)) return word
  const out: string[] = []
  let done = 0
  for (const { 0: found, index } of word.matchAll(bareAddress)) {
    out.push(escapeMarks(word.slice(done, index)), found)
    done = index + found.length
  }
  const result = out.join('') + escapeMarks(word.slice(done))
  return isPath(result.replaceAll(kept, ' ')) ? word : result
}

/** Trap: `~*` cannot be `~\*`, nor `(.*)` be `(.\*)`: after these a backslash is a character (server/text/backslash.ts). */
const escapeMarks = (text: string): string =>
  text.replace(marks, (mark, at: number) =>
    '~¯:.%'.includes(text[at - 1] ?? ' ')
      ? mark
      : mark.length === 1
        ? `\\${mark}`
        : mark.replace(/./g, '\\$&'),
  )
