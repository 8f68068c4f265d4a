// The room's lines since the round began, as bytes: written by the first listener of a thread that receives a line, so
// that all others compare bytes instead of parsing.
// Invariant: the numbered lines are dense, so a listener that matches a range has received every number in it once.

const newline = 0x0a

export class Transcript {
  #bytes = Buffer.alloc(1 << 12)
  /** Where each line begins; one more for where the next would. */
  readonly starts: number[] = [0]
  /** The room's number of each line; 0 for an unnumbered event. */
  readonly numbers: number[] = []
  /** Which message of ours each line is; -1 for another. */
  readonly messages: number[] = []
  readonly #lineOfNumber = new Map<number, number>()
  #head = 0

  get count(): number {
    return this.numbers.length
  }

  /** The newest number that any listener of this thread has received. */
  get head(): number {
    return this.#head
  }

  get #end(): number {
    return this.starts[this.count] ?? 0
  }

  /** The end of the range that begins at `line`, if these bytes match it exactly; otherwise -1. */
  match(line: number, bytes: Buffer, from: number, to: number): number {
    const start = this.starts[line] ?? this.#end
    const end = start + to - from
    if (end >= this.#end || this.#bytes[end] !== newline) return -1
    return this.#bytes.compare(bytes, from, to, start, end) === 0 ? end + 1 : -1
  }

  lineOf(number: number): number | undefined {
    return this.#lineOfNumber.get(number)
  }

  isSame(line: number, bytes: Buffer, from: number, to: number): boolean {
    return this.match(line, bytes, from, to) === this.starts[line + 1]
  }

  /** Adds the next line, and returns its position; undefined if its number is not the next one. */
  add(bytes: Buffer, from: number, to: number, number: number, message: number): number | undefined {
    if (number > 0 && this.#head > 0 && number !== this.#head + 1) return undefined
    const start = this.#end
    const end = start + to - from
    if (end + 1 > this.#bytes.byteLength) this.#bytes = Buffer.concat([this.#bytes], 2 * (end + 1))
    bytes.copy(this.#bytes, start, from, to)
    this.#bytes[end] = newline
    const line = this.count
    this.starts.push(end + 1)
    this.numbers.push(number)
    this.messages.push(message)
    if (number > 0) {
      this.#lineOfNumber.set(number, line)
      this.#head = number
    }
    return line
  }
}
