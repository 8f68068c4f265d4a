// brook reindex: makes the index of search again from the messages, while people talk.
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { rebuild } from '../../search/rebuild.ts'
import { stopSignal } from '../drain.ts'
import { openReady } from '../ready.ts'
import { UsageError, wholeFlag, type Verb } from '../verb.ts'

const usualShare = 60
const tellEveryMs = 1_000

export const reindex: Verb = {
  usage: 'reindex [--share N] [--again]',
  about:
    'Compare the index of search with the messages, block by block, and mend it, while people talk. ' +
    'A run that was ended is gone on with by the next.',
  options: {
    share: { type: 'string', value: 'N', about: `percent of the time it works, 1 to 100 (${usualShare})` },
    again: { type: 'boolean', about: 'from the beginning, also when a run was left unfinished' },
  },
  words: 0,
  async run(given, { env, say }) {
    const share = wholeFlag(given, 'share') ?? usualShare
    if (share > 100) throw new UsageError(`--share is a percentage, 1 to 100, not ${share}`)
    const { config, stores } = await openReady(readConfig(env), say, { verb: 'brook reindex', alone: false })
    const db = new Db(config.mysql, 4)
    const stop = new AbortController()
    void stopSignal(say).then((signal) => stop.abort(signal))
    let told = Date.now()
    try {
      const done = await rebuild(db, {
        ...{ share, again: given.flags['again'] === true, signal: stop.signal },
        onProgress: ({ done, of, messages, mended }) => {
          if (Date.now() - told < tellEveryMs) return
          told = Date.now()
          say(`reindex: ${done} of ${of} blocks, ${messages} messages, ${mended} rows mended`)
        },
      })
      const which = done.wentOn ? 'went on with the last run: ' : ''
      say(
        `reindex: ${which}${done.blocks} blocks with ${done.messages} messages compared, ${done.mended} rows mended, ` +
          `${done.added} messages added`,
      )
      return 0
    } catch (error) {
      if (!stop.signal.aborted) throw error
      say('reindex: ended; the next run goes on from here')
      return 1
    } finally {
      await db.close()
      await stores.stop()
    }
  },
}
