// What an administrator may do with somebody.
import type { AdminPerson } from '../../../server/protocol/admin-people.ts'

export type AccountAction = 'ban' | 'unban' | 'end'

/** Administrators cannot be banned; a bot's token is taken back by `brook bot revoke`; one's own devices have a dialog. */
export function accountActions(
  { id, admin, bot, ban, sessions }: Pick<AdminPerson, 'id' | 'admin' | 'bot' | 'ban' | 'sessions'>,
  readerId: string,
): AccountAction[] {
  const isOther = id !== readerId
  return [
    ...(ban !== null ? (['unban'] as const) : isOther && !admin ? (['ban'] as const) : []),
    ...(isOther && !bot && sessions > 0 ? (['end'] as const) : []),
  ]
}
