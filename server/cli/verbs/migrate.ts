// brook migrate: migrates the database and exits.
import { readConfig } from '../../config.ts'
import { openReady } from '../ready.ts'
import type { Verb } from '../verb.ts'

export const migrate: Verb = {
  usage: 'migrate',
  about:
    'Migrate the database and exit. start, server, sync and verbs that change something do the same by themselves.',
  options: {},
  positionals: 0,
  async run(_given, { env, say }) {
    const { stores, migrated } = await openReady(readConfig(env), say, {
      verb: 'brook migrate',
      alone: false,
    })
    await stores.stop()
    if (migrated.length === 0) say('The database is up to date.')
  },
}
