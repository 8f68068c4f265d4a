// Rows as LOAD DATA reads them: lines of UTF-8 with tabs between fields, written into the bytes that go out. Every message of
// sync comes through here, so nothing is made of a field but its bytes.
import type { Param } from '../../db.ts'

/** Bytes that go out at once, at most: they fit every max_allowed_packet. */
const chunkBytes = 128 * 1024
/** A few messages, as sync finds them when people talk. */
const firstBytes = 8 * 1024
/** A longer text is written by Node, whose call costs as much as so many characters here. */
const shortChars = 40
/** Of a number, and of the tab after it. */
const numberChars = 24

const special = /[\\\t\n\r\0]/
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' }
/** What follows the backslash for a byte that is escaped; 0: it is not. */
const escapeOf = Uint8Array.from(
  { length: 256 },
  (_, byte) => escapes[String.fromCharCode(byte)]?.charCodeAt(1) ?? 0,
)
/** The value of a hex digit. */
const hexOf = Uint8Array.from(
  { length: 128 },
  (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0,
)
const [tab, newline, space, dash, backslash, upperN, beyondAscii] = [9, 10, 32, 45, 92, 78, 128]

export class LoadText {
  readonly #uuidColumn: number
  readonly #full: Buffer[] = []
  #bytes = Buffer.allocUnsafe(firstBytes)
  #at = 0
  #rows = 0

  /** `uuidColumn`: the place of a field that is a UUID, of which the 16 bytes are wanted. */
  constructor(uuidColumn: number) {
    this.#uuidColumn = uuidColumn
  }

  get rows(): number {
    return this.#rows
  }

  add(row: readonly Param[]): void {
    const bytes = this.#roomFor(row)
    let at = this.#at
    for (let i = 0; i < row.length; i += 1) {
      const value = row[i] ?? null
      if (value === null) {
        bytes[at] = backslash
        bytes[at + 1] = upperN
        at += 2
      } else if (typeof value !== 'string') at = put(String(value), bytes, at)
      else at = i === this.#uuidColumn ? putUuid(value, bytes, at) : put(value, bytes, at)
      bytes[at] = i + 1 < row.length ? tab : newline
      at += 1
    }
    this.#at = at
    this.#rows += 1
  }

  /** All of it, in pieces. */
  chunks(): Buffer[] {
    return [...this.#full, this.#bytes.subarray(0, this.#at)].flatMap((bytes) =>
      Array.from({ length: Math.ceil(bytes.byteLength / chunkBytes) }, (_, i) =>
        bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes),
      ),
    )
  }

  /** Bytes with room for a row: a unit of UTF-16 is at most three of them, escaped or not. */
  #roomFor(row: readonly Param[]): Buffer {
    let units = 0
    for (const value of row) units += typeof value === 'string' ? value.length + 1 : numberChars
    if (this.#at + 3 * units > this.#bytes.byteLength) {
      this.#full.push(this.#bytes.subarray(0, this.#at))
      this.#bytes = Buffer.allocUnsafe(Math.max(chunkBytes, 3 * units))
      this.#at = 0
    }
    return this.#bytes
  }
}

/** Answers where the text ends. */
function put(text: string, bytes: Buffer, at: number): number {
  const { length } = text
  if (length <= shortChars) {
    let i = 0
    for (; i < length; i += 1) {
      const code = text.charCodeAt(i)
      if (code >= beyondAscii || code < space || code === backslash) break
      bytes[at + i] = code
    }
    if (i === length) return at + length
  }
  const escaped = special.test(text) ? text.replace(/[\\\t\n\r\0]/g, (one) => escapes[one] ?? one) : text
  return at + bytes.write(escaped, at)
}

function putUuid(uuid: string, bytes: Buffer, from: number): number {
  let at = from
  for (let i = 0; i < uuid.length; i += 2) {
    if (uuid.charCodeAt(i) === dash) i += 1
    const byte = 16 * (hexOf[uuid.charCodeAt(i)] ?? 0) + (hexOf[uuid.charCodeAt(i + 1)] ?? 0)
    const escape = escapeOf[byte] ?? 0
    if (escape > 0) bytes[at++] = backslash
    bytes[at++] = escape > 0 ? escape : byte
  }
  return at
}
