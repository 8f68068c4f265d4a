// brook admin: what administrators do on the server itself. Each action is one line here and one place in ../admin/.
import { readConfig } from '../../config.ts'
import type { AdminAction } from '../admin/action.ts'
import { add, list, remove } from '../admin/administrators.ts'
import { ban, bans, suspend, unban } from '../admin/bans.ts'
import { link, reset } from '../admin/links.ts'
import { exportPerson, rename } from '../admin/people.ts'
import { reports } from '../admin/reports.ts'
import { requests } from '../admin/requests.ts'
import { openExisting } from '../ready.ts'
import { UsageError, type Verb } from '../verb.ts'

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

const wordsOf = ({ usage }: AdminAction): number => (usage === undefined ? 0 : usage.split(' ').length)

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
  positionals: 1 + Math.max(...Object.values(actions).map(wordsOf)),
  async run(given, { env, say, print }) {
    const [name = '', ...words] = given.positionals
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (action === undefined)
      throw new UsageError(`say what to do: ${Object.keys(actions).join(', ')}. See: brook admin --help`)
    if (action.usage !== undefined && words.length === 0)
      throw new UsageError(`who? For example: brook admin ${name} ann`)
    const extra = words[wordsOf(action)]
    if (extra !== undefined) throw new UsageError(`what is "${extra}"?`)
    const work = action.run(words[0] ?? '', given)
    const { config, stores } = await openExisting(readConfig(env), say, 'brook admin', {
      reads: action.reads === true,
    })
    try {
      for (const line of await work(config)) print(line)
    } finally {
      await stores.stop()
    }
  },
}
