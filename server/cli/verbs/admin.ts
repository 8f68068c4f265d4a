// brook admin: what administrators do on the server itself. Each action is one line here and one place in ../admin/.
import type { AdminAction } from '../admin/action.ts'
import { add, list, remove } from '../admin/administrators.ts'
import { ban, bans, suspend, unban } from '../admin/bans.ts'
import { link, reset } from '../admin/links.ts'
import { exportPerson, rename } from '../admin/people.ts'
import { reports } from '../admin/reports.ts'
import { requests } from '../admin/requests.ts'
import { runAction, wordsOfAll } from '../admin/run-action.ts'
import type { Verb } from '../verb.ts'

const actions: Record<string, AdminAction> = {
  list,
  add,
  remove,
  link,
  reset,
  ban,
  suspend,
  unban,
  bans,
  reports,
  requests,
  rename,
  'export-person': exportPerson,
}

export const admin: Verb = {
  usage: 'admin <action>',
  about: 'List, add or remove administrators, ban, suspend and rename people, list what waits for an answer.',
  actions,
  options: {
    'second-factor': { type: 'boolean', about: 'with reset: takes their second factor away too' },
    for: {
      type: 'string',
      value: 'TIME',
      about: 'with ban and suspend: for so long, such as 30m, 12h or 7d (for good)',
    },
    reason: {
      type: 'string',
      value: 'TEXT',
      about: 'with ban, suspend and rename: why; whoever it is about is told',
    },
    files: { type: 'boolean', about: 'with export-person: with the files that they have sent, as a zip' },
    out: { type: 'string', value: 'FILE', about: 'with export-person: output file (standard output)' },
  },
  positionals: wordsOfAll(actions),
  run: (given, at) => runAction({ verb: 'admin', actions }, given, at),
}
