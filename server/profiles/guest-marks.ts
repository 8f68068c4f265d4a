// Who of those that somebody looks at is a guest, in this process's memory: their names are marked. MySQL is asked once for each, when
// somebody looks; whoever becomes a member is one at once, on every server. Limit: some 100 bytes each.
import { isGuest } from '../account/guest-sql.ts'
import type { Db } from '../db.ts'

/** Those whom the readers of one process look at are fewer; more, and all are asked for again. */
const knownMost = 100_000

export interface GuestMarksDeps {
  db: Db
  /** These are guests, as has just become known, or are none any more. */
  onKnown: (people: readonly string[]) => void
  onError: (error: unknown) => void
}

export class GuestMarks {
  readonly #deps: GuestMarksDeps
  readonly #known = new Map<string, boolean>()
  readonly #asked = new Set<string>()
  #asking: NodeJS.Immediate | undefined

  constructor(deps: GuestMarksDeps) {
    this.#deps = deps
  }

  /** False as long as it is not known. */
  has(id: string): boolean {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    this.#asked.add(id)
    // All whom one page shows are one question.
    this.#asking ??= setImmediate(() => void this.#ask())
    return false
  }

  /** They have a password now. */
  becameMember(id: string): void {
    this.#known.set(id, false)
    this.#deps.onKnown([id])
  }

  async #ask(): Promise<void> {
    this.#asking = undefined
    const ids = [...this.#asked]
    this.#asked.clear()
    try {
      const rows = await this.#deps.db.rows<{ id: number }>(
        `SELECT u.id FROM users u WHERE u.id IN (?) AND u.ended_at IS NULL AND ${isGuest}`,
        [ids.map(BigInt)],
      )
      const guests = new Set(rows.map(({ id }) => String(id)))
      if (this.#known.size + ids.length > knownMost) this.#known.clear()
      // Whoever has become a member meanwhile stays one.
      for (const id of ids) if (!this.#known.has(id)) this.#known.set(id, guests.has(id))
      const found = ids.filter((id) => this.#known.get(id) === true)
      if (found.length > 0) this.#deps.onKnown(found)
    } catch (error) {
      // Asked again when somebody looks.
      this.#deps.onError(error)
    }
  }
}
