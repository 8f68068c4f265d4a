// Names of emoji in a text, as an inline rule: `:party-parrot:`. Which of them there are, only whoever draws it knows; the others
// are drawn as they were typed. A name within a word, a number or an address is none: `10:30:45`, `a::b::c`, `坐标:x:`.
import type { MarkdownIt } from 'markdown-it'
import { emojiName } from '../protocol/emoji-names.ts'

const ends = '(?![\\p{sc=Latin}\\p{N}/]|_[\\p{L}\\p{N}])'
/** Chinese needs no space before or after it, but a score and a coordinate are none. */
const named = new RegExp(
  `(?<![\\p{sc=Latin}\\p{N}:/\\\\]|[\\p{L}\\p{N}]_):(?!(?<=\\p{L}:)(?:\\d+|[a-z]):)(${emojiName}):${ends}`,
  'uy',
)
/** Directly after another one. */
const next = new RegExp(`:(${emojiName}):${ends}`, 'uy')

export function useEmojiNames(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('emphasis', 'emoji_name', (state, silent) => {
    const { src, pos, pending } = state
    if (src[pos] !== ':') return false
    const isNext = pending === '' && state.tokens.at(-1)?.type === 'emoji_name'
    const pattern = isNext ? next : named
    pattern.lastIndex = pos
    const [whole = '', name = ''] = pattern.exec(src) ?? []
    if (!/\p{L}/u.test(name) || pos + whole.length > state.posMax) return false
    if (!silent) state.push('emoji_name', '', 0).content = whole
    state.pos += whole.length
    return true
  })
}
