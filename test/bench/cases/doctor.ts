// brook doctor on an archive of many rows, which MySQL makes itself: how many rows a second each of its checks compares.
import { Db } from '../../../server/db.ts'
import { examine } from '../../../server/doctor/doctor.ts'
import { checks } from '../../../server/doctor/checks/index.ts'
import { openBlobs } from '../../../server/files/stores/open-blobs.ts'
import { keysOf } from '../../../server/log/keys.ts'
import { RedisProvider } from '../../../server/redis/provider.ts'
import { indexAll } from '../../../server/search/indexer.ts'
import type { Case } from './case.ts'
import { benchStores } from './stores.ts'

const room = 1_000
const rowsAtOnce = 50_000
/** Rows at which the others are compared: the room of `history` has more. */
const rows = 200_000
/** One in so many is edited, reacted to, answered in a thread. */
const every = 10

/** Counted or joined by MySQL alone; the others read each row. */
const inSql = new Set(['numbers', 'edits', 'deletions', 'reactions', 'pins'])

export const doctor: Case<'Brook'> = {
  name: 'doctor',
  about: () => `brook doctor on a room of ${rows} rows: rows a second of each check`,
  contenders: ['Brook'],
  shown: [
    ...checks
      .map(({ name }) => name)
      .filter(
        (name) =>
          !new Set([
            'log',
            'words',
            'dead-letters',
            'bytes',
            'previews',
            'audit',
            'notifications',
            'read-markers',
          ]).has(name),
      )
      .map((figure) => ({
        figure,
        unit: 'rows/s',
        better: 'more' as const,
        ...(inSql.has(figure) ? { target: 200_000 } : {}),
      })),
    { figure: 'all of them', unit: 's', digits: 1, better: 'less' },
  ],
  round: async () => {
    const stores = await benchStores()
    const db = new Db(stores.mysql, 3, { answersWithinMs: 120_000 })
    const redis = new RedisProvider(stores.redis)
    const { store, close } = openBlobs({ dataDir: stores.folder, s3: undefined, filesIn: 'disk' })
    try {
      await fill(db)
      const { asker } = redis.shard(0)
      await redis.ready(10_000)
      await asker.hset(keysOf(0).numbers, String(room), rows)
      for await (const _step of indexAll(db));
      const report = await examine({ db, redis, shards: 1, blobs: store }, { againAfterMs: 0 })
      const figures: Record<string, number> = { 'all of them': report.ms / 1_000 }
      for (const { name, rows: seen, ms } of report.checks)
        if (seen > 0) figures[name] = Math.round((seen * 1_000) / Math.max(1, ms))
      const wrong = report.checks.flatMap(({ name, count }) => (count > 0 ? `${count} of ${name}` : []))
      return { figures, wrong }
    } finally {
      close()
      redis.close()
      await db.close()
      await stores.stop()
    }
  },
}

const cid = (high: string): string => `UNHEX(CONCAT(LPAD(HEX(seq), 12, '${high}'), '70008000000000000000'))`

/** Of each ten numbers: six messages, one reply, an edit, a reaction, and a message that names somebody. */
async function fill(db: Db): Promise<void> {
  const user = "1, 'guest 1'"
  for (let at = 1; at <= rows; at += rowsAtOnce) {
    const numbers = `seq_${at}_to_${Math.min(rows, at + rowsAtOnce - 1)}`
    const place = `seq MOD ${every}`
    await db.run(
      `INSERT INTO messages (room_id, seq, kind, user_id, user_name, cid, text, mentions, log_ms, log_n, updated_seq, thread, edited_seq, edited_ms,
         first_text, is_reacted, replies, replied_seq, replied_ms, repliers)
       SELECT ${room}, seq, 'message', ${user}, ${cid('0')}, CONCAT('words ', seq, ' that people say in a room'),
         IF(${place} = 5, '[{"name":"guest 1","ids":["1"]}]', NULL), 1700000000000 + seq, 0, seq, IF(${place} = 6, seq - 5, NULL),
         IF(${place} = 2, seq + 5, NULL), IF(${place} = 2, 1700000000005 + seq, NULL), IF(${place} = 2, 'first words', NULL),
         IF(${place} = 3, 1, 0), IF(${place} = 1, 1, 0), IF(${place} = 1, seq + 5, NULL), IF(${place} = 1, 1700000000005 + seq, NULL),
         IF(${place} = 1, '[{"id":"1","name":"guest 1"}]', NULL)
       FROM ${numbers} WHERE ${place} NOT IN (7, 8)`,
    )
    const changes =
      'INSERT INTO changes (room_id, seq, kind, target, user_id, user_name, cid, log_ms, log_n, text, emoji, is_on)'
    await db.run(
      `${changes} SELECT ${room}, seq, 'edited', seq - 5, ${user}, ${cid('0')}, 1700000000000 + seq, 0,
         CONCAT('words ', seq - 5, ' that people say in a room'), NULL, NULL FROM ${numbers} WHERE ${place} = 7`,
    )
    await db.run(
      `${changes} SELECT ${room}, seq, 'reacted', seq - 5, ${user}, ${cid('0')}, 1700000000000 + seq, 0, NULL, 'x', 1
       FROM ${numbers} WHERE ${place} = 8`,
    )
    await db.run(
      `INSERT INTO reactions (room_id, target, emoji, user_id, user_name, is_on, seq)
       SELECT ${room}, seq - 5, 'x', ${user}, 1, seq FROM ${numbers} WHERE ${place} = 8`,
    )
    await db.run(
      `INSERT INTO replies (room_id, thread, seq) SELECT ${room}, seq - 5, seq FROM ${numbers} WHERE ${place} = 6`,
    )
    await db.run(
      `INSERT INTO mentions (user_id, room_id, seq, said_ms) SELECT 1, ${room}, seq, 1700000000000 + seq FROM ${numbers} WHERE ${place} = 5`,
    )
  }
}
