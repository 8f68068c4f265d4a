// The newest public room, which `welcome` tells: a browser that has an older list of rooms asks for it again.

export class NewestOpen {
  /** Undefined: not known yet. */
  id: string | undefined
  readonly #ask: () => Promise<string | undefined>

  constructor(ask: () => Promise<string | undefined>) {
    this.#ask = ask
  }

  /** If MySQL is down, the next one who connects asks again; until then a browser asks for its list twice. */
  async learn(): Promise<void> {
    if (this.id !== undefined) return
    const newest = await this.#ask().catch(() => undefined)
    if (newest !== undefined) this.heard(newest)
  }

  heard(id: string): void {
    if (this.id === undefined || BigInt(id) > BigInt(this.id)) this.id = id
  }
}
