// The cid of an imported message: it never changes, so importing the message again is a resend, not a second message.
import { createHash } from 'node:crypto'
import { derivedCid } from '../derived-cid.ts'

/** A UUIDv7 of the message's original time, with a hash of its source in place of random bits. */
export function importedCid(source: string, room: string, ref: string, at: number): string {
  return derivedCid(
    at,
    createHash('sha256')
      .update(JSON.stringify([source, room, ref]))
      .digest(),
  )
}

/** The same for one of its files. */
export const importedFileCid = ({ source, room, message, file, at }: ImportedFile): string =>
  derivedCid(
    at,
    createHash('sha256')
      .update(JSON.stringify(['file', source, room, message, file]))
      .digest(),
  )

export interface ImportedFile {
  source: string
  /** Refs of the source. */
  room: string
  message: string
  file: string
  /** Of the message. */
  at: number
}
