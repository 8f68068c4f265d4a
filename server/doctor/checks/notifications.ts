// What people were told of is there, and what is deleted is taken out of what they have to do.
import type { Check, Difference } from '../check.ts'
import { shardOf } from '../../log/shard.ts'

const rowsAtOnce = 2_000

interface Row {
  id: number | string
  user_id: number | string
  room_id: number | string
  seq: number
  gone_seq: number | null
  person: number | string | null
  said: number | null
  deleted_ms: number | null
  taken_by: number | null
  taken_ms: number | null
}

/** By the beginning of the key: what is repaired. */
const forNothing = 'nothing'
const stillToDo = 'deleted'
const goneThough = 'gone'

export const notifications: Check = {
  name: 'notifications',
  about:
    'each notification is of a message that is there, for a person who is, and none of a deleted one is left to do',
  ofRooms: true,
  async *look({ db, rooms, shards, seen }) {
    const known = new Map(rooms.map((room) => [room.id, room]))
    const decided = await db.rows<{ shard: number; log_ms: number }>(
      'SELECT shard, log_ms FROM notify_cursors',
    )
    const decidedTo = new Map(decided.map(({ shard, log_ms }) => [Number(shard), Number(log_ms)]))
    for (let after = 0; ;) {
      const rows = await db.rows<Row>(
        `SELECT n.id, n.user_id, n.room_id, n.seq, n.gone_seq, u.id AS person, m.seq AS said, m.deleted_ms,
           c.seq AS taken_by, c.log_ms AS taken_ms
         FROM notifications n LEFT JOIN users u ON u.id = n.user_id
         LEFT JOIN messages m ON m.room_id = n.room_id AND m.seq = n.seq
         LEFT JOIN changes c ON c.room_id = n.room_id AND c.target = n.seq AND c.kind = 'deleted'
         WHERE n.id > ? AND n.cause <> 'report' ORDER BY n.id LIMIT ?`,
        [after, rowsAtOnce],
      )
      seen(rows.length)
      for (const row of rows) {
        const room = known.get(String(row.room_id))
        if (room === undefined) continue
        const upTo = decidedTo.get(shardOf(room.id, shards)) ?? 0
        const difference = compare(row, room, upTo)
        if (difference !== undefined) yield difference
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < rowsAtOnce) return
      after = Number(last.id)
    }
  },
  repair: {
    does: 'removes those of nothing, and takes out of what is to do, or puts back, what the messages say',
    async run({ db }, differences) {
      for (const { key, id = '', seq } of differences) {
        if (key.startsWith(forNothing)) await db.run('DELETE FROM notifications WHERE id = ?', [BigInt(id)])
        else if (key.startsWith(goneThough))
          await db.run('UPDATE notifications SET gone_seq = NULL WHERE id = ?', [BigInt(id)])
        else
          await db.run(
            `UPDATE notifications n JOIN changes c ON c.room_id = n.room_id AND c.target = n.seq AND c.kind = 'deleted'
             SET n.gone_seq = c.seq WHERE n.id = ? AND n.seq = ?`,
            [BigInt(id), seq ?? 0],
          )
      }
    },
  },
}

/** `decidedTo`: the time of the entries, in ms, that those who decide have read. */
function compare(
  row: Row,
  room: { id: string; head: number; archived: number },
  decidedTo: number,
): Difference | undefined {
  const seq = Number(row.seq)
  const is = (what: string, words: string): Difference => ({
    key: `${what} ${row.id}`,
    room: room.id,
    seq,
    id: String(row.id),
    words: `the notification of person ${row.user_id} ${words}`,
  })
  if (row.person === null) return is(forNothing, 'is for a person who is not there')
  // What is archived is there, whatever the log counts.
  if (row.said === null && (seq > room.head || seq <= room.archived)) return is(forNothing, 'is of nothing')
  if (row.taken_by !== null && row.gone_seq === null && Number(row.taken_ms) < decidedTo)
    return is(stillToDo, 'is of a deleted message, and is still to do')
  if (
    row.gone_seq !== null &&
    row.taken_by === null &&
    Number(row.gone_seq) <= room.archived &&
    row.said !== null &&
    row.deleted_ms === null
  )
    return is(goneThough, 'is taken away, and its message is there')
  return undefined
}
