// Block rules: paragraphs keep their indent, and a block without words (`-`, `#`, `***`, `>_<`, an empty fence) is what
// was typed. As Markdown it would be nothing, or something else.
import type { MarkdownIt, StateBlock } from 'markdown-it'

/** Something to read: anything but spaces and the punctuation of ASCII. */
const words = /[^\s!-/:-@[-`{-~]/u
const marker = /^(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)/
const rule = /^(?:([*_-])[ \t]*)(?:\1[ \t]*){2,}$/
const fence = /^(`{3,}|~{3,})/
/** `>w<`, `>:(` and `>=` are no quotes. */
const face = /^>(?:\S{1,6}<|[:;=]'?-?\S|[._]>)(?=\s|$)|^>=/u

const lineAt = (state: StateBlock, line: number): string =>
  state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line])

/** Where the words of a whole text begin and end: found once for each text. */
const spans = new WeakMap<object, { from: number; to: number }>()
function wordsOf({ env, src }: StateBlock): { from: number; to: number } {
  const known = spans.get(env as object)
  if (known !== undefined) return known
  let to = src.length - 1
  while (to >= 0 && !words.test(src.charAt(to))) to -= 1
  const span = { from: src.search(words), to }
  spans.set(env as object, span)
  return span
}

/** How many lines from `line` on are a block without words; 0: none. */
function wordless(state: StateBlock, line: number, end: number): number {
  const text = lineAt(state, line)
  if ((state.sCount[line] ?? 0) - state.blkIndent >= 4) return 0
  if (rule.test(text)) {
    const { from, to } = wordsOf(state)
    const isBetween = from >= 0 && from < (state.bMarks[line] ?? 0) && to > (state.eMarks[line] ?? 0)
    return isBetween ? 0 : 1
  }
  if (fence.test(text)) return emptyFence(state, line, end)
  if (text.startsWith('>')) return face.test(text) || !anyWords(state, line, end, isQuoted) ? 1 : 0
  if (marker.test(text)) return anyWords(state, line, end, isListed) ? 0 : 1
  return /^#{1,6}(?:[ \t]|$)/.test(text) && !words.test(text) ? 1 : 0
}

const isQuoted = (text: string): boolean => text.startsWith('>')
const isListed = (text: string, indent: number): boolean => marker.test(text) || indent > 0

/** Whether this line, or one that follows in the same block, has words. */
function anyWords(
  state: StateBlock,
  first: number,
  end: number,
  isOfBlock: (text: string, indent: number) => boolean,
): boolean {
  for (let line = first; line < end && !state.isEmpty(line); line += 1) {
    const text = lineAt(state, line)
    const indent = (state.sCount[line] ?? 0) - (state.sCount[first] ?? 0)
    if (line > first && !isOfBlock(text, indent)) return false
    if (words.test(text.replace(marker, ''))) return true
  }
  return false
}

/** A fence around nothing, up to the line that closes it; an open one, to the end. */
function emptyFence(state: StateBlock, first: number, end: number): number {
  const [, open = ''] = fence.exec(lineAt(state, first)) ?? []
  for (let line = first + 1; line < end; line += 1) {
    if (state.isEmpty(line)) continue
    const text = lineAt(state, line).trimEnd()
    return text.length >= open.length && text === text.charAt(0).repeat(text.length) && text[0] === open[0]
      ? line + 1 - first
      : 0
  }
  return 1
}

/** The default rule, but a paragraph keeps the spaces at its beginning. */
function paragraph(state: StateBlock, first: number, end: number): boolean {
  const ends = state.md.block.ruler.getRules('paragraph')
  const { parentType } = state
  state.parentType = 'paragraph'
  let line = first + 1
  for (; line < end && !state.isEmpty(line); line += 1) {
    const indent = state.sCount[line] ?? 0
    if (indent - state.blkIndent > 3 || indent < 0) continue
    if (ends.some((terminates) => terminates(state, line, end, true))) break
  }
  state.parentType = parentType
  state.line = line
  state.push('paragraph_open', 'p', 1).map = [first, line]
  const inline = state.push('inline', '', 0)
  inline.content = state.getLines(first, line, state.blkIndent, false).trimEnd()
  inline.map = [first, line]
  inline.children = []
  state.push('paragraph_close', 'p', -1)
  return true
}

export function useBlocks(markdown: MarkdownIt): void {
  const { ruler } = markdown.block
  ruler.at('paragraph', paragraph)
  ruler.before('table', 'wordless', (state, line, end, silent) => {
    const lines = silent ? 0 : wordless(state, line, end)
    if (lines === 0) return false
    state.line = line + lines
    const token = state.push('typed', '', 0)
    token.content = state.getLines(line, line + lines, state.blkIndent, false).trimEnd()
    token.map = [line, state.line]
    return true
  })
}
