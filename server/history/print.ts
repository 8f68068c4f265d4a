// Prints a room's history from MySQL in the terminal: what the archive has, and nothing that is only in the log.
import type { Config, MysqlAddress } from '../config.ts'
import { Db } from '../db.ts'
import { marks } from '../export/form.ts'
import type { Message } from '../protocol/http.ts'
import { nameKey } from '../protocol/names.ts'
import { messagesBefore } from './sql/messages.ts'
import { noticeWords } from './notice-words.ts'

export interface PrintOptions {
  /** A room's id or name. */
  room: string
  last: number
  /** Only messages below this number. */
  before?: number | undefined
  /** One JSON object a line instead of words. */
  json: boolean
  out: (line: string) => void
}

/** False when there is no such room. Private rooms are printed as well: whoever runs this has the database. */
export async function printHistory(
  config: Config & { mysql: MysqlAddress },
  { room, last, before, json, out }: PrintOptions,
): Promise<boolean> {
  const db = new Db(config.mysql, 1)
  try {
    const id = await findRoom(db, room)
    if (id === undefined) return false
    const messages = (await messagesBefore(db, id, before ?? Number.MAX_SAFE_INTEGER, last)).reverse()
    for (const message of messages) out(json ? JSON.stringify(message) : line(message))
    return true
  } finally {
    await db.close()
  }
}

/** By its id or its name. */
export async function findRoom(db: Db, room: string): Promise<string | undefined> {
  const name = room.replace(/^#/, '')
  const [found] = await db.rows<{ id: number | string }>(
    'SELECT id FROM rooms WHERE id = ? OR public_key = ? OR name = ? ORDER BY (public_key = ?) DESC, id LIMIT 1',
    [/^[1-9][0-9]*$/.test(name) ? name : 0, nameKey(name), name, nameKey(name)],
  )
  return found === undefined ? undefined : String(found.id)
}

/** `#12  2026-11-19 10:04:00  Ann (in the thread of #9) [edited · pinned]: its words` */
export function line(message: Message): string {
  const at = new Date(message.at).toISOString().replace('T', ' ').slice(0, 19)
  const start = `#${message.seq}  ${at}  ${message.user.name}`
  if (message.kind === 'message') {
    const thread = message.thread === undefined ? '' : ` (in the thread of #${message.thread})`
    const became = marks(message)
    const marked = became === '' ? '' : ` [${became}]`
    return `${start}${thread}${marked}: ${message.text.replaceAll('\n', '\n    ')}`.trimEnd()
  }
  return `#${message.seq}  ${at}  ${noticeWords(message)}`
}
