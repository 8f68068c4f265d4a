// What cases keep of messages goes with them: where messages are erased for good, and where accounts end. SQL of `review_cases`.
import type { Queryable } from '../db.ts'
import { formerMember } from '../protocol/former-member.ts'
import { personOf } from '../protocol/people.ts'

/** Of messages of a room that are erased for good. The case stays, with who reported it and what was done. */
export async function forgetReported(tx: Queryable, room: string, seqs: readonly number[]): Promise<void> {
  await tx.run(
    'UPDATE review_cases SET text = NULL, said = NULL WHERE room_id = ? AND seq IN (?) AND text IS NOT NULL',
    [BigInt(room), [...seqs]],
  )
}

/** What somebody wanted to say in this time, both in ms since 1970, and a rule held back: dropped, and closed if it waits. */
export async function forgetHeld(
  tx: Queryable,
  author: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  // Trap: MySQL sets these one after the other.
  await tx.run(
    `UPDATE review_cases SET text = NULL, said = NULL, acts = IF(handled_at IS NULL, '', acts),
       handled_at = COALESCE(handled_at, ?) WHERE author_id = ? AND kind = 'held' AND said_at BETWEEN ? AND ?`,
    [new Date(), BigInt(author), new Date(from), new Date(to)],
  )
}

/** Of an account that ends: its name, what waits to be posted for it, and all its words if its messages are deleted. */
export async function forgetAuthor(
  tx: Queryable,
  author: string,
  messages: 'keep' | 'delete',
): Promise<void> {
  await tx.run('UPDATE review_cases SET author = ? WHERE author_id = ?', [
    JSON.stringify(personOf({ id: author, name: formerMember })),
    BigInt(author),
  ])
  await forgetHeld(tx, author, { from: 0, to: Date.now() })
  if (messages === 'delete')
    await tx.run('UPDATE review_cases SET text = NULL, said = NULL WHERE author_id = ?', [BigInt(author)])
}
