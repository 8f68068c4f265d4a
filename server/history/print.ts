// Prints a room's history from MySQL in the terminal: only what is archived.
import type { Config, MysqlAddress } from '../config.ts'
import { Db } from '../db.ts'
import { marks } from '../export/form.ts'
import { readNames } from '../naming/present-names.ts'
import type { Message } from '../protocol/http.ts'
import { wordsOf } from '../protocol/entries/index.ts'
import { messageNow } from '../protocol/present-names.ts'
import { isSpoken } from '../protocol/timeline.ts'
import { findRoom } from './find-room.ts'
import { messagesBefore } from './sql/messages.ts'
import { noticeWords } from './notice-words.ts'

export interface PrintOptions {
  /** As findRoom takes it. */
  room: string
  last: number
  /** Only messages below this number. */
  before?: number | undefined
  /** One JSON object per line instead of text. */
  json: boolean
  out: (line: string) => void
}

/** False if there is no such room. Private rooms too: whoever runs this has access to the database. */
export async function printHistory(
  config: Config & { mysql: MysqlAddress },
  { room, last, before, json, out }: PrintOptions,
): Promise<boolean> {
  const db = new Db(config.mysql, 1)
  try {
    const id = await findRoom(db, room)
    if (id === undefined) return false
    const messages = (await messagesBefore(db, id, before ?? Number.MAX_SAFE_INTEGER, last)).reverse()
    const nameOf = await readNames(db)
    for (const message of messages.map((one) => messageNow(one, nameOf)))
      out(json ? JSON.stringify(message) : line(message))
    return true
  } finally {
    await db.close()
  }
}

/** `#12  2026-11-19 10:04:00  Ann (in the thread of #9) [edited · pinned]: its words` */
export function line(message: Message): string {
  const at = new Date(message.at).toISOString().replace('T', ' ').slice(0, 19)
  const start = `#${message.seq}  ${at}  ${message.user.name}`
  if (isSpoken(message)) {
    const thread = message.thread === undefined ? '' : ` (in the thread of #${message.thread})`
    const became = marks(message)
    const marked = became === '' ? '' : ` [${became}]`
    return `${start}${thread}${marked}: ${wordsOf(message).replaceAll('\n', '\n    ')}`.trimEnd()
  }
  return `#${message.seq}  ${at}  ${noticeWords(message)}`
}
