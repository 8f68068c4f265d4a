// Cids that the server makes of something else, so that the same thing always has the same one.

/** A UUIDv7 of this time, in ms since 1970, with the first bytes of a digest in place of its random bits. */
export function derivedCid(at: number, digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16))
  bytes.writeUIntBE(Math.max(0, Math.floor(at)), 0, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
