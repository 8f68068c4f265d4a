// What a direct room is called: it has no name of its own. The same on the server and in the browser. Pure.
import { nameKey } from './names.ts'

interface Named {
  id: string
  name: string
}

/** The others' names; your own, where nobody else is. */
export const directName = (people: readonly Named[]): string => people.map(({ name }) => name).join(', ')

/** Everybody but `me`, by name; only `me`, where nobody else is. */
export function othersOf<Of extends Named>(people: readonly Of[], me: string): Of[] {
  const others = people.filter(({ id }) => id !== me)
  return others.length === 0 ? [...people] : others.sort(byName)
}

function byName(a: Named, b: Named): number {
  const [left, right] = [nameKey(a.name), nameKey(b.name)]
  return left < right ? -1 : left > right ? 1 : Number(a.id) - Number(b.id)
}
