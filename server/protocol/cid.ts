// cid: the client's own id of a request, a UUIDv7 (RFC 9562). Its time decides where a resend is looked up.

/** The pattern of a lower-case UUIDv7, for schemas and checks. */
export const cidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'

const shape = new RegExp(cidPattern)

export const isCid = (text: string): boolean => shape.test(text)

/** Milliseconds since 1970 at which `cid` was created, by its creator's clock. */
export const cidTime = (cid: string): number => Number.parseInt(cid.slice(0, 8) + cid.slice(9, 13), 16)

/** A new cid. Those of the same millisecond differ by 74 random bits and have no order. */
export function newCid(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(now / 2 ** 32))
  view.setUint32(2, now % 2 ** 32)
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f))
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f))
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
