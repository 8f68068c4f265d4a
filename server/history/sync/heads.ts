// The highest number of each room that MySQL has, and when it was given.
import type { Queryable } from '../../db.ts'
import type { Head } from '../../log/remains.ts'

export async function headsOf(db: Pick<Queryable, 'rows'>): Promise<Map<string, Head>> {
  const rows = await db.rows<{ room: number | string; seq: number; at: number }>(
    `SELECT heads.room, heads.seq, COALESCE(m.log_ms, c.log_ms) AS at FROM (
       SELECT room, MAX(seq) AS seq FROM (
         SELECT room_id AS room, MAX(seq) AS seq FROM messages GROUP BY room_id
         UNION ALL SELECT room_id, MAX(seq) FROM changes GROUP BY room_id) AS ends GROUP BY room) AS heads
     LEFT JOIN messages m ON m.room_id = heads.room AND m.seq = heads.seq
     LEFT JOIN changes c ON c.room_id = heads.room AND c.seq = heads.seq`,
  )
  return new Map(rows.map(({ room, seq, at }) => [String(room), { seq: Number(seq), at }] as const))
}
