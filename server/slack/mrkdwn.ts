// Slack's mrkdwn as Markdown: emphasis, links, mentions, entities and emoji names. Pure, and linear in the text's length:
// each pass looks at a character once and remembers at most one open mark of each kind.
import { withEmoji } from './emoji.ts'

/** What ids stand for; undefined: the id is shown. */
export interface Names {
  person?: (id: string) => string | undefined
  channel?: (id: string) => string | undefined
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** Slack escapes these three and no other. One pass: `&amp;lt;` is `&lt;`, not `<`. */
export const decodeEntities = (text: string): string =>
  text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity)

/** `text` as Slack's senders write it, as Markdown. Control characters of `text` other than tab and newline go. */
export function toMarkdown(text: string, names: Names = {}): string {
  // Marks may stand around a link or code, so words are emphasised with those taken out and put back between NULs.
  const kept: string[] = []
  const words = pieces(text.replace(hidden, '')).map(({ kind, text: inside }) => {
    if (kind === 'words') return inside
    kept.push(kind === 'bracket' ? bracketed(inside, names) : codeOf(kind, decodeEntities(inside)))
    return `\0${kept.length - 1}\0`
  })
  const marked = decodeEntities(withEmoji(emphasise(words.join(''))))
  return marked.replace(/\0(\d+)\0/g, (_, index: string) => kept[Number(index)] ?? '')
}

const hidden = /[\0-\x08\x0b-\x1f\x7f]/g

type Kind = 'words' | 'fence' | 'code' | 'bracket'

interface Piece {
  kind: Kind
  text: string
}

const codeOf = (kind: 'fence' | 'code', code: string): string =>
  kind === 'code' ? `\`${code}\`` : `\`\`\`\n${code.replace(/^\n|\n$/g, '')}\n\`\`\``

/** Cuts a text into plain words, code in fences and backticks, and what stands in angle brackets. */
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
      // Invariant of the cost: a fence that has no end is looked for once.
      const end: number = mayFence ? text.indexOf('```', at + 3) : -1
      mayFence &&= end !== -1
      if (end > at + 3) take('fence', at, at + 3, end, 3)
      continue
    }
    // The search ends at the next of its own kind, so no part of the text is searched twice.
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

/** A mark opens before a word's begin and closes after its end, on one line; `2*3*4` and snake_case are left alone. */
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

const loud = new Set(['here', 'channel', 'everyone', 'group'])

/** What `<...>` stands for. Something that is none of Slack's forms keeps its brackets: a sender forgot to escape. */
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
  // Another scheme is shown by its label alone, never as something to press.
  return /^[a-z][a-z0-9+.-]*:/i.test(head) && label !== '' ? label : `<${decodeEntities(inside)}>`
}

function special(word: string, label: string): string {
  const [kind = '', argument = ''] = word.split('^')
  if (kind === 'date') return label !== '' ? label : dateOf(argument)
  if (loud.has(kind)) return `@${kind}`
  return label !== '' ? label : `@${kind === 'subteam' ? argument : kind}`
}

function dateOf(seconds: string): string {
  const date = new Date(Number(seconds) * 1_000)
  return Number.isNaN(date.getTime()) ? seconds : date.toISOString().slice(0, 16).replace('T', ' ') + ' UTC'
}

/** A Markdown link, or the bare address where the label says nothing else. */
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

/** Markdown takes square brackets in a label as they are when each has its other half. */
function isBalanced(text: string): boolean {
  let depth = 0
  for (const [char] of text.matchAll(/[[\]]/g)) {
    depth += char === '[' ? 1 : -1
    if (depth < 0) return false
  }
  return depth === 0
}
