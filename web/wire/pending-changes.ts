// Settings that are shown as changed at once, while the server is still being asked: what it says meanwhile of an earlier change
// takes nothing back that was changed since. Pure.

export class PendingChanges<Settings extends object> {
  /** As the server has them; undefined: not known yet. */
  #known: Settings | undefined
  /** Without an answer yet, in order. */
  readonly #pending = new Set<Partial<Settings>>()

  /** As they are to be shown. */
  get shown(): Settings | undefined {
    if (this.#known === undefined) return undefined
    return Object.assign({}, this.#known, ...this.#pending) as Settings
  }

  /** The server says how they are. */
  heard(settings: Settings): void {
    this.#known = settings
  }

  begin(some: Partial<Settings>): void {
    this.#pending.add(some)
  }

  /** What the server is to be asked for; undefined: it was of somebody who is not signed in any more. */
  wanted(some: Partial<Settings>): Settings | undefined {
    if (this.#known === undefined || !this.#pending.has(some)) return undefined
    return { ...this.#known, ...some }
  }

  /** `settings`: the server's answer; without one, the change is taken back. */
  end(some: Partial<Settings>, settings?: Settings): void {
    if (this.#pending.delete(some) && settings !== undefined) this.#known = settings
  }

  /** Somebody else is signed in, or nobody. */
  forget(): void {
    this.#known = undefined
    this.#pending.clear()
  }
}
