// brook migrate: brings the tables up to date and ends. start, server and sync do the same by themselves.
import { readConfig } from '../../config.ts'
import { openReady } from '../ready.ts'
import type { Verb } from '../verb.ts'

export const migrate: Verb = {
  usage: 'migrate',
  about: 'Bring the tables up to date. The other verbs do this too; here it is done and nothing else.',
  options: {},
  words: 0,
  async run(_given, { env, say }) {
    const { stores, migrated } = await openReady(readConfig(env), say, {
      verb: 'brook migrate',
      alone: false,
    })
    await stores.stop()
    if (migrated.length === 0) say('The tables are up to date.')
  },
}
