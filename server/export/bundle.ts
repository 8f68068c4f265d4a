// An export with its files: a zip that is made while it is read. One file is open at a time, and none is in memory.
import { finished } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { Message } from '../protocol/http.ts'
import type { FileRef } from '../protocol/files.ts'
import { isSpoken } from '../protocol/timeline.ts'

export type BundledFile = Pick<FileRef, 'id' | 'name' | 'size'>

/** Those of a message, as much as is remembered of them until its text is written. */
export const filesIn = (message: Message): BundledFile[] =>
  isSpoken(message) && message.deletedAt === null
    ? (message.files ?? []).map(({ id, name, size }) => ({ id, name, size }))
    : []

/** Its bytes, for whoever makes the export; undefined: they are not there for them, or not any more. */
export type OpenFile<File extends BundledFile = BundledFile> = (file: File) => Promise<Readable | undefined>

export interface Bundle<File extends BundledFile> {
  /** The name of the text in the zip. */
  name: string
  text: AsyncIterable<string>
  /** Asked for once the text is written. */
  files: () => Iterable<File> | AsyncIterable<File>
  open: OpenFile<File>
}

/** Bytes of a name in UTF-8 that every file system takes, with the id in front of it. */
const nameBytes = 200

/** Where a file is in the zip: what leads there are its id and a dash. */
export function bundledName({ id, name }: Pick<FileRef, 'id' | 'name'>): string {
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  let stem = name.slice(0, name.length - ending.length).replace(/[\p{Cc}<>:"/\\|?*]/gu, '_')
  while (Buffer.byteLength(stem) + Buffer.byteLength(ending) > nameBytes)
    stem = [...stem].slice(0, -1).join('')
  return `files/${id}-${stem}${ending.replace(/[\p{Cc}<>:"/\\|?*]/gu, '_')}`
}

/** @throws what reading a file throws; what was yielded until then is no whole zip, and every reader says so */
export async function* bundle<File extends BundledFile>({
  name,
  text,
  files,
  open,
}: Bundle<File>): AsyncGenerator<Buffer, void, undefined> {
  const zip = new ZipFile()
  let current: Readable | undefined
  const add = async (bytes: Readable, as: string, options: { compress: boolean; size?: number }) => {
    current = bytes
    zip.addReadStream(bytes, as, { ...options, mtime: madeAt })
    await finished(bytes, { writable: false })
  }
  const madeAt = new Date()
  const fill = async (): Promise<void> => {
    await add(Readable.from(text, { objectMode: false }), name, { compress: true })
    for await (const file of files()) {
      const bytes = await open(file)
      if (bytes !== undefined) await add(bytes, bundledName(file), { compress: false, size: file.size })
    }
    zip.end()
  }
  const output = zip.outputStream as Readable
  const filling = fill().catch((error: Error) => void output.destroy(error))
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) yield chunk
  } finally {
    current?.destroy()
    await filling
  }
}
