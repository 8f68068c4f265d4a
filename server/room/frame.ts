// What a room sends in one turn: the events of that turn, serialised once for all listeners.

/** One event of a turn. `seq` is the entry's number, or 0 for an event that is not stored. */
export interface Told {
  seq: number
  json: string
}

/** The text frame of one turn: JSON objects separated by newlines. Its bytes are made once and shared. */
export class Frame {
  readonly room: string
  readonly told: readonly Told[]
  #bytes: Buffer | undefined

  constructor(room: string, told: readonly Told[]) {
    this.room = room
    this.told = told
  }

  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.told.map(({ json }) => json).join('\n'))
    return this.#bytes
  }

  /** The highest number in this frame; 0 if none of its events has one. */
  get last(): number {
    return this.told.reduce((last, { seq }) => Math.max(last, seq), 0)
  }

  /**
   * This frame without the entries numbered up to `passed`; undefined if nothing is left. Events without a number
   * stay.
   */
  after(passed: number): Frame | undefined {
    if (this.told.every(({ seq }) => seq === 0 || seq > passed)) return this
    const left = this.told.filter(({ seq }) => seq === 0 || seq > passed)
    return left.length === 0 ? undefined : new Frame(this.room, left)
  }
}
