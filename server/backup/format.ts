// What a backup says, line by line: a head, then sections with a row in each line, then an end. Lines of JSON, compressed by gzip,
// then encrypted (crypt.ts). docs/BACKUP.md describes it for people.
import { pipeline } from 'node:stream/promises'
import { Readable, type Writable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { BackupError } from './backup-error.ts'
import { damaged, seal, unseal, type FileKey, type Secret } from './crypt.ts'

/** Of this form. A Brook that knows another one says so. */
export const formatNumber = 1

/** The first line. */
export interface Head {
  brook: 'backup'
  format: number
  /** Of this backup alone. */
  id: string
  /** The Brook that wrote it, and when, in ms since 1970. */
  version: string
  at: number
  /** Whose it is. */
  installation: string
  shards: number
  schema: { version: number; name: string; checksum: string; oldest: number | null }[]
  /** The folder of the files, beside the backup, and the key they are encrypted by, as base64. */
  filesIn: string
  filesKey: string
}

/** The head of a section; its rows follow. */
export type Section =
  /** `[id, fields]`: an entry that MySQL did not have yet, as the stream has it. */
  | { section: 'log' | 'dead'; shard: number }
  /** `[key, size]` */
  | { section: 'files' }
  /** Values as MySQL writes them, null, or base64 where the column is `binary` (by its place). `create`: SQL. */
  | { section: 'table'; name: string; create: string; columns: string[]; binary: number[] }

export interface End {
  section: 'end'
  /** How many rows each table has here. */
  rows: Record<string, number>
  entries: number
  files: number
  fileBytes: number
  /** The number that each room reaches, those of its unarchived entries included. */
  rooms: [room: string, seq: number][]
}

export type Row = (string | number | null | string[])[]

/** A line that was read. A row is still text. */
export type Line = { head: Head } | { section: Section } | { row: string } | { end: End }

const chunkBytes = 64 * 1024

/** Writes a file from its lines. What fails in them fails it. */
export async function pack(lines: AsyncIterable<string>, secret: Secret, into: Writable): Promise<void> {
  // Fast: twice as small as the text already, and the next levels cost several times as much.
  const gzip = createGzip({ level: 1 })
  const sealing = seal(gzip, secret)
  await Promise.all([
    pipeline(Readable.from(joined(lines), { objectMode: false }), gzip),
    sealing.then((sealed) => pipeline(sealed, into)),
  ])
}

async function* joined(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let waiting: string[] = []
  let size = 0
  for await (const line of lines) {
    waiting.push(line, '\n')
    size += line.length
    if (size < chunkBytes) continue
    yield Buffer.from(waiting.join(''))
    waiting = []
    size = 0
  }
  yield Buffer.from(waiting.join(''))
}

/**
 * The lines of a file, in order. `name`: as it is told.
 * @throws BackupError if it is damaged, cut off, or of another form
 */
export async function* unpack(
  open: () => Promise<Readable>,
  key: FileKey,
  name: string,
): AsyncGenerator<Line> {
  const sealed = await open()
  const plain = await unseal(sealed, key).catch((error: unknown) => {
    sealed.destroy()
    throw isOfStore(error) ? error : damaged(name)
  })
  const gunzip = createGunzip()
  const flowing = pipeline(plain, gunzip)
  flowing.catch(() => undefined)
  let hasEnded = false
  try {
    for await (const text of textLines(gunzip)) {
      const line = lineOf(text, name)
      hasEnded = 'end' in line
      yield line
    }
    await flowing
  } catch (error) {
    throw error instanceof BackupError || isOfStore(error) ? error : damaged(name)
  } finally {
    gunzip.destroy()
    plain.destroy()
    sealed.destroy()
  }
  if (!hasEnded) throw damaged(name)
}

/** A disk or an object store that fails says so itself. */
const isOfStore = (error: unknown): boolean => {
  const { code, name } = error as { code?: unknown; name?: string }
  return name === 'BlobsAway' || (typeof code === 'string' && /^E[A-Z]+$/.test(code))
}

const newline = 10

async function* textLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: Buffer[] = []
  for await (const chunk of bytes) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const last = chunk.subarray(from, at)
      yield parts.length === 0 ? last.toString() : Buffer.concat([...parts, last]).toString()
      parts = []
      from = at + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
}

function lineOf(text: string, name: string): Line {
  if (text.startsWith('[')) return { row: text }
  const said = JSON.parse(text) as Head | Section | End
  if ('section' in said) return said.section === 'end' ? { end: said } : { section: said }
  if (said.brook !== 'backup') throw damaged(name)
  if (said.format !== formatNumber)
    throw new BackupError(
      `${name} was written by Brook ${said.version} in form ${said.format}; this is Brook with form ${formatNumber}. ` +
        'Restore it with that version.',
    )
  return { head: said }
}

export const rowOf = (text: string): Row => JSON.parse(text) as Row
