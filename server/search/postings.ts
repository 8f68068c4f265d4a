// The SQL of the index. A block is 16,384 numbers of a room; in it each token has one row with the offsets of its
// messages. What changes a block's rows locks the block first, so that nobody writes what another has just taken out.
import type { Queryable } from '../db.ts'
import type { Token } from './tokens.ts'

export const blockSize = 16_384

export const blockOf = (seq: number): number => Math.floor(seq / blockSize)
export const firstOf = (block: number): number => block * blockSize

export interface Block {
  room: string
  block: number
  /** Every message of it up to this number is in the index. */
  upto: number
  /** The times of its first and last message. */
  from: number
  to: number
  /** When it was made or last rebuilt. */
  built: number
}

/** A block's place. */
export type Place = Pick<Block, 'room' | 'block'>

/** Bytes of one statement of rows: below max_allowed_packet's smallest default. */
const statementBytes = 512 * 1024

const columns = `CAST(room_id AS CHAR) AS room, block, upto, from_ms AS \`from\`, to_ms AS \`to\`, built_ms AS built`

export async function blocksOf(db: Queryable, rooms: readonly string[]): Promise<Block[]> {
  if (rooms.length === 0) return []
  return db.rows<Block>(
    `SELECT ${columns} FROM search_blocks WHERE room_id IN (?) ORDER BY room_id, block DESC`,
    [rooms.map(BigInt)],
  )
}

/** Holds a block until the transaction ends; undefined when nothing of it is indexed. */
export async function lockBlock(tx: Queryable, { room, block }: Place): Promise<Block | undefined> {
  const [found] = await tx.rows<Block>(
    `SELECT ${columns} FROM search_blocks WHERE room_id = ? AND block = ? FOR UPDATE`,
    [BigInt(room), block],
  )
  return found
}

/** Makes a block with nothing in it yet, unless it is there, and holds it. */
export async function openBlock(tx: Queryable, { room, block }: Place): Promise<Block> {
  const upto = Math.max(0, firstOf(block) - 1)
  await tx.run(
    `INSERT INTO search_blocks (room_id, block, upto, from_ms, to_ms, built_ms) VALUES (?)
     ON DUPLICATE KEY UPDATE upto = upto`,
    [[BigInt(room), block, upto, 0, 0, Date.now()]],
  )
  const opened = await lockBlock(tx, { room, block })
  if (opened === undefined) throw new Error(`block ${block} of room ${room} went away`)
  return opened
}

export async function moveBlock(tx: Queryable, { room, block, upto, from, to, built }: Block): Promise<void> {
  await tx.run(
    'UPDATE search_blocks SET upto = ?, from_ms = ?, to_ms = ?, built_ms = ? WHERE room_id = ? AND block = ?',
    [upto, from, to, built, BigInt(room), block],
  )
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

/** What a block has of these tokens, or of all of them. */
export async function readBlock(
  tx: Queryable,
  { room, block }: Place,
  tokens?: readonly Token[],
): Promise<Postings> {
  if (tokens?.length === 0) return new Map()
  const rows = await tx.rows<{ token: Token; offsets: Buffer }>(
    `SELECT token, offsets FROM search_postings WHERE room_id = ? AND block = ?
     ${tokens === undefined ? '' : 'AND token IN (?)'} FOR UPDATE`,
    [BigInt(room), block, ...(tokens === undefined ? [] : [[...tokens]])],
  )
  return new Map(rows.map(({ token, offsets }) => [token, offsets]))
}

/** `append`: after what a token has already; `replace`: in its place. An empty one is taken out. */
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
  // In the order of the key: neighbours share a page.
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
      ...[BigInt(room), block, gone.slice(i, i + 1_000)],
    ])
}

/** What several blocks have of these tokens: one statement. */
export async function readBlocks(
  db: Queryable,
  places: readonly Place[],
  tokens: readonly Token[],
): Promise<Map<string, Postings>> {
  const found = new Map<string, Postings>()
  if (places.length === 0 || tokens.length === 0) return found
  const one = '(room_id = ? AND block = ? AND token IN (?))'
  const rows = await db.rows<{ room: string; block: number; token: Token; offsets: Buffer }>(
    `SELECT CAST(room_id AS CHAR) AS room, block, token, offsets FROM search_postings
     WHERE ${places.map(() => one).join(' OR ')}`,
    places.flatMap(({ room, block }) => [BigInt(room), block, [...tokens]]),
  )
  for (const { room, block, token, offsets } of rows) {
    const key = `${room} ${block}`
    const postings = found.get(key) ?? new Map<Token, Buffer>()
    postings.set(token, offsets)
    found.set(key, postings)
  }
  return found
}
