// Whose keywords a text has: one walk over the text for the words of all people. Case, accents and width make no difference;
// a word of letters stands alone in the text, one of a script without spaces may be anywhere. Pure.
import { fold, isWord, type Folded } from '../protocol/fold.ts'

interface Node {
  next: Map<number, Node>
  /** Those who want to hear of the word that ends here. */
  users: Set<string>
}

const emptyNode = (): Node => ({ next: new Map(), users: new Set() })

export class KeywordTrie {
  readonly #root = emptyNode()

  add(user: string, keyword: string): void {
    let node = this.#root
    for (const unit of unitsOf(keyword)) {
      const next = node.next.get(unit) ?? emptyNode()
      node.next.set(unit, next)
      node = next
    }
    if (node !== this.#root) node.users.add(user)
  }

  remove(user: string, keyword: string): void {
    const path: [Node, number][] = []
    let node = this.#root
    for (const unit of unitsOf(keyword)) {
      const next = node.next.get(unit)
      if (next === undefined) return
      path.push([node, unit])
      node = next
    }
    node.users.delete(user)
    for (const [parent, unit] of path.reverse()) {
      const child = parent.next.get(unit)
      if (child === undefined || child.next.size > 0 || child.users.size > 0) return
      parent.next.delete(unit)
    }
  }

  /** Everybody one of whose keywords is in the text. */
  usersIn(text: string): Set<string> {
    const found = new Set<string>()
    if (this.#root.next.size === 0) return found
    const folded = fold(text)
    for (let from = 0; from < folded.text.length; from += 1) {
      if (!isEdge(folded, from)) continue
      let node = this.#root.next.get(folded.text.charCodeAt(from))
      for (let to = from + 1; node !== undefined; to += 1) {
        if (node.users.size > 0 && isEdge(folded, to)) for (const user of node.users) found.add(user)
        node = node.next.get(folded.text.charCodeAt(to))
      }
    }
    return found
  }
}

/** Both sides of a place are not in one word. */
const isEdge = ({ kind }: Folded, at: number): boolean =>
  at === 0 || at >= kind.length || !isWord(kind[at - 1] ?? 0) || !isWord(kind[at] ?? 0)

function* unitsOf(keyword: string): Generator<number> {
  const { text } = fold(keyword)
  for (const unit of text.trim().split('')) yield unit.charCodeAt(0)
}
