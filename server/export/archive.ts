// Exports a room from MySQL, for the command line: what the archive has, and nothing that is only in the log.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Config, MysqlAddress } from '../config.ts'
import { Db } from '../db.ts'
import { messagesBetween } from '../history/sql/messages.ts'
import { findRoom } from '../history/print.ts'
import { limits } from '../protocol/limits.ts'
import type { ExportFormat } from '../protocol/moments.ts'
import { formOf } from './forms.ts'
import { write } from './write.ts'

export interface ArchiveExport {
  /** A room's id or name. Private rooms too: whoever runs this has the database. */
  room: string
  format: ExportFormat
  zone: string
  from: number
  to?: number | undefined
  /** Written anew; none: standard output. */
  out?: string | undefined
}

/** How many messages were written; undefined when there is no such room. */
export async function exportArchive(
  config: Config & { mysql: MysqlAddress },
  { room, format, zone, from, to, out }: ArchiveExport,
): Promise<number | undefined> {
  const db = new Db(config.mysql, 1)
  try {
    const id = await findRoom(db, room)
    if (id === undefined) return undefined
    const [about] = await db.rows<{ name: string; topic: string }>(
      'SELECT name, topic FROM rooms WHERE id = ?',
      [BigInt(id)],
    )
    const head = await archivedUpTo(db, id)
    const page = async (after: number) => {
      const found = await messagesBetween(db, id, after, head + 1, limits.page.most + 1)
      const hasAfter = found.length > limits.page.most
      return { messages: found.slice(0, limits.page.most), hasBefore: after > 0, hasAfter, upTo: head }
    }
    let written = 0
    const wrote = (messages: number): void => void (written += messages)
    const pieces = write(formOf(format, zone), {
      ...{ name: about?.name ?? room, topic: about?.topic ?? '', from, to, page, wrote },
    })
    await put(pieces, out)
    return written
  } finally {
    await db.close()
  }
}

async function archivedUpTo(db: Db, room: string): Promise<number> {
  const [row] = await db.rows<{ head: number | null }>(
    `SELECT MAX(seq) AS head FROM (SELECT MAX(seq) AS seq FROM messages WHERE room_id = ?
     UNION ALL SELECT MAX(seq) FROM changes WHERE room_id = ?) AS heads`,
    [BigInt(room), BigInt(room)],
  )
  return Number(row?.head ?? 0)
}

/** Waits for whoever takes it. */
async function put(pieces: AsyncIterable<string>, out: string | undefined): Promise<void> {
  const stream = out === undefined ? process.stdout : createWriteStream(out)
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => undefined)
  for await (const piece of pieces)
    if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), failed])
  if (out === undefined) return
  stream.end()
  await Promise.race([finished(stream), failed])
}
