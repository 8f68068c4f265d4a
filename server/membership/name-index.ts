// The names of the people in a room, for finding them in a text. Kept as people come and go; pure.
import { nameKey, spokenKey } from '../protocol/names.ts'

/**
 * What follows a name may change its last letters (a mark joins the one before it), so a name's beginning ends before them.
 */
export const openEnd = 2

export class NameIndex {
  readonly #ids = new Map<string, string>()
  /** Whom each key of a text may mean. */
  readonly #spoken = new Map<string, Set<string>>()
  /** Beginnings of names, as a text has them, and how many names have each; by length, how many names have a beginning so long. */
  readonly #beginnings = new Map<string, number>()
  readonly #lengths = new Map<number, number>()

  add(name: string, id: string): void {
    const key = nameKey(name)
    const spoken = spokenKey(name)
    if (!this.#ids.has(key)) this.#count(spoken, 1)
    this.#ids.set(key, id)
    this.#spoken.set(spoken, (this.#spoken.get(spoken) ?? new Set()).add(id))
  }

  /** Nothing happens when the name is another's by now. */
  remove(name: string, id: string): void {
    const key = nameKey(name)
    if (this.#ids.get(key) !== id) return
    const spoken = spokenKey(name)
    this.#ids.delete(key)
    this.#spoken.get(spoken)?.delete(id)
    if (this.#spoken.get(spoken)?.size === 0) this.#spoken.delete(spoken)
    this.#count(spoken, -1)
  }

  /** Whom a name in a text means: the one who is called so, otherwise the only one whose name reads the same. */
  idOf(name: string): string | undefined {
    const [only, other] = this.#spoken.get(spokenKey(name)) ?? []
    return this.#ids.get(nameKey(name)) ?? (other === undefined ? only : undefined)
  }

  /**
   * How long the key of a name can be that begins a text; 0: none begins it. Asked before each of its beginnings is compared,
   * which costs more.
   */
  longestIn(text: string): number {
    const whole = spokenKey(text)
    let longest = 0
    for (const length of this.#lengths.keys())
      if (this.#beginnings.has(whole.slice(0, length))) longest = Math.max(longest, length + openEnd)
    return longest
  }

  #count(key: string, more: 1 | -1): void {
    const beginning = key.slice(0, -openEnd)
    count(this.#beginnings, beginning, more)
    count(this.#lengths, beginning.length, more)
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, more: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + more
  if (now === 0) counts.delete(key)
  else counts.set(key, now)
}
