// A dead letter tried again: its entry becomes a row under its own number, if MySQL takes it this time.
import type { Db } from '../../db.ts'
import type { DeadLetter } from '../../log/dead-letters.ts'
import { decodeEntry } from '../../log/decode.ts'
import { BadEntry } from '../../log/entry.ts'
import { withIndex } from '../../search/touched.ts'
import { hideLate } from '../entries/erased.ts'
import { writeEntries } from './archive.ts'

/** Undefined when the entry is in MySQL now, else why it is not. Reviving twice is the same as once. */
export async function revive(db: Db, { entry, fields }: DeadLetter): Promise<string | undefined> {
  if (fields === null) return 'nothing of it is left: it was trimmed away before it was archived'
  try {
    const revived = decodeEntry(entry, fields)
    if (revived.event.type === 'unknown') return 'this version does not know its type'
    // The indexer may have passed its number.
    await db.transaction((tx) =>
      withIndex(tx, [revived], async () => {
        await writeEntries(tx, [revived])
        // Everything of its author may have been deleted meanwhile.
        const { event, room, seq } = revived
        await hideLate(tx, room, 'target' in event ? event.target : seq)
      }),
    )
    return undefined
  } catch (error) {
    const { errno } = error as { errno?: number }
    if (error instanceof BadEntry || errno !== undefined) return (error as Error).message
    throw error
  }
}
