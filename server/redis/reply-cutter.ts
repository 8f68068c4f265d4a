// Cuts the replies of XREAD and XREADGROUP on one stream out of what Redis sends, and leaves every other reply as it is. It
// knows the form of a reply (RESP 2 and 3) and nothing of what the fields say. Pure.

/** A stream entry as Redis gives it. */
export interface RawEntry {
  readonly id: string
  /** Each field's name before its value; null: it was trimmed away while it was pending. Made when they are asked for. */
  readonly fields: readonly string[] | null
  /** Bytes of the fields, about. */
  readonly size: number
}

const code = (char: string): number => char.charCodeAt(0)
const [star, dollar, dash, zero, underscore, cr] = [code('*'), code('$'), code('-'), code('0'), code('_'), 13]
/** Values that name their bytes, and values that name their values: how many for each that they name. */
const blobs = new Set([...'$!='].map(code))
const nests = new Map([...'*~>%'].map((char) => [code(char), char === '%' ? 2 : 1]))

/** How the reply of a read begins: the stream's key, how many entries there are, and the first of them. */
const firstEntry = '\r\n*2\r\n$'
const heads = ['%1\r\n$', '*1\r\n*2\r\n$'].map(
  (start) => [start, 'key', '\r\n*', 'count', firstEntry] as const,
)
/** A key that is longer is none of ours. */
const maxKeyBytes = 200
const maxHeadBytes = maxKeyBytes + 60

const nothing = Buffer.alloc(0)

export class ReplyCutter {
  readonly #onEntries: (entries: RawEntry[]) => string
  /** What has come of a value that has not come as a whole, and how many bytes it has at least. */
  #rest: Buffer = nothing
  #needed = 0
  /** Of a reply that is left as it is: how many values have yet to begin, and how many bytes of the last one are to come. */
  #values = 0
  #bytes = 0
  /** Of a reply that is cut out: its entries, and how many are to come. Undefined: there is none. */
  #entries: RawEntry[] | undefined
  #left = 0
  /** Where the next value of an entry begins. */
  #at = 0

  /** `onEntries`: takes the entries of one reply, of which there is at least one, and answers what stands in its place. */
  constructor(onEntries: (entries: RawEntry[]) => string) {
    this.#onEntries = onEntries
  }

  /**
   * What is left of these bytes, in pieces.
   * @throws when the reply of a read goes on in another form than it began
   */
  cut(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const left: Buffer[] = []
    let at = 0
    if (bytes.length >= this.#needed)
      for (let end = -1; at < bytes.length && end !== at;) {
        if (end >= 0) at = end
        end = this.#step(bytes, at, left)
      }
    this.#rest = at === bytes.length ? nothing : bytes.subarray(at)
    return left
  }

  /** Answers where the first value begins that has not been gone through; `at` when more bytes must come first. */
  #step(bytes: Buffer, at: number, left: Buffer[]): number {
    this.#needed = 0
    if (this.#entries !== undefined) return this.#take(this.#entries, bytes, at, left)
    if (this.#values === 0 && this.#bytes === 0) {
      const head = readHead(bytes.toString('latin1', at, at + maxHeadBytes))
      if (head === 'unknown') return at
      if (head !== 'other') {
        ;[this.#entries, this.#left] = [[], head.count]
        return at + head.bytes
      }
      this.#values = 1
    }
    const end = this.#pass(bytes, at)
    if (end > at) left.push(bytes.subarray(at, end))
    return end
  }

  #pass(bytes: Buffer, from: number): number {
    let at = from
    while (at < bytes.length) {
      if (this.#bytes > 0) {
        const some = Math.min(this.#bytes, bytes.length - at)
        this.#bytes -= some
        at += some
        continue
      }
      if (this.#values === 0) break
      const end = bytes.indexOf('\r\n', at)
      if (end < 0) break
      const type = bytes[at] ?? 0
      const count = Number(bytes.toString('latin1', at + 1, end))
      this.#values -= 1
      if (blobs.has(type) && count >= 0) this.#bytes = count + 2
      if (nests.has(type) && count > 0) this.#values += count * (nests.get(type) ?? 1)
      at = end + 2
    }
    return at
  }

  #take(entries: RawEntry[], bytes: Buffer, from: number, left: Buffer[]): number {
    let at = from
    while (this.#left > 0) {
      this.#at = at
      const entry = this.#entry(bytes, at)
      if (entry === undefined) return at
      entries.push(entry)
      this.#left -= 1
      at = this.#at
    }
    this.#entries = undefined
    left.push(Buffer.from(this.#onEntries(entries)))
    return at
  }

  /** Undefined when it has not come as a whole. */
  #entry(bytes: Buffer, start: number): RawEntry | undefined {
    if (this.#count(bytes, star) === undefined) return undefined
    const id = this.#skipText(bytes, start)
    if (id === undefined) return undefined
    const fields = this.#at
    const count = bytes[fields] === underscore ? this.#count(bytes, underscore) : this.#count(bytes, star)
    if (count === undefined) return undefined
    for (let i = 0; i < count; i += 1) if (this.#skipText(bytes, start) === undefined) return undefined
    const text = bytes.toString('latin1', id, fields - 2)
    // A null of RESP 3, or of RESP 2.
    if (count < 1) return { id: text, fields: null, size: 0 }
    return new CutEntry(text, bytes, fields, this.#at)
  }

  /** How many a value has of what it names. */
  #count(bytes: Buffer, type: number): number | undefined {
    let at = this.#at
    if (at >= bytes.length) return undefined
    if (bytes[at] !== type) throw new Error('the reply of a stream read has another form')
    let count = 0
    let sign = 1
    for (at += 1; ; at += 1) {
      const byte = bytes[at]
      if (byte === undefined) return undefined
      if (byte === cr) break
      if (byte === dash) sign = -1
      else count = 10 * count + byte - zero
    }
    if (at + 1 >= bytes.length) return undefined
    this.#at = at + 2
    return sign * count
  }

  /** Answers where the text begins. */
  #skipText(bytes: Buffer, start: number): number | undefined {
    const count = this.#count(bytes, dollar)
    if (count === undefined) return undefined
    const from = this.#at
    const end = from + count + 2
    if (end > bytes.length) {
      this.#needed = end - start
      return undefined
    }
    this.#at = end
    return from
  }
}

/**
 * An entry that has come as a whole. It keeps the bytes and makes texts of them each time, for whoever reads thousands at
 * once keeps them for a while, and what lives for a while costs the garbage collector more than it takes to make it again.
 */
class CutEntry implements RawEntry {
  readonly id: string
  readonly #bytes: Buffer
  readonly #from: number
  readonly #end: number

  constructor(id: string, bytes: Buffer, ...[from, end]: [from: number, end: number]) {
    this.id = id
    this.#bytes = bytes
    this.#from = from
    this.#end = end
  }

  get size(): number {
    return this.#end - this.#from
  }

  get fields(): string[] {
    const bytes = this.#bytes
    const fields: string[] = []
    let at = bytes.indexOf('\n', this.#from) + 1
    while (at < this.#end) {
      let count = 0
      for (at += 1; bytes[at] !== cr; at += 1) count = 10 * count + (bytes[at] ?? 0) - zero
      const from = at + 2
      fields.push(
        count <= 4 ? shortText(bytes, from, from + count) : bytes.toString('utf8', from, from + count),
      )
      at = from + count + 2
    }
    return fields
  }
}

/** Names of fields and small numbers come again and again. */
const shorts = new Map<number, string>()
const maxShorts = 20_000

function shortText(bytes: Buffer, from: number, end: number): string {
  let key = end - from
  for (let at = from; at < end; at += 1) key = 256 * key + (bytes[at] ?? 0)
  let text = shorts.get(key)
  if (text === undefined) {
    text = bytes.toString('utf8', from, end)
    if (shorts.size < maxShorts) shorts.set(key, text)
  }
  return text
}

interface Head {
  count: number
  bytes: number
}

/** Whether a reply that begins so is that of a read. `unknown`: more of it must come first. */
function readHead(text: string): Head | 'other' | 'unknown' {
  const found = heads.map((head) => matchHead(head, text))
  return found.find((one) => one !== 'other') ?? 'other'
}

function matchHead(head: (typeof heads)[number], text: string): Head | 'other' | 'unknown' {
  let at = 0
  let count = 0
  for (const part of head) {
    const rest = text.slice(at)
    if (part === 'key' || part === 'count') {
      const digits = /^\d*/.exec(rest)?.[0] ?? ''
      if (digits.length === rest.length) return 'unknown'
      count = Number(digits)
      if (count === 0 || (part === 'key' && count > maxKeyBytes)) return 'other'
      at += digits.length + (part === 'key' ? 2 + count : 0)
    } else if (rest.startsWith(part)) at += part.length
    else return part.startsWith(rest) ? 'unknown' : 'other'
  }
  return { count, bytes: at - firstEntry.length + 2 }
}
