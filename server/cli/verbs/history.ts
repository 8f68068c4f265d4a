// brook history: prints the messages of a room from MySQL.
import { readConfig } from '../../config.ts'
import { printHistory } from '../../history/print.ts'
import { openExisting } from '../ready.ts'
import { UsageError, wholeFlag, type Verb } from '../verb.ts'

const defaultLast = 50

export const history: Verb = {
  usage: 'history <room> [--last N] [--before SEQ] [--json]',
  about: 'Print the messages of a room (by its name, or id:NUMBER) from MySQL, oldest first.',
  options: {
    last: { type: 'string', value: 'N', about: `how many messages (${defaultLast})` },
    before: { type: 'string', value: 'SEQ', about: 'only messages before this number' },
    json: { type: 'boolean', about: 'one JSON object per line' },
  },
  positionals: 1,
  async run(given, { env, say, print }) {
    const [room] = given.positionals
    if (room === undefined) throw new UsageError('which room? For example: brook history lobby')
    const last = wholeFlag(given, 'last') ?? defaultLast
    const before = wholeFlag(given, 'before')
    const { config, stores } = await openExisting(readConfig(env), say, 'brook history', { reads: true })
    try {
      const json = given.flags['json'] === true
      const found = await printHistory(config, { room, last, json, out: print, ...(before && { before }) })
      if (!found) throw new UsageError(`there is no room "${room}"`)
    } finally {
      await stores.stop()
    }
  },
}
