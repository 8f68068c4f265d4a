// Whether somebody may add somebody else to a room.
import type { Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Person, User } from '../protocol/people.ts'
import { may, mayBringInBot } from '../protocol/rights.ts'
import { refuseBanned } from './room-bans.ts'
import { findStanding } from './standing.ts'

/** Undefined: they may. `person`: whom, once that is known; `lock`: it holds until the end of the transaction. */
export async function refuseAdding(
  tx: Queryable,
  { user, room, person }: { user: User; room: string; person?: Person },
  lock: 'lock' | 'free' = 'free',
): Promise<Refusal | undefined> {
  const found = await findStanding(tx, user.id, room, lock)
  if (found === undefined) return { code: 'not_found' }
  const standing = { ...found, admin: user.admin }
  if (!may('bringIn', standing)) return { code: 'not_allowed' }
  if (person !== undefined && (await refuseBanned(tx, person.id, room)) !== undefined)
    return { code: 'person_banned' }
  return person?.bot === true && !mayBringInBot(standing, user) ? { code: 'bot_needs_admin' } : undefined
}
