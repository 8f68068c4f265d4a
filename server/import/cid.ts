// The cid of an imported message: the same for ever, so that importing it again is a resend and never a second message.
import { createHash } from 'node:crypto'

/** A UUIDv7 of the message's own time, with a hash of where it stands in place of chance. */
export function importedCid(source: string, room: string, ref: string, at: number): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([source, room, ref]))
    .digest()
    .subarray(0, 16)
  bytes.writeUIntBE(Math.max(0, Math.floor(at)), 0, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
