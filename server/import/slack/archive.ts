// The zip file of an export: its list of files, and one file at a time as a stream. Refuses what no export has: paths
// that lead elsewhere, files that unpack to more than they may.
import type { Readable } from 'node:stream'
import { stat } from 'node:fs/promises'
import * as yauzl from 'yauzl'
import { ImportError } from '../source.ts'
import { limits } from '../../protocol/limits.ts'

/** What is kept of each file: an export of ten years has half a million of them. */
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
  name: string
  /** Bytes once unpacked. */
  bytes: number
}

export class Archive {
  readonly #zip: yauzl.ZipFile
  readonly #places: Map<string, Place>

  private constructor(zip: yauzl.ZipFile, places: Map<string, Place>) {
    this.#zip = zip
    this.#places = places
  }

  /** @throws ImportError when it is no zip file, or one that no export would be */
  static async open(path: string): Promise<Archive> {
    await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new ImportError(`${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`)
    })
    const zip = await yauzl
      .openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true })
      .catch((error: Error) => {
        throw new ImportError(`${path} cannot be read as a zip file: ${error.message}`)
      })
    try {
      return new Archive(zip, await readPlaces(zip, path))
    } catch (error) {
      zip.close()
      throw error
    }
  }

  /** The files of the archive, by name. */
  files(): ArchivedFile[] {
    return [...this.#places.values()].map(({ fileName, uncompressedSize }) => ({
      name: fileName,
      bytes: uncompressedSize,
    }))
  }

  has(name: string): boolean {
    return this.#places.has(name)
  }

  /** Bytes of a file once unpacked; 0 for one that is not there. */
  bytesOf(name: string): number {
    return this.#places.get(name)?.uncompressedSize ?? 0
  }

  /** The bytes of a file. Ends with an error when they are not as many as the archive says, so no bomb goes off. */
  async read(name: string): Promise<Readable> {
    const place = this.#places.get(name)
    if (place === undefined) throw new ImportError(`the archive has no ${name}`)
    return this.#zip.openReadStreamPromise(Object.assign(new yauzl.Entry(), place))
  }

  close(): void {
    this.#zip.close()
  }
}

async function readPlaces(zip: yauzl.ZipFile, path: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>()
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      if (places.size >= limits.imports.files)
        throw new ImportError(`${path} has more than ${limits.imports.files} files`)
      if (entry.isEncrypted()) throw new ImportError(`${path} is encrypted`)
      places.set(entry.fileName, placeOf(entry))
    }
  } catch (error) {
    if (error instanceof ImportError) throw error
    // yauzl refuses "../", absolute paths and backslashes by itself.
    throw new ImportError(`${path} cannot be read as a zip file: ${(error as Error).message}`)
  }
  const packed = zip.fileSize
  const unpacked = [...places.values()].reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  if (unpacked > limits.imports.unpackedTimes * Math.max(packed, limits.imports.packedLeast))
    throw new ImportError(`${path} unpacks to ${unpacked} bytes from ${packed}: that is no export`)
  return places
}

const placeOf = (entry: yauzl.Entry): Place => ({
  fileName: entry.fileName,
  compressedSize: entry.compressedSize,
  uncompressedSize: entry.uncompressedSize,
  compressionMethod: entry.compressionMethod,
  generalPurposeBitFlag: entry.generalPurposeBitFlag,
  relativeOffsetOfLocalHeader: entry.relativeOffsetOfLocalHeader,
})
