// Where backups are kept: a folder, or one of a bucket. A backup is one file; beside it is a folder with the files of people,
// encrypted each by itself, so that the next backup adds only what is new.
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { readS3 } from '../config-s3.ts'
import { DiskStore } from '../files/stores/disk-store.ts'
import { NoSuchBlob, type BlobStore } from '../files/stores/blob-store.ts'
import { S3Store } from '../files/stores/s3-store.ts'
import { BackupError } from './backup-error.ts'

export interface Place {
  /** As it is shown: without a key. */
  label: string
  /** For what is not whole yet; undefined: a folder of DATA_DIR. */
  scratch: string | undefined
  /** Makes it if it is not there. */
  prepare(): Promise<void>
  /** The file at `from` becomes this backup, whole or not at all, and is the caller's no more. */
  write(name: string, from: string): Promise<void>
  /** @throws BackupError if it is not there */
  read(name: string): Promise<Readable>
  /** Undefined: it is not there. */
  sizeOf(name: string): Promise<number | undefined>
  names(): Promise<string[]>
  remove(name: string): Promise<void>
  /** A folder beside the backups. Keys: `files/` and 64 hex digits. */
  files(folder: string): BlobStore
  close(): void
}

/** A name of a backup, or of a folder of files. */
const isName = (name: string): boolean => /^[\w.-]{1,200}$/.test(name) && !/^\.+$/.test(name)

/** `text`: a path, or s3://key:secret@host/bucket/folder. @throws BackupError */
export function openPlace(text: string): Place {
  return text.startsWith('s3:') ? bucketPlace(text) : folderPlace(path.resolve(text))
}

/** FILE, or s3://…/FILE: the folder, and the name in it. */
export function placeAndName(text: string): { place: Place; name: string } {
  const [address = '', params] = text.startsWith('s3:') ? text.split('?') : [path.resolve(text)]
  const at = address.lastIndexOf('/')
  const name = address.slice(at + 1)
  if (!isName(name)) throw new BackupError('Which file? Its name has letters, digits, dots and dashes.')
  const folder = `${address.slice(0, Math.max(at, 1))}${params === undefined ? '' : `?${params}`}`
  return { place: openPlace(folder), name }
}

function folderPlace(folder: string): Place {
  const at = (name: string): string => path.join(folder, name)
  return {
    label: folder,
    scratch: folder,
    prepare: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    },
    write: async (name, from) => {
      const file = await open(from, 'r')
      await file.sync().finally(() => file.close())
      await rename(from, at(name))
      const place = await open(folder, 'r')
      await place.sync().finally(() => place.close())
    },
    read: async (name) => {
      if (!existsSync(at(name))) throw missing(at(name))
      return createReadStream(at(name), { highWaterMark: 256 * 1024 })
    },
    sizeOf: async (name) => (await stat(at(name)).catch(() => undefined))?.size,
    names: async () => (await readdir(folder).catch(() => [])).filter(isName),
    remove: (name) => rm(at(name), { force: true }),
    files: (name) => new DiskStore(at(name)),
    close: () => undefined,
  }
}

function bucketPlace(text: string): Place {
  const config = readS3({ S3_URL: text })
  if (config === undefined || typeof config === 'string')
    throw new BackupError(String(config).replace('S3_URL', 'The address of the bucket'))
  const stores = [new S3Store(config)]
  const [bucket] = stores as [S3Store]
  const label = `s3://${new URL(config.endpoint).host}/${config.bucket}/${config.prefix}`
  return {
    label,
    scratch: undefined,
    prepare: async () => {
      const why = await bucket.whyUnusable()
      if (why !== undefined) throw new BackupError(`${label}: ${why}.`)
    },
    write: (name, from) => bucket.replace(name, from),
    read: (name) =>
      bucket.read(name).catch((error: unknown) => {
        throw error instanceof NoSuchBlob ? missing(`${label}${name}`) : error
      }),
    sizeOf: (name) => bucket.sizeOf(name),
    names: async () => {
      const names: string[] = []
      for await (const { key } of bucket.list('brook-')) if (isName(key)) names.push(key)
      return names
    },
    remove: (name) => bucket.remove(name),
    files: (name) => {
      const store = new S3Store({ ...config, prefix: `${config.prefix}${name}/` })
      stores.push(store)
      return store
    },
    close: () => {
      for (const store of stores) store.close()
    },
  }
}

const missing = (name: string): BackupError => new BackupError(`There is no ${name}.`)
