// What an administrator may do with somebody.
import type { AdminPerson } from '../../../server/protocol/admin-people.ts'

export type AccountAction = 'rename' | 'reset' | 'ban' | 'unban' | 'end' | 'erase'

/**
 * A bot keeps its name, and one's own has a page. A guest and a bot have no password, and an administrator's is reset on the server.
 * Administrators cannot be banned; a bot's token is taken back by `brook bot revoke`; one's own devices have a page.
 */
export function accountActions(
  {
    id,
    admin,
    bot,
    guest,
    ban,
    sessions,
  }: Pick<AdminPerson, 'id' | 'admin' | 'bot' | 'guest' | 'ban' | 'sessions'>,
  readerId: string,
): AccountAction[] {
  const isOther = id !== readerId
  return [
    ...(isOther && !bot ? (['rename'] as const) : []),
    ...(isOther && !admin && !bot && !guest ? (['reset'] as const) : []),
    ...(ban !== null ? (['unban'] as const) : isOther && !admin ? (['ban'] as const) : []),
    ...(isOther && !bot && sessions > 0 ? (['end'] as const) : []),
    ...(isOther ? (['erase'] as const) : []),
  ]
}
