// What an administrator may do with somebody.
import type { AdminPerson } from '../../../server/protocol/admin-people.ts'
import type { Ban } from '../../../server/protocol/moderation.ts'

export type AccountAction = 'rename' | 'reset' | 'suspend' | 'ban' | 'unban' | 'unsuspend' | 'end' | 'erase'

/**
 * A bot keeps its name, and one's own has a page. A guest and a bot have no password, and an administrator's is reset on the server.
 * Administrators are neither banned nor suspended; a bot's token is taken back by `brook bot revoke`; one's own devices have a page.
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
    ...(ban !== null ? [lifting(ban)] : isOther && !admin ? (['suspend', 'ban'] as const) : []),
    ...(isOther && !bot && sessions > 0 ? (['end'] as const) : []),
    ...(isOther ? (['erase'] as const) : []),
  ]
}

const lifting = ({ suspended }: Pick<Ban, 'suspended'>): AccountAction =>
  suspended === true ? 'unsuspend' : 'unban'
