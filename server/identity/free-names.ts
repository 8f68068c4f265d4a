// What somebody whom the identity provider knows is called here. Pure.
import { isBarred } from '../naming/look-alikes.ts'
import { limits } from '../protocol/limits.ts'
import { charsIn, cleanName } from '../protocol/names.ts'

const fallback = 'Member'

const cut = (text: string, chars: number): string => [...text].slice(0, chars).join('')

/** The first of these that can be a name. */
export function firstName(names: readonly string[]): string {
  for (const given of names) {
    const name = cleanName(cut(given, limits.nameChars))
    if (name !== undefined && charsIn(name) <= limits.nameChars && !isBarred(name)) return name
  }
  return fallback
}

/** That name, and then with numbers: "ann", "ann 2", "ann 3" and so on. */
export function candidates(names: readonly string[], count: number): string[] {
  const first = firstName(names)
  return Array.from({ length: count }, (_, at) => {
    if (at === 0) return first
    const number = ` ${at + 1}`
    return `${cut(first, limits.nameChars - number.length).trimEnd()}${number}`
  })
}
