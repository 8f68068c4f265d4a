// An id that MySQL has just given to a person or a room must be new. Trap: a MySQL that was rolled back counts on from where it
// was, and whoever gets an id again is taken for the one who had it, whose cookie Redis still knows. Until the log is started
// anew, which raises the ids, nobody new is let in.
import { Refused } from '../answer.ts'
import type { Queryable } from '../db.ts'
import type { Log } from '../log/log.ts'

export type GivenIds = Pick<Log, 'head' | 'highestPerson'>

const tryAgain = (): Refused => new Refused({ code: 'unavailable', retryAfterMs: 2_000 })

/** In the transaction that makes the person. @throws Refused */
export async function requireNewPerson(tx: Queryable, log: GivenIds, id: string): Promise<void> {
  const highest = log.highestPerson
  if (Number(id) > highest) return
  // Of two at once, the later one may be in the log before the earlier one gets here: then MySQL has it too.
  const [row] = await tx.rows<{ id: number }>('SELECT MAX(id) AS id FROM users WHERE id <> ?', [BigInt(id)])
  if (Number(row?.id ?? 0) < highest) throw tryAgain()
}

/** @throws Refused */
export function requireNewRoom(log: GivenIds, id: string): void {
  if (log.head(id) > 0) throw tryAgain()
}
