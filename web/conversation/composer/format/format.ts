// What a formatting button, its key or a pasted address does to a text and its selection. Pure.

export type Format = 'bold' | 'italic' | 'link' | 'code' | 'quote' | 'list'

export interface Selected {
  text: string
  from: number
  to: number
}

/** `words` replace what stands between `from` and `to`; then `select` is selected. */
export interface TextEdit {
  from: number
  to: number
  words: string
  select: readonly [from: number, to: number]
}

const marks = { bold: '**', italic: '_' } as const
const prefixes = { quote: '> ', list: '- ' } as const

export function formatted(format: Format, selected: Selected): TextEdit {
  switch (format) {
    case 'bold':
    case 'italic':
      return withMark(selected, marks[format])
    case 'code':
      return picked(selected).includes('\n') ? inFence(selected) : withMark(selected, '`')
    case 'link':
      return asLink(selected)
    case 'quote':
    case 'list':
      return withPrefix(selected, prefixes[format])
  }
}

const picked = ({ text, from, to }: Selected): string => text.slice(from, to)

/** Marks stand beside words: `** bold **` would not be bold. */
function trimmed({ text, from, to }: Selected): Selected {
  const words = text.slice(from, to)
  if (words.trim() === '') return { text, from, to }
  return {
    text,
    from: from + (words.length - words.trimStart().length),
    to: to - (words.length - words.trimEnd().length),
  }
}

function withMark(selected: Selected, mark: string): TextEdit {
  const { text, from, to } = trimmed(selected)
  const words = text.slice(from, to)
  const { length } = mark
  // Pressed again, it takes the marks away: outside the selection, or inside it.
  const isOutside = text.slice(0, from).endsWith(mark) && text.slice(to).startsWith(mark)
  if (isOutside && words !== '')
    return { from: from - length, to: to + length, words, select: [from - length, to - length] }
  if (words.length > 2 * length && words.startsWith(mark) && words.endsWith(mark)) {
    const bare = words.slice(length, -length)
    return { from, to, words: bare, select: [from, from + bare.length] }
  }
  return { from, to, words: mark + words + mark, select: [from + length, to + length] }
}

function inFence({ text, from, to }: Selected): TextEdit {
  const before = from === 0 || text[from - 1] === '\n' ? '```\n' : '\n```\n'
  const after = to === text.length || text[to] === '\n' ? '\n```' : '\n```\n'
  const words = text.slice(from, to).replace(/\n$/, '')
  const start = from + before.length
  return { from, to, words: before + words + after, select: [start, start + words.length] }
}

const isAddress = (words: string): boolean => /^https?:\/\/\S+$/i.test(words)

/** What is missing is selected: the address of some words, or the words for an address. */
function asLink(selected: Selected): TextEdit {
  const { from, to } = trimmed(selected)
  const words = picked(trimmed(selected))
  if (isAddress(words)) return { from, to, words: `[](${inTarget(words)})`, select: [from + 1, from + 1] }
  const label = inLabel(words)
  const at = from + label.length + 3
  return words === ''
    ? { from, to, words: '[](https://)', select: [from + 1, from + 1] }
    : { from, to, words: `[${label}](https://)`, select: [at, at + 'https://'.length] }
}

const inLabel = (words: string): string => words.replace(/[[\]]/g, '\\$&')
const inTarget = (address: string): string =>
  address.replace(/[()]/g, (bracket) => (bracket === '(' ? '%28' : '%29'))

/** An address pasted over words becomes their link; undefined: it is pasted as it is. */
export function pastedLink(selected: Selected, pasted: string): TextEdit | undefined {
  const address = pasted.trim()
  const { from, to } = trimmed(selected)
  const words = picked(trimmed(selected))
  const isLabel = words.trim() !== '' && !words.includes('\n') && !isAddress(words)
  if (!isAddress(address) || !isLabel) return undefined
  const link = `[${inLabel(words)}](${inTarget(address)})`
  return { from, to, words: link, select: [from + link.length, from + link.length] }
}

/** Of every line of the selection; if all have it, they lose it. */
function withPrefix({ text, from, to }: Selected, prefix: string): TextEdit {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const next = text.indexOf('\n', Math.max(from, to - 1))
  const end = next < 0 ? text.length : next
  const lines = text.slice(start, end).split('\n')
  const isOn = lines.every((line) => line.startsWith(prefix))
  const words = lines.map((line) => (isOn ? line.slice(prefix.length) : prefix + line)).join('\n')
  const step = isOn ? -prefix.length : prefix.length
  const select: TextEdit['select'] =
    from === to ? [Math.max(start, from + step), Math.max(start, to + step)] : [start, start + words.length]
  return { from: start, to: end, words, select }
}
