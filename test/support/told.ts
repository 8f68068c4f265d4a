// Who was told of what, as MySQL has it: read once everything that the log has is decided.
import { compareIds, parseStreamId } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import type { Brook } from './brook.ts'
import { until } from './until.ts'

/** One notification: of whom, of which message, why. */
export interface ToldRow {
  user: string
  room: string
  seq: number
  event: string
  cause: string
  done: boolean
  gone: boolean
}

/** Resolves when the cursor of each shard has passed the end of its log. */
export async function untilDecided(brook: Brook, withinMs?: number): Promise<void> {
  for (let shard = 0; shard < brook.config.logShards; shard += 1) {
    const [last] = await brook.connections
      .shard(shard)
      .asker.xrevrange(keysOf(shard).log, '+', '-', 'COUNT', 1)
    if (last === undefined) continue
    const end = parseStreamId(last[0])
    await until(
      () =>
        brook.db.rows<{ log_ms: number; log_n: number }>(
          'SELECT log_ms, log_n FROM notify_cursors WHERE shard = ?',
          [shard],
        ),
      ([row]) => row !== undefined && compareIds({ ms: Number(row.log_ms), n: Number(row.log_n) }, end) >= 0,
      withinMs,
    )
  }
}

/** Everybody who was told of something in a room, oldest first. */
export async function toldIn(brook: Brook, room: string): Promise<ToldRow[]> {
  await untilDecided(brook)
  const rows = await brook.db.rows<{
    user_id: number
    seq: number
    event: string
    cause: string
    done_ms: number | null
    gone_seq: number | null
  }>(
    'SELECT user_id, seq, event, cause, done_ms, gone_seq FROM notifications WHERE room_id = ? ORDER BY seq, event, user_id',
    [room],
  )
  return rows.map(({ user_id, seq, event, cause, done_ms, gone_seq }) => ({
    user: String(user_id),
    room,
    seq: Number(seq),
    event,
    cause,
    done: done_ms !== null,
    gone: gone_seq !== null,
  }))
}
