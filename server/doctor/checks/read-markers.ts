// How far people have read. What is unread is counted from there whenever it is asked for, so this is all that can be wrong of it.
import type { At, Check } from '../check.ts'

const rowsAtOnce = 5_000

interface Row {
  user_id: number | string
  room_id: number | string
  thread: number
  read_seq: number
  joined_seq: number
}

/** Keyset pages: what is read of a table does not depend on how much there is. */
const statements = {
  memberships: `SELECT user_id, room_id, 0 AS thread, read_seq, joined_seq FROM memberships
    WHERE (user_id = ? AND room_id > ?) OR user_id > ? ORDER BY user_id, room_id LIMIT ?`,
  followed_threads: `SELECT user_id, room_id, thread, read_seq, 0 AS joined_seq FROM followed_threads
    WHERE (user_id = ? AND (room_id, thread) > (?, ?)) OR user_id > ? ORDER BY user_id, room_id, thread LIMIT ?`,
} as const
type Table = keyof typeof statements

export const readMarkers: Check = {
  name: 'read-markers',
  about: 'nobody has read, or joined, beyond the newest number of a room',
  ofRooms: true,
  async *look({ db, rooms, seen }) {
    const heads = new Map(rooms.map(({ id, head }) => [id, head]))
    for (const table of ['memberships', 'followed_threads'] as const)
      for await (const rows of pagesOf(db, table)) {
        seen(rows.length)
        for (const { user_id, room_id, thread, read_seq, joined_seq } of rows) {
          const room = String(room_id)
          const known = heads.get(room)
          const number = Math.max(Number(read_seq), Number(joined_seq))
          if (known === undefined || number <= known) continue
          const head = Math.max(known, await newestIn(db, room))
          if (number <= head) continue
          yield {
            key: `${table} ${user_id} ${room} ${thread}`,
            room,
            id: `${table} ${user_id} ${thread} ${head}`,
            words: `person ${user_id} has read up to #${number}${thread > 0 ? ` in the thread of #${thread}` : ''}, and the room ends at #${head}`,
          }
        }
      }
  },
  repair: {
    does: 'moves them back to the newest number',
    async run({ db }, differences) {
      for (const { room = '', id = '' } of differences) {
        const [table, user = '', thread = '', head = ''] = id.split(' ')
        const place = [BigInt(user), BigInt(room)]
        if (table === 'memberships')
          await db.run(
            'UPDATE memberships SET read_seq = LEAST(read_seq, ?), joined_seq = LEAST(joined_seq, ?) WHERE user_id = ? AND room_id = ?',
            [Number(head), Number(head), ...place],
          )
        else
          await db.run(
            'UPDATE followed_threads SET read_seq = LEAST(read_seq, ?) WHERE user_id = ? AND room_id = ? AND thread = ?',
            [Number(head), ...place, Number(thread)],
          )
      }
    },
  },
}

/** What MySQL has: a log that counts lower moves nobody back. */
async function newestIn(db: At['db'], room: string): Promise<number> {
  const newest = (table: string): string => `(SELECT MAX(seq) FROM ${table} WHERE room_id = ?)`
  const [row] = await db.rows<{ seq: number | null }>(
    `SELECT GREATEST(COALESCE(${newest('messages')}, 0), COALESCE(${newest('changes')}, 0)) AS seq`,
    [BigInt(room), BigInt(room)],
  )
  return Number(row?.seq ?? 0)
}

async function* pagesOf(db: At['db'], table: Table): AsyncGenerator<Row[]> {
  let last: Row | undefined
  do {
    const [user, room, thread] = [BigInt(last?.user_id ?? 0), BigInt(last?.room_id ?? 0), last?.thread ?? 0]
    const after = table === 'memberships' ? [user, room, user] : [user, room, thread, user]
    const rows = await db.rows<Row>(statements[table], [...after, rowsAtOnce])
    yield rows
    last = rows.length < rowsAtOnce ? undefined : rows.at(-1)
  } while (last !== undefined)
}
