// Exports a room from MySQL, for the command line: what is archived, without what is only in the log.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Config, MysqlAddress } from '../config.ts'
import { Db } from '../db.ts'
import { messagesBetween } from '../history/sql/messages.ts'
import { findRoom } from '../history/find-room.ts'
import { limits } from '../protocol/limits.ts'
import { directName } from '../protocol/direct-names.ts'
import type { ExportFormat } from '../protocol/moments.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import { readNames } from '../naming/present-names.ts'
import { messageNow } from '../protocol/present-names.ts'
import { installationId } from '../installation.ts'
import { Blobs } from '../files/blobs.ts'
import { openOfRoom } from '../files/reading.ts'
import { openBlobs } from '../files/stores/open-blobs.ts'
import { bundle, filesIn, type BundledFile, type OpenFile } from './bundle.ts'
import { formOf } from './forms.ts'
import { write } from './write.ts'

export interface ArchiveExport {
  /** As findRoom takes it. */
  room: string
  format: ExportFormat
  zone: string
  from: number
  to?: number | undefined
  /** The file to write, replaced if it exists; none: standard output. */
  out?: string | undefined
  /** With the files of its messages, as a zip. */
  files?: boolean
}

/** Returns how many messages were written; undefined if there is no such room. */
export async function exportArchive(
  config: Config & { mysql: MysqlAddress },
  { room, format, zone, from, to, out, files: hasFiles = false }: ArchiveExport,
): Promise<number | undefined> {
  const db = new Db(config.mysql, 1)
  const blobs = openBlobs(config)
  try {
    const id = await findRoom(db, room)
    if (id === undefined) return undefined
    const [about] = await db.rows<{ name: string; topic: string; kind: RoomKind }>(
      'SELECT name, topic, kind FROM rooms WHERE id = ?',
      [BigInt(id)],
    )
    const head = await archivedUpTo(db, id)
    const people = about?.kind === 'direct' ? await peopleIn(db, id) : undefined
    const nameOf = await readNames(db)
    const page = async (after: number) => {
      const found = await messagesBetween(db, id, after, head + 1, limits.page.max + 1)
      const hasAfter = found.length > limits.page.max
      const messages = found.slice(0, limits.page.max).map((message) => messageNow(message, nameOf))
      return { messages, hasBefore: after > 0, hasAfter, upTo: head }
    }
    let written = 0
    const wrote = (messages: number): void => void (written += messages)
    const files: BundledFile[] = []
    const form = formOf(format, zone, hasFiles)
    const text = write(form, {
      id,
      // A direct room has no name of its own.
      name: about?.name || (people === undefined ? room : directName(people)),
      people,
      topic: about?.topic ?? '',
      kind: about?.kind ?? 'public',
      installation: await installationId(db),
      from,
      to,
      page,
      wrote,
      met: hasFiles ? (message) => void files.push(...filesIn(message)) : undefined,
    })
    const open: OpenFile = (file) =>
      openOfRoom({ db, blobs: new Blobs({ db, store: blobs.store }) }, id, file.id)
    const name = `room-${id}.${form.ending}`
    await put(hasFiles ? bundle({ name, text, files: () => files, open }) : text, out)
    return written
  } finally {
    blobs.close()
    await db.close()
  }
}

async function peopleIn(db: Db, room: string): Promise<{ id: string; name: string }[]> {
  const rows = await db.rows<{ id: number; name: string }>(
    'SELECT u.id, u.name FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.room_id = ? ORDER BY u.id',
    [BigInt(room)],
  )
  return rows.map(({ id, name }) => ({ id: String(id), name }))
}

async function archivedUpTo(db: Db, room: string): Promise<number> {
  const [row] = await db.rows<{ head: number | null }>(
    `SELECT MAX(seq) AS head FROM (SELECT MAX(seq) AS seq FROM messages WHERE room_id = ?
     UNION ALL SELECT MAX(seq) FROM changes WHERE room_id = ?) AS heads`,
    [BigInt(room), BigInt(room)],
  )
  return Number(row?.head ?? 0)
}

/** Waits until the reader has taken it. */
export async function put(pieces: AsyncIterable<string | Buffer>, out: string | undefined): Promise<void> {
  const stream = out === undefined ? process.stdout : createWriteStream(out)
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => undefined)
  for await (const piece of pieces)
    if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), failed])
  if (out === undefined) return
  stream.end()
  await Promise.race([finished(stream), failed])
}
