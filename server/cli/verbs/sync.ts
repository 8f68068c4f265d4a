// brook sync: carries the log into MySQL, until it is stopped or, with --once, until nothing is left.
import { readConfig } from '../../config.ts'
import { runSync } from '../../history/sync/run-sync.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { openReady, openReadyPatiently } from '../ready.ts'
import { UsageError, type Verb } from '../verb.ts'
import { syncNow, syncStatus } from './sync-asks.ts'

export const sync: Verb = {
  usage: 'sync [--once] | now | status [--json]',
  about:
    'Carry what was said from Redis into MySQL, by SYNC_CRON. now: ask the sync that runs to do it at once. ' +
    'status: how the archive stands, and every sync process.',
  options: {
    once: { type: 'boolean', about: 'one run, until nothing is left; then end' },
    json: { type: 'boolean', about: 'status as JSON' },
  },
  words: 1,
  async run({ words, flags }, at) {
    const { env, say } = at
    const [ask] = words
    if (ask !== undefined) {
      if (ask !== 'now' && ask !== 'status')
        throw new UsageError(`brook sync ${ask} is not known. See: brook sync --help`)
      const use = { verb: `brook sync ${ask}`, alone: false }
      const { config, stores } = await openReady(readConfig(env), say, use)
      const asking = ask === 'now' ? syncNow(config, at) : syncStatus(config, flags['json'] === true, at)
      return asking.finally(() => stores.stop())
    }
    const once = flags['once'] === true
    const stopped = stopSignal(say)
    const use = { verb: 'brook sync', alone: false }
    const chosen = readConfig(env)
    const { config, stores } = await (once
      ? openReady(chosen, say, use)
      : openReadyPatiently(chosen, say, use, stopped))
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const starting = runSync(config, { once, say })
      const running = await (once ? Promise.race([starting, stopped]) : starting)
      if (typeof running === 'string') return say(`${running}: ended; the next run goes on from here`)
      parts.unshift({ name: 'Sync', close: () => running.close() })
      if (once) return
      say('Sync runs; Ctrl-C ends it')
      say(`${await stopped}: finishing this batch; once more ends it at once`)
    } finally {
      await drain(parts, say)
    }
  },
}
