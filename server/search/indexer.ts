// Adds archived messages to the index: behind sync, in the order of each room's numbers, continuing from the position in
// the blocks. Rebuilds a block by comparing it with its messages.
// Invariant: a block is locked before its messages are read, and sync locks it before it edits or deletes one of them; so
// no word is written here that was removed in between.
import type { Db, Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import {
  blockOf,
  firstOf,
  isCurrent,
  lockBlock,
  moveBlock,
  openBlock,
  pack,
  readBlock,
  writeBlock,
  blockSize,
  type Block,
  type Place,
} from './postings.ts'
import { filesIn, type SearchedRow } from './searched.ts'
import { rules, tokensOf, type Token } from './tokens.ts'

interface TextRow extends SearchedRow {
  at: number
}

const selectTexts = `SELECT seq, CAST(user_id AS CHAR) AS user, text, body, COALESCE(said_ms, log_ms) AS at FROM messages`

/** A room whose newest messages are not in the index: the number it is indexed up to, and its newest. */
export interface Behind {
  room: string
  upto: number
  head: number
}

/** Rooms with messages in MySQL that the index lacks. Two loose index scans: the cost depends on the number of rooms. */
export const roomsBehind = (db: Queryable): Promise<Behind[]> =>
  db.rows<Behind>(
    `SELECT CAST(heads.room_id AS CHAR) AS room, COALESCE(done.upto, 0) AS upto, heads.head
     FROM (SELECT room_id, MAX(seq) AS head FROM messages GROUP BY room_id) AS heads
     LEFT JOIN (SELECT room_id, MAX(upto) AS upto FROM search_blocks GROUP BY room_id) AS done
       ON done.room_id = heads.room_id
     WHERE heads.head > COALESCE(done.upto, 0)`,
  )

const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Offsets by token. Yields to the event loop after every 250 messages. */
async function tokenise(rows: readonly TextRow[], into: Map<Token, number[]>): Promise<void> {
  let done = 0
  for (const row of rows) {
    const { seq, user, text } = row
    if (text === null) continue
    const offset = seq % blockSize
    for (const token of tokensOf(text, user, filesIn(row))) {
      const offsets = into.get(token)
      if (offsets === undefined) into.set(token, [offset])
      else offsets.push(offset)
    }
    done += 1
    if (done % 250 === 0) await yieldToEventLoop()
  }
}

function* packed(offsets: Map<Token, number[]>): Generator<readonly [Token, Buffer]> {
  for (const [token, all] of offsets) yield [token, pack(all)]
}

/** The block, extended to the times of these messages. */
function widen(block: Block, rows: readonly TextRow[]): Block {
  const isNew = block.to === 0
  const times = rows.map(({ at }) => at)
  return {
    ...block,
    upto: Math.max(block.upto, rows.at(-1)?.seq ?? 0),
    from: times.reduce((found, at) => Math.min(found, at), isNew ? Infinity : block.from),
    to: times.reduce((found, at) => Math.max(found, at), block.to),
  }
}

/** One step in a room: indexes the next messages, all of one block. Returns how many there were. */
export async function indexStep(db: Db, room: string, after: number, max: number): Promise<number> {
  const [next] = await db.rows<{ seq: number }>(
    'SELECT seq FROM messages WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT 1',
    [BigInt(room), after],
  )
  if (next === undefined) return 0
  const block = blockOf(next.seq)
  return db.transaction(async (tx) => {
    const held = await openBlock(tx, { room, block })
    const rows = await tx.rows<TextRow>(
      `${selectTexts} WHERE room_id = ? AND seq > ? AND seq < ? ORDER BY seq LIMIT ?`,
      [BigInt(room), held.upto, firstOf(block + 1), max],
    )
    if (rows.length === 0) return 0
    const offsets = new Map<Token, number[]>()
    await tokenise(rows, offsets)
    await writeBlock(tx, held, packed(offsets), 'append')
    await moveBlock(tx, widen(held, rows))
    return rows.length
  })
}

/** Indexes everything archived, room by room; reports the number of messages and the ms of each step. */
export async function* indexAll(
  db: Db,
  signal?: AbortSignal,
): AsyncGenerator<{ messages: number; tookMs: number }> {
  const { following, behind } = limits.search.step
  for (const { room, upto, head } of await roomsBehind(db)) {
    const max = head - upto > behind ? behind : following
    for (let after = upto; ;) {
      signal?.throwIfAborted()
      const began = performance.now()
      const messages = await indexStep(db, room, after, max)
      if (messages === 0) break
      yield { messages, tookMs: performance.now() - began }
      const [now] = await db.rows<{ upto: number }>(
        'SELECT MAX(upto) AS upto FROM search_blocks WHERE room_id = ?',
        [BigInt(room)],
      )
      after = now?.upto ?? head
    }
  }
}

/** Blocks that were indexed by other rules, newest first: what people search for is mostly recent. */
export const outdatedBlocks = (db: Queryable): Promise<(Place & { upto: number })[]> =>
  db.rows(
    `SELECT CAST(room_id AS CHAR) AS room, block, upto FROM search_blocks WHERE rules <> ? ORDER BY to_ms DESC`,
    [rules],
  )

/** Indexes the blocks of other rules again, one by one; reports the number of messages and the ms of each. */
export async function* indexOutdated(
  db: Db,
  signal?: AbortSignal,
): AsyncGenerator<{ messages: number; tookMs: number; left: number }> {
  const places = await outdatedBlocks(db)
  for (const [done, place] of places.entries()) {
    signal?.throwIfAborted()
    const began = performance.now()
    const { messages } = await rebuildBlock(db, place, (block) => !isCurrent(block))
    yield { messages, tookMs: performance.now() - began, left: places.length - done - 1 }
  }
}

/** Rebuilds a block from its messages, if it is due. Returns how many messages it has and how many of its rows were wrong. */
export async function rebuildBlock(
  db: Db,
  place: Place,
  isDue: (block: Block) => boolean = () => true,
): Promise<{ messages: number; mended: number }> {
  return db.transaction(async (tx) => {
    const held = await lockBlock(tx, place)
    if (held === undefined || !isDue(held)) return { messages: 0, mended: 0 }
    const { messages, wrong, whole } = await compareBlock(tx, held, 'lock')
    await writeBlock(tx, held, wrong, 'replace')
    await moveBlock(tx, { ...whole, upto: held.upto, from: Number.isFinite(whole.from) ? whole.from : 0 })
    return { messages, mended: wrong.size }
  })
}

/** What its rows should be, where they are not, by its messages. In a transaction, so that both are of one moment. */
export async function compareBlock(
  tx: Queryable,
  held: Block,
  how: 'lock' | 'free',
): Promise<{ messages: number; wrong: Map<Token, Buffer>; whole: Block }> {
  const wanted = new Map<Token, number[]>()
  let messages = 0
  let whole: Block = { ...held, from: 0, to: 0, built: Date.now(), rules }
  for (let after = firstOf(held.block) - 1; ;) {
    const rows = await tx.rows<TextRow>(
      `${selectTexts} WHERE room_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
      [BigInt(held.room), Math.max(0, after), held.upto, limits.search.step.behind],
    )
    if (rows.length === 0) break
    await tokenise(rows, wanted)
    whole = widen(whole, rows)
    messages += rows.length
    after = rows.at(-1)?.seq ?? held.upto
  }
  const wrong = new Map<Token, Buffer>()
  for (const [token, offsets] of await readBlock(tx, held, undefined, how)) {
    const right = pack(wanted.get(token) ?? [])
    if (!right.equals(offsets)) wrong.set(token, right)
    wanted.delete(token)
  }
  for (const [token, offsets] of wanted) wrong.set(token, pack(offsets))
  return { messages, wrong, whole }
}
