// Writes into a recorded WebM how long it is. Browsers record as if it never ended: they write no duration, and without one a player
// knows neither the end nor where in the file a moment is. Pure.

const ids = { header: 0x1a45dfa3, segment: 0x18538067, info: 0x1549a966, duration: 0x4489, scale: 0x2ad7b1 }
const usualScaleNs = 1_000_000

interface Element {
  id: number
  /** Of its size, and of what it holds. */
  sizeAt: number
  from: number
  /** Exclusive; of an unknown size, the end of the file. */
  to: number
  isUnknown: boolean
}

/** The same bytes with a duration; as they are if they are no such WebM, or have one. */
export function withDuration(webm: Uint8Array, durationMs: number): Uint8Array {
  const header = elementAt(webm, 0)
  const segment = header?.id === ids.header ? elementAt(webm, header.to) : undefined
  // Of a known size, it would have to be larger: no browser records that.
  if (segment?.id !== ids.segment || !segment.isUnknown) return webm
  const info = childOf(webm, segment, ids.info)
  if (info === undefined || childOf(webm, info, ids.duration) !== undefined) return webm
  const added = durationElement((durationMs * 1_000_000) / scaleOf(webm, info))
  const size = vint(info.to - info.from + added.length, info.from - info.sizeAt)
  if (size === undefined) return webm
  return joined([
    webm.subarray(0, info.sizeAt),
    size,
    webm.subarray(info.from, info.to),
    added,
    webm.subarray(info.to),
  ])
}

function elementAt(bytes: Uint8Array, at: number): Element | undefined {
  const id = read(bytes, at)
  const size = id && read(bytes, id.end)
  if (!id || !size) return undefined
  // All ones: its size is not known.
  const isUnknown = size.value === 2 ** (7 * (size.end - id.end)) - 1
  const to = isUnknown ? bytes.length : size.end + size.value
  if (to > bytes.length) return undefined
  return { id: id.raw, sizeAt: id.end, from: size.end, to, isUnknown }
}

function childOf(bytes: Uint8Array, { from, to }: Element, id: number): Element | undefined {
  for (let at = from; at < to;) {
    const child = elementAt(bytes, at)
    if (child === undefined || child.id === id) return child
    if (child.isUnknown) return undefined
    at = child.to
  }
  return undefined
}

/** A number of variable length: leading zeros tell of how many bytes it is. `raw`: with the bit that ends them, as ids have it. */
function read(bytes: Uint8Array, at: number): { raw: number; value: number; end: number } | undefined {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (length > 8 || at + length > bytes.length) return undefined
  const rest = bytes.subarray(at + 1, at + length)
  const put = (start: number) => rest.reduce((sum, byte) => sum * 256 + byte, start)
  return { raw: put(first), value: put(first & (0xff >> length)), end: at + length }
}

/** In so many bytes; undefined: it does not fit. */
function vint(value: number, length: number): Uint8Array | undefined {
  if (value >= 2 ** (7 * length) - 1) return undefined
  const bytes = Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256)
  bytes[0] = (bytes[0] ?? 0) | (0x80 >> (length - 1))
  return bytes
}

/** Nanoseconds of one unit of time in this file. */
function scaleOf(bytes: Uint8Array, info: Element): number {
  const scale = childOf(bytes, info, ids.scale)
  if (scale === undefined) return usualScaleNs
  return bytes.subarray(scale.from, scale.to).reduce((sum, byte) => sum * 256 + byte, 0) || usualScaleNs
}

function durationElement(units: number): Uint8Array {
  const element = new DataView(new ArrayBuffer(11))
  element.setUint16(0, ids.duration)
  element.setUint8(2, 0x88)
  element.setFloat64(3, units)
  return new Uint8Array(element.buffer)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
