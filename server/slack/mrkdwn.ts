// Slack's mrkdwn as Markdown: emphasis, links, mentions, entities and emoji names. Pure, and linear in the text's length:
// each pass reads a character once and remembers at most one open mark of each kind.
import { withEmoji } from './emoji.ts'

/** The names behind ids; undefined: the id is shown. */
export interface Names {
  person?: (id: string) => string | undefined
  channel?: (id: string) => string | undefined
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** Slack escapes these three and no others. One pass: `&amp;lt;` is `&lt;`, not `<`. */
export const decodeEntities = (text: string): string =>
  text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity)

/** Slack mrkdwn `text` as Markdown. Removes control characters other than tab and newline. */
export function toMarkdown(text: string, names: Names = {}): string {
  // Marks may surround a link or code, so these are replaced by NULs while words are emphasised, and put back afterwards.
  const kept: string[] = []
  const words = pieces(text.replace(hidden, '')).map(({ kind, text: inside }) => {
    if (kind === 'words') return inside
    kept.push(kind === 'bracket' ? bracketed(inside, names) : codeOf(kind, decodeEntities(inside)))
    return `\0${kept.length - 1}\0`
  })
  const marked = decodeEntities(withEmoji(emphasise(words.join(''))))
  return marked.replace(/\0(\d+)\0/g, (_, index: string) => kept[Number(index)] ?? '')
}

/** ... as text without marks, for a room's topic: a link is its label and its address. */
export const toPlain = (text: string, names: Names = {}): string =>
  decodeEntities(
    withEmoji(
      text
        .replace(hidden, '')
        .replace(/<([^<>\n]+)>/g, (_, inside: string) =>
          bracketed(inside, names).replace(/^\[(.*)\]\((.*)\)$/, '$1 ($2)'),
        ),
    ),
  )

const hidden = /[\0-\x08\x0b-\x1f\x7f]/g

type Kind = 'words' | 'fence' | 'code' | 'bracket'

interface Piece {
  kind: Kind
  text: string
}

const codeOf = (kind: 'fence' | 'code', code: string): string =>
  kind === 'code' ? `\`${code}\`` : `\`\`\`\n${code.replace(/^\n|\n$/g, '')}\n\`\`\``

/** Splits a text into plain text, code in fences and backticks, and the contents of angle brackets. */
function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let done = 0
  let mayFence = true
  const take = (kind: Kind, from: number, inner: number, end: number, width: number): void => {
    found.push({ kind: 'words', text: text.slice(done, from) }, { kind, text: text.slice(inner, end) })
    done = end + width
  }
  for (const { index: at } of text.matchAll(/[`<]/g)) {
    if (at < done) continue
    if (text.startsWith('```', at)) {
      // Invariant of the cost: an unclosed fence is searched for once.
      const end: number = mayFence ? text.indexOf('```', at + 3) : -1
      mayFence &&= end !== -1
      if (end > at + 3) take('fence', at, at + 3, end, 3)
      continue
    }
    // The search stops at the next one of its kind, so no part of the text is searched twice.
    const isCode = text[at] === '`'
    const end: number = indexOfAny(text, isCode ? /[`\n]/g : /[<>\n]/g, at + 1)
    if (end > at + 1 && text[end] === (isCode ? '`' : '>'))
      take(isCode ? 'code' : 'bracket', at, at + 1, end, 1)
  }
  found.push({ kind: 'words', text: text.slice(done) })
  return found
}

function indexOfAny(text: string, chars: RegExp, from: number): number {
  chars.lastIndex = from
  return chars.exec(text)?.index ?? -1
}

const markdownOf: Record<string, string> = { '*': '**', _: '_', '~': '~~' }
const isWordy = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)
const isSpace = (char: string | undefined): boolean => char === undefined || /\s/u.test(char)

/** A mark opens before the start of a word and closes after its end, on one line; `2*3*4` and snake_case are unchanged. */
function emphasise(text: string): string {
  const marks = new Map<number, string>()
  const open = new Map<string, number>()
  for (const { 0: mark, index: at } of text.matchAll(/[*_~\n]/g)) {
    if (mark === '\n') {
      open.clear()
      continue
    }
    const before = text[at - 1]
    const after = text[at + 1]
    const opened = open.get(mark)
    if (opened !== undefined && opened < at - 1 && !isSpace(before) && !isWordy(after)) {
      for (const place of [opened, at]) marks.set(place, markdownOf[mark] ?? mark)
      open.delete(mark)
    } else if (!isWordy(before) && before !== mark && !isSpace(after) && after !== mark) open.set(mark, at)
  }
  let done = 0
  const out: string[] = []
  for (const [at, mark] of [...marks].sort(([a], [b]) => a - b)) {
    out.push(text.slice(done, at), mark)
    done = at + 1
  }
  return out.join('') + text.slice(done)
}

/** Slack's words for everybody, as Brook has them. */
const loud: Readonly<Record<string, string>> = {
  here: 'here',
  channel: 'room',
  everyone: 'room',
  group: 'room',
}
export const broadcast = (word: string): string => `@${Object.hasOwn(loud, word) ? loud[word] : word}`

/** What `<...>` stands for. If it is none of Slack's forms, it keeps its brackets: the sender forgot to escape. */
function bracketed(inside: string, names: Names): string {
  const bar = inside.indexOf('|')
  const head = decodeEntities(bar === -1 ? inside : inside.slice(0, bar))
  const label = bar === -1 ? '' : decodeEntities(withEmoji(inside.slice(bar + 1)))
  const id = head.slice(1)
  if (/^@[UWB][A-Z0-9]+$/.test(head))
    return `@${names.person?.(id) ?? (label === '' ? id : label.replace(/^@/, ''))}`
  if (/^#C[A-Z0-9]+$/.test(head))
    return `#${names.channel?.(id) ?? (label === '' ? id : label.replace(/^#/, ''))}`
  if (head.startsWith('!')) return special(id, label)
  if (/^(?:https?|mailto|tel):/i.test(head)) return linkTo(head, label)
  // Other schemes are shown by their label only, never as a link.
  return /^[a-z][a-z0-9+.-]*:/i.test(head) && label !== '' ? label : `<${decodeEntities(inside)}>`
}

function special(word: string, label: string): string {
  const [kind = '', argument = ''] = word.split('^')
  if (kind === 'date') return label !== '' ? label : dateOf(argument)
  if (Object.hasOwn(loud, kind) || label === '') return broadcast(kind === 'subteam' ? argument : kind)
  return label
}

function dateOf(seconds: string): string {
  const date = new Date(Number(seconds) * 1_000)
  return Number.isNaN(date.getTime()) ? seconds : date.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'
}

/** A Markdown link, or the bare address if the label is the same. */
export function linkTo(url: string, label = ''): string {
  const bare = url.replace(/^(?:mailto|tel):/i, '')
  const words = label.replace(/\s+/gu, ' ').trim()
  if (bare !== url) return words === '' || words === bare ? bare : `${words} (${bare})`
  const address = url.replace(/[\s()<>]/gu, (char) =>
    encodeURIComponent(char).replace('(', '%28').replace(')', '%29'),
  )
  if (words === '' || words === url) return address
  return `[${isBalanced(words) ? words : words.replace(/[[\]]/g, '\\$&')}](${address})`
}

/** Markdown accepts balanced square brackets in a label as they are. */
function isBalanced(text: string): boolean {
  let depth = 0
  for (const [char] of text.matchAll(/[[\]]/g)) {
    depth += char === '[' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}
