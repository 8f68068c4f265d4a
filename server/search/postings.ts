// The SQL of the index. A block is 16,384 numbers of a room; in it each token has one row with the offsets of its
// messages. To change a block's rows, lock the block first, so that nobody re-adds what another has just removed.
import type { Queryable } from '../db.ts'
import { rules, type Span, type Token } from './tokens.ts'

export const blockSize = 16_384

export const blockOf = (seq: number): number => Math.floor(seq / blockSize)
export const firstOf = (block: number): number => block * blockSize

export interface Block {
  room: string
  block: number
  /** Every message of the block up to this number is in the index. */
  upto: number
  /** The times of its first and last message. */
  from: number
  to: number
  /** When it was created or last rebuilt. */
  built: number
  /** The rules by which it was indexed. */
  rules: number
}

/** Whether the rows of a block can be used: those of other rules are not looked at, and its messages are read instead. */
export const isCurrent = (block: Pick<Block, 'rules'>): boolean => block.rules === rules

/** How many numbers it holds: there is no number 0. */
export const heldBy = ({ block, upto }: Pick<Block, 'block' | 'upto'>): number =>
  upto + 1 - Math.max(1, firstOf(block))

/** A block's place. */
export type Place = Pick<Block, 'room' | 'block'>

/** Bytes of one statement: less than max_allowed_packet's smallest default. */
const statementBytes = 512 * 1024

const columns = `CAST(room_id AS CHAR) AS room, block, upto, from_ms AS \`from\`, to_ms AS \`to\`, built_ms AS built, rules`

export async function blocksOf(db: Queryable, rooms: readonly string[]): Promise<Block[]> {
  if (rooms.length === 0) return []
  return db.rows<Block>(
    `SELECT ${columns} FROM search_blocks WHERE room_id IN (?) ORDER BY room_id, block DESC`,
    [rooms.map(BigInt)],
  )
}

/** Locks a block until the transaction ends; undefined if none of it is indexed. */
export async function lockBlock(tx: Queryable, { room, block }: Place): Promise<Block | undefined> {
  const [found] = await tx.rows<Block>(
    `SELECT ${columns} FROM search_blocks WHERE room_id = ? AND block = ? FOR UPDATE`,
    [BigInt(room), block],
  )
  return found
}

/** Creates an empty block unless it exists, and locks it. */
export async function openBlock(tx: Queryable, { room, block }: Place): Promise<Block> {
  const upto = Math.max(0, firstOf(block) - 1)
  await tx.run(
    `INSERT INTO search_blocks (room_id, block, upto, from_ms, to_ms, built_ms, rules) VALUES (?)
     ON DUPLICATE KEY UPDATE upto = upto`,
    [[BigInt(room), block, upto, 0, 0, Date.now(), rules]],
  )
  const opened = await lockBlock(tx, { room, block })
  if (opened === undefined) throw new Error(`block ${block} of room ${room} does not exist`)
  return opened
}

export async function moveBlock(
  tx: Queryable,
  { room, block, upto, from, to, built, rules: by }: Block,
): Promise<void> {
  await tx.run(
    `UPDATE search_blocks SET upto = ?, from_ms = ?, to_ms = ?, built_ms = ?, rules = ?
     WHERE room_id = ? AND block = ?`,
    [upto, from, to, built, by, BigInt(room), block],
  )
}

/** Removes all rows of a block. */
export async function clearBlock(tx: Queryable, { room, block }: Place): Promise<void> {
  await tx.run('DELETE FROM search_postings WHERE room_id = ? AND block = ?', [BigInt(room), block])
}

export type Postings = Map<Token, Buffer>

export function pack(offsets: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(2 * offsets.length)
  offsets.forEach((offset, i) => bytes.writeUInt16LE(offset, 2 * i))
  return bytes
}

export function unpack(bytes: Buffer): number[] {
  const offsets: number[] = []
  for (let i = 0; i + 1 < bytes.length; i += 2) offsets.push(bytes.readUInt16LE(i))
  return offsets
}

/** A block's rows for these tokens, or for all. */
export async function readBlock(
  tx: Queryable,
  { room, block }: Place,
  tokens?: readonly Token[],
  how: 'lock' | 'free' = 'lock',
): Promise<Postings> {
  if (tokens?.length === 0) return new Map()
  const rows = await tx.rows<{ token: Token; offsets: Buffer }>(
    `SELECT token, offsets FROM search_postings WHERE room_id = ? AND block = ?
     ${tokens === undefined ? '' : 'AND token IN (?)'}${how === 'lock' ? ' FOR UPDATE' : ''}`,
    [BigInt(room), block, ...(tokens === undefined ? [] : [[...tokens]])],
  )
  return new Map(rows.map(({ token, offsets }) => [token, offsets]))
}

/** `append`: after a token's existing offsets; `replace`: instead of them. A row without offsets is deleted. */
export async function writeBlock(
  tx: Queryable,
  { room, block }: Place,
  postings: Iterable<readonly [Token, Buffer]>,
  how: 'append' | 'replace',
): Promise<void> {
  const value = how === 'append' ? 'CONCAT(offsets, VALUES(offsets))' : 'VALUES(offsets)'
  const gone: Token[] = []
  let rows: string[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    if (rows.length > 0)
      await tx.run(
        `INSERT INTO search_postings (room_id, block, token, offsets) VALUES ${rows.join(',')}
         ON DUPLICATE KEY UPDATE offsets = ${value}`,
      )
    rows = []
    bytes = 0
  }
  const place = `(${BigInt(room)},${block},`
  // In key order: neighbours share a page.
  for (const [token, offsets] of [...postings].sort(([a], [b]) => a - b)) {
    if (offsets.length === 0) {
      gone.push(token)
      continue
    }
    const row = `${place}${token},x'${offsets.toString('hex')}')`
    rows.push(row)
    bytes += row.length
    if (bytes > statementBytes) await flush()
  }
  await flush()
  for (let i = 0; i < gone.length; i += 1_000)
    await tx.run('DELETE FROM search_postings WHERE room_id = ? AND block = ? AND token IN (?)', [
      BigInt(room),
      block,
      gone.slice(i, i + 1_000),
    ])
}

/** The rows of several blocks for these tokens, by room and block: one statement. */
export async function readBlocks(
  db: Queryable,
  places: readonly Place[],
  spans: readonly Span[],
): Promise<Map<string, Postings>> {
  const found = new Map<string, Postings>()
  if (places.length === 0 || spans.length === 0) return found
  const single = [...new Set(spans.flatMap(({ from, to }) => (from === to ? [from] : [])))]
  const wide = spans.filter(({ from, to }) => from < to)
  const tokens = [...(single.length > 0 ? ['token IN (?)'] : []), ...wide.map(() => 'token BETWEEN ? AND ?')]
  const one = `(room_id = ? AND block = ? AND (${tokens.join(' OR ')}))`
  const params = [...(single.length > 0 ? [single] : []), ...wide.flatMap(({ from, to }) => [from, to])]
  const rows = await db.rows<{ room: string; block: number; token: Token; offsets: Buffer }>(
    `SELECT CAST(room_id AS CHAR) AS room, block, token, offsets FROM search_postings
     WHERE ${places.map(() => one).join(' OR ')}`,
    places.flatMap(({ room, block }) => [BigInt(room), block, ...params]),
  )
  for (const { room, block, token, offsets } of rows) {
    const key = `${room} ${block}`
    const postings = found.get(key) ?? new Map<Token, Buffer>()
    postings.set(token, offsets)
    found.set(key, postings)
  }
  return found
}
