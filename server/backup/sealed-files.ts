// The files of people beside a backup: each encrypted by itself under a key that the database has, and named by a hash that says
// nothing to whoever has no key. What is there is not written again.
import { createHash, createHmac } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NoSuchBlob, type BlobStore } from '../files/stores/blob-store.ts'
import { BackupError } from './backup-error.ts'
import { keyOf, seal, unseal, type Secret } from './crypt.ts'

export interface SealedFilesDeps {
  /** Where they are kept, encrypted. */
  sealed: BlobStore
  /** As they are: what people see. */
  plain: BlobStore
  /** 32 bytes. */
  key: Buffer
  /** A folder for what is not whole yet; on the disk of `sealed`, if it is on one. */
  scratch: string
}

export class SealedFiles {
  readonly #deps: SealedFilesDeps
  readonly #secret: Secret
  #count = 0

  constructor(deps: SealedFilesDeps) {
    this.#deps = deps
    this.#secret = { passphrase: deps.key.toString('base64'), isRandom: true }
  }

  nameOf(key: string): string {
    return `files/${createHmac('sha256', this.#deps.key).update(key).digest('hex')}`
  }

  /** `known`: it was there. `gone`: this machine has no such file. `damaged`: it is not what its name says. */
  async keep(key: string): Promise<'known' | 'added' | 'gone' | 'damaged'> {
    const { plain, sealed } = this.#deps
    const name = this.nameOf(key)
    if ((await sealed.sizeOf(name)) !== undefined) return 'known'
    const half = this.#half()
    const hash = new Hashed()
    try {
      const bytes = await plain.read(key)
      await pipeline(
        await seal(bytes.on('error', (error) => hash.destroy(error)).pipe(hash), this.#secret),
        createWriteStream(half, { mode: 0o600 }),
      )
      if (!isRight(key, hash)) return 'damaged'
      await sealed.put(name, half)
      return 'added'
    } catch (error) {
      if (error instanceof NoSuchBlob) return 'gone'
      throw error
    } finally {
      await rm(half, { force: true })
    }
  }

  has(key: string): Promise<boolean> {
    return this.#deps.sealed.sizeOf(this.nameOf(key)).then((size) => size !== undefined)
  }

  /** Puts a file back. `missing`: it is not beside the backup. `damaged`: it is not what was written. */
  async bring(key: string): Promise<'there' | 'brought' | 'missing' | 'damaged'> {
    const { plain, sealed } = this.#deps
    if ((await plain.sizeOf(key)) !== undefined) return 'there'
    const half = this.#half()
    const hash = new Hashed()
    try {
      const name = this.nameOf(key)
      const fileKey = await keyOf(await sealed.read(name), this.#secret, key)
      await pipeline(
        await unseal(await sealed.read(name), fileKey),
        hash,
        createWriteStream(half, { mode: 0o600 }),
      )
      if (!isRight(key, hash)) return 'damaged'
      await plain.put(key, half)
      return 'brought'
    } catch (error) {
      if (error instanceof NoSuchBlob) return 'missing'
      // A tag that is wrong has no code; a disk and an object store say what they have.
      if (error instanceof BackupError || isWrongTag(error)) return 'damaged'
      throw error
    } finally {
      await rm(half, { force: true })
    }
  }

  #half(): string {
    this.#count += 1
    return path.join(this.#deps.scratch, `${process.pid}-${this.#count}.half`)
  }
}

const isWrongTag = (error: unknown): boolean => {
  const { code, name } = error as { code?: unknown; name?: string }
  return code === undefined && name !== 'BlobsAway'
}

/** `blobs/<sha256>` says what its bytes are. */
const isRight = (key: string, { digest }: Hashed): boolean =>
  !key.startsWith('blobs/') || key === `blobs/${digest}`

class Hashed extends Transform {
  readonly #hash = createHash('sha256')
  digest = ''

  override _transform(chunk: Buffer, _encoding: string, then: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    then(null, chunk)
  }

  override _flush(then: () => void): void {
    this.digest = this.#hash.digest('hex')
    then()
  }
}
