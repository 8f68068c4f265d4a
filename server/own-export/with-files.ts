// Everything of one person with the files that they have sent, as they sent them: a zip, made while it is read.
import type { Queryable } from '../db.ts'
import { bundle, type OpenFile } from '../export/bundle.ts'
import type { Blobs } from '../files/blobs.ts'
import { openBlob, sentFiles, type SentFile } from '../files/reading.ts'

export interface WithFiles {
  db: Queryable
  blobs: Blobs
  userId: string
  text: AsyncIterable<string>
}

export function withFiles({ db, blobs, userId, text }: WithFiles): AsyncGenerator<Buffer, void, undefined> {
  const open: OpenFile<SentFile> = ({ hash }) => openBlob(blobs, { hash, isOwn: true })
  return bundle({ name: 'brook-account.ndjson', text, files: () => sentFiles(db, userId), open })
}
