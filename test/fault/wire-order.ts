// The order of a room's entries on one connection: each above the one before, but for what a resume asks for again.

export class WireOrder {
  readonly #last = new Map<string, number>()
  /** By room, the cursors of resumes whose answers may still come: each may take the order back once, to after its cursor. */
  readonly #resumes = new Map<string, number[]>()

  /** A new connection. */
  restart(): void {
    this.#last.clear()
    this.#resumes.clear()
  }

  /** These rooms were asked for after these numbers. */
  resumed(rooms: Readonly<Record<string, number>>): void {
    for (const [room, after] of Object.entries(rooms))
      this.#resumes.set(room, [...(this.#resumes.get(room) ?? []), after])
  }

  /** An entry came: the number that it should have been above, if it is not. */
  hears(room: string, seq: number): number | undefined {
    const last = this.#last.get(room) ?? 0
    const isInOrder = seq > last || this.#isResumed(room, seq)
    this.#last.set(room, seq)
    return isInOrder ? undefined : last
  }

  /** Trap: what the server sent before it read the resume comes first, on a slow machine seconds later. */
  #isResumed(room: string, seq: number): boolean {
    const asked = this.#resumes.get(room) ?? []
    const at = asked.findIndex((after) => seq > after)
    if (at < 0) return false
    this.#resumes.set(
      room,
      asked.filter((_, i) => i !== at),
    )
    return true
  }
}
