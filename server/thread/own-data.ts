// The threads that one person follows.
import type { OwnTable } from '../own-data/own-table.ts'

export const threadData: readonly OwnTable[] = [
  {
    table: 'followed_threads',
    lines: async (db, id) => {
      const rows = await db.rows<{
        room_id: number
        thread: number
        is_following: number | null
        read_seq: number
      }>('SELECT room_id, thread, is_following, read_seq FROM followed_threads WHERE user_id = ?', [id])
      return rows.map(({ room_id, thread, is_following, read_seq }) => ({
        kind: 'thread',
        room: String(room_id),
        thread,
        following: is_following !== 0,
        read: read_seq,
      }))
    },
  },
]
