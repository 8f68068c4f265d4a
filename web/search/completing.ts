// What a filter that is being typed may become: rooms after in:, people after from:, kinds after has:. Pure.
import { hasKinds, type FilterName } from '../../server/protocol/query.ts'

export interface Offer {
  /** What stands in the field once it is chosen. */
  filled: string
  label: string
}

export interface Names {
  rooms: readonly string[]
  people: readonly string[]
}

const most = 8
const typing = /(?:^|\s)(in|from|has)[:：]"?([^"]*)$/iu

/** The filter at the end of what is typed, whose value is open; undefined when there is none. */
export function openFilter(
  typed: string,
): { name: 'in' | 'from' | 'has'; value: string; at: number } | undefined {
  const match = typing.exec(typed)
  const [all = '', name = '', value = ''] = match ?? []
  if (match === null || (/\s$/.test(value) && !all.includes('"'))) return undefined
  const at = typed.length - all.trimStart().length
  return { name: name.toLowerCase() as 'in' | 'from' | 'has', value, at }
}

export function offers(typed: string, { rooms, people }: Names): Offer[] {
  const open = openFilter(typed)
  if (open === undefined) return []
  const all = open.name === 'in' ? rooms : open.name === 'from' ? ['me', ...people] : hasKinds
  const wanted = open.value.replace(/^[#@]/, '').trim().toLowerCase()
  const fits = all.filter((one) => one.toLowerCase().includes(wanted))
  return fits
    .slice(0, most)
    .map((label) => ({ label, filled: `${typed.slice(0, open.at)}${write(open.name, label)} ` }))
}

export const write = (name: FilterName, value: string): string =>
  `${name}:${/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`

/** What is typed with a filter begun at its end. */
export const begin = (typed: string, name: FilterName): string =>
  `${typed.trimEnd()}${typed.trim() === '' ? '' : ' '}${name}:`
