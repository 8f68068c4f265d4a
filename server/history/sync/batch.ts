// What sync writes in one transaction: entries as the log has them, and what MySQL is to keep of them.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodeEntry } from '../../log/decode.ts'
import { BadEntry, personNumber, type Entry } from '../../log/entry.ts'
import type { RawEntry } from '../../log/follow.ts'
import { limits } from '../../protocol/limits.ts'
import { Archivable } from './archive.ts'

export interface Batch {
  /** In the order of the log, at least one. */
  raws: readonly RawEntry[]
  /** Those that were trimmed away while they were pending. */
  gone: readonly RawEntry[]
  /** Those that cannot be understood, and why. */
  bad: readonly (readonly [raw: RawEntry, reason: string])[]
  archivable: Archivable
  /** The highest id of those whose entries these are; 0: none has a number. */
  highestPerson: number
}

/** Entries that are understood at once, some half a millisecond: MySQL is sent the batch before meanwhile. */
const atOnce = 128

/**
 * Trap: entries are made one by one and let go, and made again where they are wanted again. Two thousand that live as long
 * as their transaction cost the garbage collector more than it takes to make them.
 */
export async function batchOf(raws: readonly RawEntry[]): Promise<Batch> {
  const gone: RawEntry[] = []
  const bad: [RawEntry, string][] = []
  const archivable = new Archivable(() =>
    raws.flatMap((raw) => {
      const entry = understand(raw)
      return typeof entry === 'object' ? [entry] : []
    }),
  )
  let highestPerson = 0
  for (const [at, raw] of raws.entries()) {
    if (at % atOnce === atOnce - 1) await nextTurn()
    const entry = understand(raw)
    if (typeof entry === 'object') {
      archivable.add(entry)
      highestPerson = Math.max(highestPerson, personNumber(entry))
    } else if (entry === undefined) gone.push(raw)
    else bad.push([raw, entry])
  }
  return { raws, gone, bad, archivable, highestPerson }
}

/** The same place in the log, with nothing to write. */
export const emptied = ({ raws }: Batch): Batch => ({
  raws,
  gone: [],
  bad: [],
  archivable: new Archivable(() => []),
  highestPerson: 0,
})

/** Batches that stay below one transaction's bytes; an entry larger than that is a batch of its own. */
export async function* batchesOf(page: readonly RawEntry[]): AsyncGenerator<Batch> {
  let from = 0
  let bytes = 0
  for (let at = 0; at < page.length; at += 1) {
    const size = 64 + (page[at]?.size ?? 0)
    if (at > from && bytes + size > limits.sync.bytes) {
      yield batchOf(page.slice(from, at))
      from = at
      bytes = 0
    }
    bytes += size
  }
  if (from < page.length) yield batchOf(from === 0 ? page : page.slice(from))
}

/** The entry, or why it is none of ours; undefined where nothing is left of it. */
function understand({ id, fields }: RawEntry): Entry | string | undefined {
  if (fields === null) return undefined
  try {
    return decodeEntry(id, fields)
  } catch (error) {
    if (!(error instanceof BadEntry)) throw error
    return error.message
  }
}
