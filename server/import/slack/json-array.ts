// Streams the objects of a JSON array, one at a time, with the line and the index of each. Damaged objects are reported
// and skipped: the next object begins on a line that is indented like the first object's line.
import { limits } from '../../protocol/limits.ts'

/** `value`: an object. `broken`: not a valid object, and why. */
export interface Element {
  /** From 0, counting broken ones. */
  index: number
  /** The line where it begins, from 1. */
  line: number
  value?: unknown
  broken?: string
}

/** Reads `[{...}, {...}]`. Invalid UTF-8 becomes U+FFFD. */
export async function* elements(
  bytes: AsyncIterable<Uint8Array>,
  maxChars: number = limits.imports.messageBytes,
): AsyncGenerator<Element> {
  const reader = new Reader(maxChars)
  const decoder = new TextDecoder()
  for await (const chunk of bytes) yield* reader.take(decoder.decode(chunk, { stream: true }))
  yield* reader.take(decoder.decode())
  yield* reader.end()
}

/** between: no object is open. object: inside one. junk: in text that is not one. lost: skipping the rest of a broken one. */
type State = 'between' | 'object' | 'junk' | 'lost'

const [lineEnd, space, tab, quote, comma, backslash] = [10, 32, 9, 34, 44, 92]
const [open, close, openList, closeList] = [123, 125, 91, 93]

/**
 * Trap: one missing quote inverts everything after it. No JSON string contains a raw line end, and in an export no line
 * within an object is indented like the object itself; so both end a broken object, and the next one is complete.
 */
class Reader {
  readonly #max: number
  #found: Element[] = []
  #state: State = 'between'
  #why = ''
  #line = 1
  #index = 0
  /** Text of the open object from previous chunks. */
  #text = ''
  #began = 1
  #depth = 0
  #isText = false
  #isEscaped = false
  /** Indentation of the current line; below 0 once anything else is on it. */
  #indent = 0
  /** ... of the first object that begins a line. */
  #entryIndent: number | undefined

  constructor(max: number) {
    this.#max = max
  }

  take(chunk: string): Element[] {
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at)
      if (code === open && this.#begins()) {
        if (this.#state !== 'between') this.#tell('it is not closed')
        this.#begin()
        from = at
      } else if (this.#state === 'object') {
        if (this.#text.length + at - from > this.#max) this.#lose(`it has more than ${this.#max} characters`)
        else if (this.#isText && code === lineEnd) this.#lose('a string in it does not end on its line')
        else if (this.#closes(code)) this.#whole(chunk.slice(from, at + 1))
      } else this.#beside(code)
      this.#count(code)
    }
    if (this.#state === 'object') this.#text += chunk.slice(from)
    return this.#taken()
  }

  end(): Element[] {
    if (this.#state !== 'between') this.#tell('it is not closed')
    return this.#taken()
  }

  /** Whether a brace opens an object of the array, not one nested in an object. */
  #begins(): boolean {
    return this.#state === 'between' || (this.#indent >= 0 && this.#indent === this.#entryIndent)
  }

  #begin(): void {
    if (this.#indent >= 0) this.#entryIndent ??= this.#indent
    this.#state = 'object'
    this.#began = this.#line
    this.#text = ''
    this.#depth = 0
    this.#isText = this.#isEscaped = false
    this.#closes(open)
  }

  /** Tracks depth and strings by the rules of JSON; true when this closes the object. */
  #closes(code: number): boolean {
    if (this.#isEscaped) this.#isEscaped = false
    else if (this.#isText) {
      if (code === backslash) this.#isEscaped = true
      else if (code === quote) this.#isText = false
    } else if (code === quote) this.#isText = true
    else if (code === open || code === openList) this.#depth += 1
    else if (code === close || code === closeList) this.#depth -= 1
    return this.#depth === 0
  }

  /** Between objects there are commas, spaces and the array's own brackets; anything else is junk up to the next of them. */
  #beside(code: number): void {
    const parts = code === comma || code === lineEnd || code === openList || code === closeList
    if (this.#state === 'junk' && parts) this.#tell('not an object')
    else if (this.#state === 'between' && !parts && code > space && code !== 0xfeff) {
      this.#state = 'junk'
      this.#began = this.#line
    }
  }

  #lose(why: string): void {
    this.#state = 'lost'
    this.#why = why
    this.#text = ''
  }

  #whole(rest: string): void {
    const text = this.#text + rest
    this.#state = 'between'
    const place = { index: this.#index++, line: this.#began }
    try {
      this.#found.push({ ...place, value: JSON.parse(text) })
    } catch {
      this.#found.push({ ...place, broken: 'it is not JSON' })
    }
  }

  #tell(why: string): void {
    const broken = this.#state === 'lost' ? this.#why : why
    this.#found.push({ index: this.#index++, line: this.#began, broken })
    this.#state = 'between'
  }

  #count(code: number): void {
    if (code === lineEnd) {
      this.#line += 1
      this.#indent = 0
    } else if (this.#indent >= 0) this.#indent = code === space || code === tab ? this.#indent + 1 : -1
  }

  #taken(): Element[] {
    const found = this.#found
    this.#found = []
    return found
  }
}
