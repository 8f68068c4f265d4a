// The files of an export, packed in a zip file or unpacked in a folder: their list, and one file at a time as a stream. Refuses
// what no export contains: paths that lead elsewhere, and files that unpack to more than allowed.
import type { Readable } from 'node:stream'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import * as yauzl from 'yauzl'
import { ImportError } from '../source.ts'
import { limits } from '../../protocol/limits.ts'

/** What is kept in memory for each file: an export of ten years has half a million of them. */
type Place = Pick<
  yauzl.Entry,
  | 'fileName'
  | 'compressedSize'
  | 'uncompressedSize'
  | 'compressionMethod'
  | 'generalPurposeBitFlag'
  | 'relativeOffsetOfLocalHeader'
>

export interface ArchivedFile {
  /** In NFC. */
  name: string
  /** Unpacked size in bytes. */
  bytes: number
}

export interface Archive {
  files(): ArchivedFile[]
  has(name: string): boolean
  /** Unpacked size of a file in bytes; 0 if it does not exist. */
  bytesOf(name: string): number
  /** @throws ImportError if there is no such file */
  read(name: string): Promise<Readable>
  close(): void
}

/** @throws ImportError if it is neither a folder nor a zip file, or one that cannot be an export */
export async function openArchive(target: string): Promise<Archive> {
  const found = await stat(target).catch((error: NodeJS.ErrnoException) => {
    throw new ImportError(`${target}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`)
  })
  return found.isDirectory() ? Folder.open(target) : ZipArchive.open(target)
}

class ZipArchive implements Archive {
  readonly #zip: yauzl.ZipFile
  readonly #places: Map<string, Place>

  private constructor(zip: yauzl.ZipFile, places: Map<string, Place>) {
    this.#zip = zip
    this.#places = places
  }

  static async open(target: string): Promise<Archive> {
    const zip = await yauzl
      .openPromise(target, { lazyEntries: true, autoClose: false, strictFileNames: true })
      .catch((error: Error) => {
        throw new ImportError(`${target} cannot be read as a zip file: ${error.message}`)
      })
    try {
      return new ZipArchive(zip, await readPlaces(zip, target))
    } catch (error) {
      zip.close()
      throw error
    }
  }

  files(): ArchivedFile[] {
    return [...this.#places.values()].map(({ fileName, uncompressedSize }) => ({
      name: fileName,
      bytes: uncompressedSize,
    }))
  }

  has(name: string): boolean {
    return this.#places.has(name)
  }

  bytesOf(name: string): number {
    return this.#places.get(name)?.uncompressedSize ?? 0
  }

  /** The bytes of a file. Fails if there are not as many as the archive says, which stops a zip bomb. */
  async read(name: string): Promise<Readable> {
    const place = this.#places.get(name)
    if (place === undefined) throw new ImportError(`the archive has no ${name}`)
    return this.#zip.openReadStreamPromise(Object.assign(new yauzl.Entry(), place))
  }

  close(): void {
    this.#zip.close()
  }
}

/** Links are not followed: they may lead out of the folder. */
class Folder implements Archive {
  readonly #paths: ReadonlyMap<string, string>
  readonly #bytes: ReadonlyMap<string, number>

  private constructor(paths: ReadonlyMap<string, string>, bytes: ReadonlyMap<string, number>) {
    this.#paths = paths
    this.#bytes = bytes
  }

  static async open(root: string): Promise<Archive> {
    const paths = new Map<string, string>()
    const bytes = new Map<string, number>()
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      if (bytes.size >= limits.imports.files)
        throw new ImportError(`${root} has more than ${limits.imports.files} files`)
      const file = path.join(entry.parentPath, entry.name)
      const name = path.relative(root, file).split(path.sep).join('/').normalize('NFC')
      paths.set(name, file)
      bytes.set(name, (await stat(file)).size)
    }
    return new Folder(paths, bytes)
  }

  files(): ArchivedFile[] {
    return [...this.#bytes].map(([name, bytes]) => ({ name, bytes }))
  }

  has(name: string): boolean {
    return this.#bytes.has(name)
  }

  bytesOf(name: string): number {
    return this.#bytes.get(name) ?? 0
  }

  async read(name: string): Promise<Readable> {
    const file = this.#paths.get(name)
    if (file === undefined) throw new ImportError(`the folder has no ${name}`)
    return createReadStream(file)
  }

  close(): void {
    // It holds nothing open.
  }
}

async function readPlaces(zip: yauzl.ZipFile, target: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  try {
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry)
      if (name.endsWith('/')) continue
      if (places.size >= limits.imports.files)
        throw new ImportError(`${target} has more than ${limits.imports.files} files`)
      if (entry.isEncrypted()) throw new ImportError(`${target} is encrypted`)
      places.set(name, placeOf(entry, name))
    }
  } catch (error) {
    if (error instanceof ImportError) throw error
    // yauzl refuses "../", absolute paths and backslashes by itself.
    throw new ImportError(`${target} cannot be read as a zip file: ${(error as Error).message}`)
  }
  const packed = zip.fileSize
  const unpacked = [...places.values()].reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  if (unpacked > limits.imports.unpackedTimes * Math.max(packed, limits.imports.minPackedBytes))
    throw new ImportError(`${target} unpacks to ${unpacked} bytes from ${packed}: this is not an export`)
  return places
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A name that is valid UTF-8 is UTF-8, whether the archive says so or not; yauzl reads it as code page 437 otherwise. In NFC, as
 * the names of rooms are. @throws if it leads out of the archive
 */
function nameOf({ fileName, fileNameRaw, generalPurposeBitFlag }: yauzl.Entry): string {
  let name = fileName
  if ((generalPurposeBitFlag & 0x800) === 0)
    try {
      name = utf8.decode(fileNameRaw)
    } catch {
      return fileName.normalize('NFC')
    }
  const why = yauzl.validateFileName(name)
  if (why !== null) throw new Error(why)
  return name.normalize('NFC')
}

const placeOf = (entry: yauzl.Entry, fileName: string): Place => ({
  fileName,
  compressedSize: entry.compressedSize,
  uncompressedSize: entry.uncompressedSize,
  compressionMethod: entry.compressionMethod,
  generalPurposeBitFlag: entry.generalPurposeBitFlag,
  relativeOffsetOfLocalHeader: entry.relativeOffsetOfLocalHeader,
})
