// The objects of a JSON array, one at a time from a stream, with the line and the index of each. What is broken is told
// and passed over: the next object begins where a line begins as the first object's line did.
import { limits } from '../../protocol/limits.ts'

/** `value`: an object as JSON has it. `broken`: what stands there is none, and why. */
export interface Element {
  /** From 0, broken ones counted. */
  index: number
  /** From 1, where it begins. */
  line: number
  value?: unknown
  broken?: string
}

/** Reads `[{...}, {...}]`. Bytes that are no UTF-8 become U+FFFD. */
export async function* elements(
  bytes: AsyncIterable<Uint8Array>,
  mostChars: number = limits.imports.messageBytes,
): AsyncGenerator<Element> {
  const reader = new Reader(mostChars)
  const decoder = new TextDecoder()
  for await (const chunk of bytes) yield* reader.take(decoder.decode(chunk, { stream: true }))
  yield* reader.take(decoder.decode())
  yield* reader.end()
}

/** between: no object is open. object: in one. junk: in what is none. lost: passing over the rest of a broken one. */
type State = 'between' | 'object' | 'junk' | 'lost'

const [lineEnd, space, tab, quote, comma, backslash] = [10, 32, 9, 34, 44, 92]
const [open, close, openList, closeList] = [123, 125, 91, 93]

/**
 * Trap: one missing quote turns everything after it inside out. No JSON text has a raw line end in it, and in an export
 * no line within an object is indented like the object itself; so both end a broken object, and the next one is whole.
 */
class Reader {
  readonly #most: number
  #found: Element[] = []
  #state: State = 'between'
  #why = ''
  #line = 1
  #index = 0
  /** Text of the open object from earlier chunks. */
  #text = ''
  #began = 1
  #depth = 0
  #isText = false
  #isEscaped = false
  /** Spaces that the line begins with; below 0 once anything else stands on it. */
  #indent = 0
  /** ... of the first object that begins a line. */
  #usual: number | undefined

  constructor(most: number) {
    this.#most = most
  }

  take(chunk: string): Element[] {
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at)
      if (code === open && this.#begins()) {
        if (this.#state !== 'between') this.#tell('it does not end')
        this.#begin()
        from = at
      } else if (this.#state === 'object') {
        if (this.#text.length + at - from > this.#most)
          this.#lose(`it has more than ${this.#most} characters`)
        else if (this.#isText && code === lineEnd) this.#lose('a text in it does not end on its line')
        else if (this.#closes(code)) this.#whole(chunk.slice(from, at + 1))
      } else this.#beside(code)
      this.#count(code)
    }
    if (this.#state === 'object') this.#text += chunk.slice(from)
    return this.#taken()
  }

  end(): Element[] {
    if (this.#state !== 'between') this.#tell('it does not end')
    return this.#taken()
  }

  /** Whether a brace opens an object of the array, rather than one within an object. */
  #begins(): boolean {
    return this.#state === 'between' || (this.#indent >= 0 && this.#indent === this.#usual)
  }

  #begin(): void {
    if (this.#indent >= 0) this.#usual ??= this.#indent
    this.#state = 'object'
    this.#began = this.#line
    this.#text = ''
    this.#depth = 0
    this.#isText = this.#isEscaped = false
    this.#closes(open)
  }

  /** Follows depth and texts by the rules of JSON; true when this closes the object. */
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

  /** Between objects stand commas, spaces and the array's own brackets; all else is junk up to the next of them. */
  #beside(code: number): void {
    const parts = code === comma || code === lineEnd || code === openList || code === closeList
    if (this.#state === 'junk' && parts) this.#tell('it is no object')
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
