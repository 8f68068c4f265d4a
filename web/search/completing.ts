// Completes the filter that is being typed: rooms after in:, people after from: and with:, kinds after has:. Pure.
import { fold } from '../../server/protocol/fold.ts'
import {
  filterOf,
  filterWords,
  hasKinds,
  type FilterName,
  type HasKind,
} from '../../server/protocol/query.ts'

export interface Offer {
  /** The text of the field once it is chosen. */
  filled: string
  label: string
}

export interface Names {
  rooms: readonly string[]
  people: readonly string[]
}

/** How filters are written in the reader's language: `in:`, `在：`. */
export interface Terms {
  sign: (name: FilterName) => string
  kind: (kind: HasKind) => string
  me: string
}

const max = 8
const { in: ins, with: withs, from: froms, has } = filterWords
const typing = new RegExp(`(?:^|\\s)(${[...ins, ...withs, ...froms, ...has].join('|')})[:：]"?([^"]*)$`, 'iu')

/** The filter at the end of the typed text, whose value is open; undefined if there is none. */
export function openFilter(
  typed: string,
): { name: 'in' | 'with' | 'from' | 'has'; value: string; at: number } | undefined {
  const match = typing.exec(typed)
  const [all = '', name = '', value = ''] = match ?? []
  if (match === null || (/\s$/.test(value) && !all.includes('"'))) return undefined
  const at = typed.length - all.trimStart().length
  return { name: filterOf(name) as 'in' | 'with' | 'from' | 'has', value, at }
}

export function offers(typed: string, { rooms, people }: Names, { sign, kind, me }: Terms): Offer[] {
  const open = openFilter(typed)
  if (open === undefined) return []
  const values = { in: rooms, with: people, from: [me, ...people], has: hasKinds.map(kind) }
  const all = values[open.name]
  const wanted = fold(open.value.replace(/^[#@]/, '').trim()).text
  const fits = all.filter((one) => fold(one).text.includes(wanted))
  return fits
    .slice(0, max)
    .map((label) => ({ label, filled: `${typed.slice(0, open.at)}${write(sign(open.name), label)} ` }))
}

/** A filter with its value, which may contain spaces. */
export const write = (sign: string, value: string): string =>
  `${sign}${/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`

/** The typed text with a new filter at its end. */
export const begin = (typed: string, sign: string): string =>
  `${typed.trimEnd()}${typed.trim() === '' ? '' : ' '}${sign}`
