// brook history: prints what was said in a room, from MySQL.
import { readConfig } from '../../config.ts'
import { printHistory } from '../../history/print.ts'
import { openReady } from '../ready.ts'
import { UsageError, wholeFlag, type Verb } from '../verb.ts'

const usualLast = 50

export const history: Verb = {
  usage: 'history <room> [--last N] [--before SEQ] [--json]',
  about: 'Print what was said in a room (its name or its number), oldest first, as MySQL has it.',
  options: {
    last: { type: 'string', value: 'N', about: `how many messages (${usualLast})` },
    before: { type: 'string', value: 'SEQ', about: 'only those before this number' },
    json: { type: 'boolean', about: 'one JSON object a line' },
  },
  words: 1,
  async run(given, { env, say, print }) {
    const [room] = given.words
    if (room === undefined) throw new UsageError('which room? For example: brook history lobby')
    const last = wholeFlag(given, 'last') ?? usualLast
    const before = wholeFlag(given, 'before')
    const use = { verb: 'brook history', alone: false }
    const { config, stores } = await openReady(readConfig(env), say, use)
    try {
      const json = given.flags['json'] === true
      const found = await printHistory(config, { room, last, json, out: print, ...(before && { before }) })
      if (!found) throw new UsageError(`there is no room "${room}"`)
    } finally {
      await stores.stop()
    }
  },
}
