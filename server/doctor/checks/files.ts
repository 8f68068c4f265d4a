// Files of messages: each has its row, which says the same, and whose bytes are known.
import { releaseFiles } from '../../files/release.ts'
import type { Check, Difference } from '../check.ts'
import { inRooms } from '../in-rooms.ts'
import { numbersIn, overSpans, pageNumbers, spansOf } from '../spans.ts'
import { filesIn } from '../../search/searched.ts'
import { stands } from './edits.ts'

interface FileRow {
  id: number | string
  room_id: number | string | null
  seq: number | null
  released_ms: number | null
  whole_ms: number | null
  hash: string | null
  bytes_of: string | null
}

/** By the beginning of the key: what is repaired. */
const releasedThough = 'released'
const unsettled = 'unsettled'
const keptThough = 'kept'

export const files: Check = {
  name: 'files',
  about: 'each file of a message is known and kept, and no file of a deleted message is',
  ofRooms: true,
  async *look({ db, rooms, seen }) {
    for (const spans of spansOf(rooms, pageNumbers)) {
      seen(numbersIn(spans))
      const said = await overSpans<{ seq: number; body: string }>(
        db,
        spans,
        `SELECT m.seq, m.body FROM messages m
         WHERE m.room_id = :room AND m.seq BETWEEN :from AND :to AND ${stands} AND m.body LIKE '%"files":%'`,
      )
      const named = said.flatMap(({ room, seq, body }) =>
        filesIn({ body }).map(({ id }) => ({ room, seq: Number(seq), id })),
      )
      const rows = await readFiles(
        db,
        named.map(({ id }) => id),
      )
      for (const one of named) {
        const difference = compare(one, rows.get(one.id))
        if (difference !== undefined) yield difference
      }
      const kept = await overSpans<{ seq: number; id: number | string }>(
        db,
        spans,
        `SELECT f.seq, f.id FROM files f JOIN messages m ON m.room_id = f.room_id AND m.seq = f.seq AND NOT ${stands}
         WHERE f.room_id = :room AND f.seq BETWEEN :from AND :to AND f.released_ms IS NULL`,
      )
      for (const { room, seq, id } of kept)
        yield differenceOf(
          keptThough,
          { room, seq: Number(seq), id: String(id) },
          'is kept, though its message is deleted',
        )
    }
  },
  repair: {
    does: 'keeps those that messages have, and gives up those of deleted messages; what has no row stays lost',
    async run(at, differences) {
      const { db } = at
      const of = (what: string): Difference[] => differences.filter(({ key }) => key.startsWith(`${what} `))
      for (const { id = '' } of of(releasedThough))
        await db.run('UPDATE files SET released_ms = NULL WHERE id = ?', [BigInt(id)])
      for (const { id = '', room = '', seq } of of(unsettled))
        if (seq !== undefined)
          await db.run('UPDATE files SET seq = ? WHERE id = ? AND room_id = ? AND seq IS NULL', [
            seq,
            BigInt(id),
            BigInt(room),
          ])
      await inRooms(at, of(keptThough), releaseFiles)
    },
  },
}

interface Named {
  room: string
  seq: number
  id: string
}

/** An import may name files of others, which are in other messages: those stay as they are. */
function compare(named: Named, row: FileRow | undefined): Difference | undefined {
  if (row === undefined) return differenceOf('lost', named, 'is not known any more')
  if (row.released_ms !== null)
    return differenceOf(releasedThough, named, 'is about to be removed, though its message is there')
  if (row.hash === null || row.whole_ms === null) return differenceOf('half', named, 'is not whole')
  if (row.bytes_of === null) return differenceOf('unknown', named, 'has bytes of which nothing is known')
  if (row.seq === null && String(row.room_id) === named.room)
    return differenceOf(unsettled, named, 'does not say that its message was sent')
  return undefined
}

const differenceOf = (what: string, { room, seq, id }: Named, words: string): Difference => ({
  key: `${what} ${room} ${seq} ${id}`,
  room,
  seq,
  id,
  words: `its file ${id} ${words}`,
})

async function readFiles(
  db: { rows<Row>(sql: string, params: bigint[][]): Promise<Row[]> },
  ids: readonly string[],
): Promise<Map<string, FileRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db.rows<FileRow>(
    `SELECT f.id, f.room_id, f.seq, f.released_ms, f.whole_ms, f.hash, b.hash AS bytes_of
     FROM files f LEFT JOIN blobs b ON b.hash = f.hash WHERE f.id IN (?)`,
    [[...new Set(ids)].map(BigInt)],
  )
  return new Map(rows.map((row) => [String(row.id), row]))
}
