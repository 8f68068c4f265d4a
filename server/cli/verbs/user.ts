// brook user: the accounts of people, on the server itself. Each action is one line here and one place in ../admin/users.ts.
import type { AdminAction } from '../admin/action.ts'
import { runAction, wordsOfAll } from '../admin/run-action.ts'
import { disable, enable, endSessions, list, resetPassword } from '../admin/users.ts'
import type { Verb } from '../verb.ts'

const actions: Record<string, AdminAction> = {
  list,
  disable,
  enable,
  reset: resetPassword,
  'end-sessions': endSessions,
}

export const user: Verb = {
  usage: 'user <action>',
  about: 'List accounts, disable or enable one, reset a password, or sign somebody out everywhere.',
  actions,
  options: {
    for: { type: 'string', value: 'TIME', about: 'with disable: for so long, such as 12h or 7d (for good)' },
    reason: { type: 'string', value: 'TEXT', about: 'with disable: why; they are told' },
    'second-factor': { type: 'boolean', about: 'with reset: takes their second factor away too' },
  },
  positionals: wordsOfAll(actions),
  run: (given, at) => runAction({ verb: 'user', actions }, given, at),
}
