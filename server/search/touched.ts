// When the text of a message changes, its old words leave the index and its new ones enter it, in the same transaction.
// Called by whatever writes the archive.
import type { Queryable } from '../db.ts'
import {
  blockOf,
  blockSize,
  clearBlock,
  isCurrent,
  lockBlock,
  pack,
  readBlock,
  unpack,
  writeBlock,
  type Place,
} from './postings.ts'
import { filesIn, type SearchedRow } from './searched.ts'
import { tokensOf, type Token } from './tokens.ts'

export interface Target {
  room: string
  seq: number
}

/** Runs `change`, which alters the text of these messages, and updates the index. */
export async function withIndex<T>(
  tx: Queryable,
  targets: readonly Target[],
  change: () => Promise<T>,
): Promise<T> {
  const held: { place: Place; seqs: number[]; before: Map<number, Set<Token>> }[] = []
  // Always in the same order, so that two transactions with several blocks do not deadlock.
  for (const { place, seqs } of byBlock(targets)) {
    const block = await lockBlock(tx, place)
    // Which rows of other rules hold the old words cannot be told; nobody uses them until they are made again.
    if (block !== undefined && !isCurrent(block)) {
      await clearBlock(tx, place)
      continue
    }
    const indexed = seqs.filter((seq) => block !== undefined && seq <= block.upto)
    // What is not indexed yet will be read by the indexer in its new state.
    if (indexed.length > 0)
      held.push({ place, seqs: indexed, before: await tokensAt(tx, place.room, indexed) })
  }
  const result = await change()
  for (const { place, seqs, before } of held) {
    const after = await tokensAt(tx, place.room, seqs)
    await replace(tx, place, { seqs, before, after })
  }
  return result
}

function byBlock(targets: readonly Target[]): { place: Place; seqs: number[] }[] {
  const places = new Map<string, { place: Place; seqs: Set<number> }>()
  for (const { room, seq } of targets) {
    const block = blockOf(seq)
    const key = `${room} ${block}`
    const one = places.get(key) ?? { place: { room, block }, seqs: new Set<number>() }
    one.seqs.add(seq)
    places.set(key, one)
  }
  return [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { place, seqs }]) => ({ place, seqs: [...seqs] }))
}

/** The newest messages, whenever this transaction began. */
async function tokensAt(tx: Queryable, room: string, seqs: number[]): Promise<Map<number, Set<Token>>> {
  const rows = await tx.rows<SearchedRow>(
    `SELECT seq, CAST(user_id AS CHAR) AS user, text, body FROM messages WHERE room_id = ? AND seq IN (?) FOR UPDATE`,
    [BigInt(room), seqs],
  )
  return new Map(
    rows.map((row) => [
      row.seq,
      row.text === null ? new Set<Token>() : tokensOf(row.text, row.user, filesIn(row)),
    ]),
  )
}

interface Altered {
  seqs: number[]
  before: Map<number, Set<Token>>
  after: Map<number, Set<Token>>
}

async function replace(tx: Queryable, place: Place, { seqs, before, after }: Altered): Promise<void> {
  const drop = new Map<Token, Set<number>>()
  const add = new Map<Token, Set<number>>()
  const note = (into: Map<Token, Set<number>>, token: Token, offset: number): void => {
    into.set(token, (into.get(token) ?? new Set()).add(offset))
  }
  for (const seq of seqs) {
    const [old, fresh] = [before.get(seq) ?? new Set<Token>(), after.get(seq) ?? new Set<Token>()]
    for (const token of old) if (!fresh.has(token)) note(drop, token, seq % blockSize)
    for (const token of fresh) if (!old.has(token)) note(add, token, seq % blockSize)
  }
  const tokens = [...new Set([...drop.keys(), ...add.keys()])]
  const present = await readBlock(tx, place, tokens)
  const changed = tokens.map((token): [Token, Buffer] => {
    const offsets = new Set(unpack(present.get(token) ?? Buffer.alloc(0)))
    for (const offset of drop.get(token) ?? []) offsets.delete(offset)
    for (const offset of add.get(token) ?? []) offsets.add(offset)
    return [token, pack([...offsets].sort((a, b) => a - b))]
  })
  await writeBlock(tx, place, changed, 'replace')
}
