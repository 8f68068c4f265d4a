// What happened to a room: the notice itself is JSON in its column.
import type { NoticeEvents } from '../../protocol/entries/index.ts'
import type { Notice } from '../../protocol/http.ts'
import type { RowSql } from './kind.ts'

export const notice: RowSql<NoticeEvents> = {
  content: (event) => ({
    text: null,
    mentions: null,
    reply_to: null,
    notice: JSON.stringify(event.notice),
    edited_ms: null,
    thread: null,
    also_in_room: 0,
    body: null,
  }),
  read: (said, row) => ({ ...said, kind: 'notice', notice: JSON.parse(row.notice ?? '{}') as Notice }),
}
