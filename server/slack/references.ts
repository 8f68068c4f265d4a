// What stands in Slack's angle brackets (people, rooms, dates and links) as Markdown, and as it is within code. Pure.
import { withEmoji } from './emoji.ts'
import { withoutMarks } from './plain-words.ts'

/** The names behind ids; undefined: the id is shown. */
export interface Names {
  person?: (id: string) => string | undefined
  channel?: (id: string) => string | undefined
  /** An emoji of the workspace's own; undefined: its name is shown. */
  emoji?: (name: string) => string | undefined
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** Slack escapes these three and no others. One pass: `&amp;lt;` is `&lt;`, not `<`. */
export const decodeEntities = (text: string): string =>
  text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity)

/** Slack's words for everybody, as Brook has them. */
const loud: Readonly<Record<string, string>> = {
  here: 'here',
  channel: 'room',
  everyone: 'room',
  group: 'room',
}
export const broadcast = (word: string): string => `@${Object.hasOwn(loud, word) ? loud[word] : word}`

const isAddress = (head: string): boolean => /^(?:https?|mailto|tel):/i.test(head)

function parted(inside: string): { head: string; label: string } {
  const bar = inside.indexOf('|')
  const [head, label] = bar === -1 ? [inside, ''] : [inside.slice(0, bar), inside.slice(bar + 1)]
  return { head: decodeEntities(head), label: decodeEntities(withEmoji(label)) }
}

/** What `<...>` stands for. If it is none of Slack's forms, it keeps its brackets: the sender forgot to escape. */
export function bracketed(inside: string, names: Names): string {
  const { head, label } = parted(inside)
  if (isAddress(head)) return linkTo(head, label === head ? '' : withoutMarks(label))
  return namedBy(head, label, names) ?? withoutMarks(`<${decodeEntities(inside)}>`)
}

/** ... in code: a link is its address, or what was typed if that lacks only the scheme. */
export function inCode(inside: string, names: Names): string {
  const { head, label } = parted(inside)
  if (isAddress(head)) return label !== '' && head.replace(/^\w+:(?:\/\/)?/, '') === label ? label : head
  return namedBy(head, label, names) ?? `<${decodeEntities(inside)}>`
}

/** ... in a topic, which has no links: the label and the address. */
export function inTopic(inside: string, names: Names): string {
  const { head, label } = parted(inside)
  if (!isAddress(head)) return namedBy(head, label, names) ?? `<${decodeEntities(inside)}>`
  return label === '' || label === head ? withoutScheme(head) : `${label} (${withoutScheme(head)})`
}

function namedBy(head: string, label: string, names: Names): string | undefined {
  const id = head.slice(1)
  if (/^@[UWB][A-Z0-9]+$/.test(head))
    return `@${names.person?.(id) ?? (label === '' ? id : label.replace(/^@/, ''))}`
  if (/^#C[A-Z0-9]+$/.test(head))
    return `#${names.channel?.(id) ?? (label === '' ? id : label.replace(/^#/, ''))}`
  if (head.startsWith('!')) return special(id, label)
  // Other schemes are shown by their label only, never as a link.
  return /^[a-z][a-z0-9+.-]*:/i.test(head) && label !== '' ? label : undefined
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

/** An address of a web page keeps it. */
const withoutScheme = (url: string): string => url.replace(/^(?:mailto|tel):/i, '')

/** A Markdown link, or the bare address if the label is the same. `label`: Markdown. */
export function linkTo(url: string, label = ''): string {
  const bare = withoutScheme(url)
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
