// How a backup is encrypted: as age (age-encryption.org/v1) does it with a passphrase, so that `age --decrypt` opens it too.
// Streams: 64 KiB at a time, each with its own authentication tag, and the last one marked as the last.
import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { BackupError } from './backup-error.ts'

/**
 * Of a passphrase that people have chosen: 2^15 rounds of scrypt take 32 MiB, within what a backup may take; age's own 2^18 would
 * take 256. The length that is asked for (passphrase.ts) makes up for it.
 */
const slowRounds = 15
/** Of a random key nothing is won by making it slow. */
const quickRounds = 1

/** Loaded with the first backup: a server that makes none does without. */
const age = async () => import('age-encryption')

export interface Secret {
  passphrase: string
  /** It is 32 random bytes, as base64. */
  isRandom?: true
}

/** The bytes, encrypted. What fails in `from` fails in the answer. */
export async function seal(from: Readable, { passphrase, isRandom }: Secret): Promise<Readable> {
  // Trap: of a stream that has failed already, toWeb makes one that ends as if it were whole.
  const bytes = webStream(from)
  const { Encrypter } = await age()
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(isRandom ? quickRounds : slowRounds)
  return nodeStream(await encrypter.encrypt(bytes))
}

/** What a file is encrypted by; found by its passphrase, which takes a while. */
export type FileKey = Uint8Array

/** More than any header of a file that has a passphrase. */
const headerBytes = 1_024

/** The key of a file. `name`: as it is told. @throws BackupError for a wrong passphrase, or what is no backup */
export async function keyOf(from: Readable, { passphrase }: Secret, name: string): Promise<FileKey> {
  const { Decrypter } = await age()
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const header = await headerIn(from)
  try {
    return await decrypter.decryptHeader(header)
  } catch (error) {
    const isOther = /no identity matched/.test((error as Error).message)
    throw new BackupError(
      isOther
        ? `The passphrase does not open ${name}.`
        : `${name} is not a backup of Brook, or its beginning is damaged.`,
    )
  }
}

/** Up to its line of dashes; of what is no such file, its beginning. */
async function headerIn(from: Readable): Promise<Buffer> {
  let header = Buffer.alloc(0)
  for await (const chunk of from as AsyncIterable<Buffer>) {
    header = Buffer.concat([header, chunk.subarray(0, headerBytes)])
    if (header.length >= headerBytes) break
  }
  const last = header.indexOf('\n---')
  const end = last < 0 ? -1 : header.indexOf('\n', last + 1)
  return end < 0 ? header.subarray(0, headerBytes) : header.subarray(0, end + 1)
}

/** The bytes as they were. A tag that is wrong fails the reading. @throws if the beginning is not what it was */
export async function unseal(from: Readable, key: FileKey): Promise<Readable> {
  const bytes = webStream(from)
  const { Decrypter } = await age()
  const decrypter = new Decrypter()
  decrypter.addIdentity({ unwrapFileKey: () => key })
  return nodeStream(await decrypter.decrypt(bytes))
}

/** What is said when a tag is wrong, or the end is missing. */
export const damaged = (name: string): BackupError =>
  new BackupError(`${name} is damaged or cut off: it is not what was written. Nothing of it can be trusted.`)

const webStream = (from: Readable): ReadableStream<Uint8Array> =>
  Readable.toWeb(from) as unknown as ReadableStream<Uint8Array>
const nodeStream = (from: ReadableStream<Uint8Array>): Readable =>
  Readable.fromWeb(from as unknown as NodeStream<Uint8Array>)
