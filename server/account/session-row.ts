// A session as MySQL has it, with its person.
import type { Actor } from '../protocol/people.ts'
import type { Needed } from '../protocol/security.ts'

/** An identified person and their session. */
export interface Session {
  id: string
  user: Actor
  /** They can reach nothing else until they have it. */
  needs?: Needed
  /** Its token is to be replaced by another. */
  renew?: true
}

export interface SessionRow {
  id: number
  used_at: Date
  expires_at: Date
  user_id: number
  name: string
  guest: number
  is_admin: number
  is_bot: number
  created_at: Date
  renew: number
  lacks_factor: number
}

export function sessionOf(row: SessionRow): Session {
  return {
    id: String(row.id),
    user: {
      id: String(row.user_id),
      name: row.name,
      admin: row.is_admin === 1,
      since: row.created_at.getTime(),
      ...(row.is_bot === 1 ? { guest: false, bot: true } : { guest: row.guest === 1 }),
    },
    ...(row.lacks_factor === 1 ? { needs: 'second_factor' } : {}),
    ...(row.renew === 1 ? { renew: true } : {}),
  }
}
