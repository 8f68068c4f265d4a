// Numbers of a room that are missing for a reason that is known: noted as lost, or set aside because MySQL refused them.
import { DeadLetters } from '../log/dead-letters.ts'
import { decodeEntry } from '../log/decode.ts'
import type { At } from './check.ts'

/** Both inclusive. */
export interface Hole {
  from: number
  to: number
}

export interface KnownHoles {
  /** What is left of a hole. */
  without(hole: Hole): Hole[]
}

/** More are not kept by anybody who looks at them. */
const maxLetters = 10_000

export async function knownHoles({ db, redis, shards }: At, room: string): Promise<KnownHoles> {
  const known: Hole[] = []
  // What a deleted room was told of its holes is erased with its words.
  const erased = await db.rows(
    'SELECT 1 FROM room_deletions WHERE room_id = ? AND erased_at IS NOT NULL LIMIT 1',
    [BigInt(room)],
  )
  if (erased.length > 0) return { without: () => [] }
  const notices = await db.rows<{ notice: string }>(
    `SELECT notice FROM messages WHERE room_id = ? AND kind = 'notice' AND notice LIKE '{"kind":"lost"%'
     UNION ALL SELECT happening FROM untold_notices WHERE room_id = ?`,
    [BigInt(room), BigInt(room)],
  )
  for (const { notice } of notices) {
    const said = JSON.parse(notice) as Partial<Hole> & { notice?: Partial<Hole> }
    const { from, to } = said.notice ?? said
    if (typeof from === 'number' && typeof to === 'number') known.push({ from, to })
  }
  for (const { entry, fields } of await new DeadLetters(redis, shards).list(maxLetters)) {
    const seq = fields === null ? undefined : numberOf(entry, fields, room)
    if (seq !== undefined) known.push({ from: seq, to: seq })
  }
  return {
    without: (hole) =>
      known.reduce((left, one) => left.flatMap((part) => cut(part, one)), [hole].filter(isHole)),
  }
}

const isHole = ({ from, to }: Hole): boolean => from <= to

const cut = (part: Hole, known: Hole): Hole[] =>
  known.to < part.from || known.from > part.to
    ? [part]
    : [
        { from: part.from, to: known.from - 1 },
        { from: known.to + 1, to: part.to },
      ].filter(isHole)

/** What cannot be understood has no number either. */
function numberOf(entry: string, fields: readonly string[], room: string): number | undefined {
  try {
    const found = decodeEntry(entry, fields)
    return found.room === room ? found.seq : undefined
  } catch {
    return undefined
  }
}
