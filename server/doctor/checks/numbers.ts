// Each number of a room is there once: a hole that nobody was told of is a loss.
import type { At, Check, Difference } from '../check.ts'
import { knownHoles } from '../known-holes.ts'
import { overSpans, numbersIn, spansOf, spanNumbers, type Span } from '../spans.ts'
import { restoreFromLog } from '../restore-from-log.ts'

/** Holes of one room that are told one by one. */
const maxHoles = 1_000

export const numbers: Check = {
  name: 'numbers',
  about: 'each number up to a room’s newest is in MySQL once, but for those that are noted as lost',
  ofRooms: true,
  async *look(at) {
    yield* aheadOfTheLog(at)
    for (const spans of spansOf(at.rooms, spanNumbers)) {
      const counted = await count(at, spans)
      at.seen(counted.reduce((sum, { n }) => sum + Number(n), 0))
      for (const span of spans) {
        const sums = counted.filter(({ room, first }) => room === span.room && Number(first) === span.from)
        const [messages = 0, changes = 0, both = 0] = sums.map(({ n }) => Number(n))
        if (both === 0 && messages + changes === numbersIn([span])) continue
        yield* holesIn(at, span)
        if (both > 0) yield* twiceIn(at, span)
      }
    }
  },
  repair: {
    does: 'writes what the log still has of them again',
    run: (at, differences) =>
      restoreFromLog(
        at,
        differences.flatMap(({ room, seq, id }) =>
          room === undefined || seq === undefined ? [] : [{ room, from: seq, to: Number(id ?? seq) }],
        ),
      ),
  },
}

/** Of each span three rows: messages, changes, and what is in both tables. */
const count = (at: At, spans: readonly Span[]) =>
  overSpans<{ first: number; n: number }>(
    at.db,
    spans,
    `SELECT :from AS first, 1 AS which, COUNT(*) AS n FROM messages WHERE room_id = :room AND seq BETWEEN :from AND :to
     UNION ALL SELECT :from, 2, COUNT(*) FROM changes WHERE room_id = :room AND seq BETWEEN :from AND :to
     UNION ALL SELECT :from, 3, COUNT(*) FROM changes c JOIN messages m ON m.room_id = c.room_id AND m.seq = c.seq
       WHERE c.room_id = :room AND c.seq BETWEEN :from AND :to`,
  )

async function* holesIn(at: At, { room, from, to }: Span): AsyncGenerator<Difference> {
  const rows = await at.db.rows<{ seq: number }>(
    `SELECT seq FROM messages WHERE room_id = ? AND seq BETWEEN ? AND ?
     UNION SELECT seq FROM changes WHERE room_id = ? AND seq BETWEEN ? AND ? ORDER BY seq`,
    [BigInt(room), from, to, BigInt(room), from, to],
  )
  const known = await knownHoles(at, room)
  let next = from
  let told = 0
  for (const seq of [...rows.map((row) => Number(row.seq)), to + 1]) {
    for (const hole of known.without({ from: next, to: seq - 1 })) {
      if (told >= maxHoles) return
      told += 1
      yield {
        key: `${room} ${hole.from}`,
        room,
        seq: hole.from,
        id: String(hole.to),
        words: hole.from === hole.to ? 'is missing' : `and all up to #${hole.to} are missing`,
      }
    }
    next = seq + 1
  }
}

async function* twiceIn({ db }: At, { room, from, to }: Span): AsyncGenerator<Difference> {
  const rows = await db.rows<{ seq: number }>(
    `SELECT c.seq FROM changes c JOIN messages m ON m.room_id = c.room_id AND m.seq = c.seq
     WHERE c.room_id = ? AND c.seq BETWEEN ? AND ? LIMIT ?`,
    [BigInt(room), from, to, maxHoles],
  )
  for (const { seq } of rows)
    yield { key: `${room} ${seq} twice`, room, seq: Number(seq), words: 'is a message and a change at once' }
}

/** A log that counts lower than MySQL would give numbers a second time. */
async function* aheadOfTheLog({ db, rooms }: At): AsyncGenerator<Difference> {
  for (let at = 0; at < rooms.length; at += roomsAtOnce) {
    const some = rooms.slice(at, at + roomsAtOnce)
    const ids = some.map(({ id }) => BigInt(id))
    const found = await db.rows<{ room: number | string; seq: number }>(
      `SELECT room, MAX(seq) AS seq FROM (
         SELECT room_id AS room, MAX(seq) AS seq FROM messages WHERE room_id IN (?) GROUP BY room_id
         UNION ALL SELECT room_id, MAX(seq) FROM changes WHERE room_id IN (?) GROUP BY room_id) AS ends GROUP BY room`,
      [ids, ids],
    )
    const newest = new Map(found.map(({ room, seq }) => [String(room), Number(seq)]))
    for (const { id, head } of some) {
      const seq = newest.get(id) ?? 0
      if (seq > head)
        yield { key: `${id} head`, room: id, words: `MySQL has #${seq}, and the log has given #${head} last` }
    }
  }
}

const roomsAtOnce = 500
