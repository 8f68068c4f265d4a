// brook reindex: checks and repairs the search index while the server runs.
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { rebuild } from '../../search/rebuild.ts'
import { stopSignal } from '../drain.ts'
import { openExisting } from '../ready.ts'
import { UsageError, wholeFlag, type Verb } from '../verb.ts'

const defaultShare = 60
const reportEveryMs = 1_000

export const reindex: Verb = {
  usage: 'reindex [--share N] [--again]',
  about:
    'Compare the search index with the messages, block by block, and repair it while the server runs. ' +
    'The next run continues an interrupted one.',
  options: {
    share: { type: 'string', value: 'N', about: `percentage of time it works, 1 to 100 (${defaultShare})` },
    again: { type: 'boolean', about: 'start from the beginning, even if a run was interrupted' },
  },
  positionals: 0,
  async run(given, { env, say }) {
    const share = wholeFlag(given, 'share') ?? defaultShare
    if (share > 100) throw new UsageError(`--share is a percentage, 1 to 100, not ${share}`)
    const { config, stores } = await openExisting(readConfig(env), say, 'brook reindex')
    const db = new Db(config.mysql, 4)
    const stop = new AbortController()
    void stopSignal(say).then((signal) => stop.abort(signal))
    let reportedAt = Date.now()
    try {
      const done = await rebuild(db, {
        share,
        again: given.flags['again'] === true,
        signal: stop.signal,
        onProgress: ({ done, of, messages, mended }) => {
          if (Date.now() - reportedAt < reportEveryMs) return
          reportedAt = Date.now()
          say(`reindex: ${done} of ${of} blocks, ${messages} messages, ${mended} rows repaired`)
        },
      })
      const which = done.wentOn ? 'continued the last run: ' : ''
      say(
        `reindex: ${which}${done.blocks} blocks with ${done.messages} messages compared, ${done.mended} rows repaired, ` +
          `${done.added} messages added`,
      )
      return 0
    } catch (error) {
      if (!stop.signal.aborted) throw error
      say('reindex: stopped; the next run continues from here')
      return 1
    } finally {
      await db.close()
      await stores.stop()
    }
  },
}
