// What a backslash is: before a mark it makes the mark a character, but in a path (`\\host\_x`, `C:\*.log`), a pattern
// (`\d+\.\d*`) or ¯\_(ツ)_/¯ it is a character itself, and so is all that follows in the same word.
import type { MarkdownIt, StateInline } from 'markdown-it'
import { openMarks, trimEnd } from './addresses.ts'

const path = /(?:^|[^\p{L}\p{N}])(?:\p{L}:\\|\\\\[\p{L}\p{N}]|\.{1,2}\\|%\w+%\\)|\\[\p{L}\p{N}]|[¯~]\\/u
/** Whether a word is one in which a backslash is itself. */
export const isPath = (word: string): boolean => path.test(word)
const rest = /\\[^\s\]`<>|"“”，。；：！？、]*/y
/** At the end of a line of shell, or two that stand alone. */
const alone = /\\(?=\n)|\\\\(?=\s|$)/y

interface Word {
  from: number
  to: number
  isPath: boolean
}
/** The word that was asked for last: a word of many backslashes is read once. */
const last = new WeakMap<StateInline, Word>()

function wordAt(state: StateInline): Word {
  const { src, pos } = state
  const known = last.get(state)
  if (known !== undefined && known.from <= pos && pos < known.to) return known
  let [from, to] = [pos, pos]
  while (from > 0 && !/\s/.test(src.charAt(from - 1))) from -= 1
  while (to < src.length && !/\s/.test(src.charAt(to))) to += 1
  const word = { from, to, isPath: isPath(src.slice(from, to)) }
  last.set(state, word)
  return word
}

export function useBackslash(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'backslash', (state, silent) => {
    const { src, pos } = state
    if (src[pos] !== '\\') return false
    alone.lastIndex = pos
    let text = alone.exec(src)?.[0] ?? ''
    if (text === '' && wordAt(state).isPath) {
      rest.lastIndex = pos
      const whole = (rest.exec(src)?.[0] ?? '').slice(0, state.posMax - pos)
      text = trimEnd(whole, openMarks(state)) || '\\'
    }
    if (text === '') return false
    if (!silent) state.pending += text
    state.pos += text.length
    return true
  })
}
