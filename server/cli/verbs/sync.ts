// brook sync: copies the log into MySQL until it is stopped or, with --once, until nothing is left.
import { readConfig } from '../../config.ts'
import { runSync } from '../../history/sync/run-sync.ts'
import { Metrics } from '../../metrics.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { openExisting, openReady, openReadyPatiently } from '../ready.ts'
import { openMetrics } from '../serve.ts'
import { UsageError, type Verb } from '../verb.ts'
import { syncNow, syncStatus } from './sync-asks.ts'

export const sync: Verb = {
  usage: 'sync [--once] | now | status [--json]',
  about:
    'Archive messages from Redis to MySQL on the SYNC_CRON schedule. now: ask the running sync to archive at once. ' +
    'status: show the state of the archive and of every sync process.',
  options: {
    once: { type: 'boolean', about: 'run once, until nothing is left, then exit' },
    json: { type: 'boolean', about: 'print the status as JSON' },
  },
  positionals: 1,
  isProcess: true,
  async run({ positionals, flags }, at) {
    const { env, say } = at
    const [ask] = positionals
    if (ask !== undefined) {
      if (ask !== 'now' && ask !== 'status')
        throw new UsageError(`unknown subcommand "${ask}". See: brook sync --help`)
      const { config, stores } = await openExisting(readConfig(env), say, `brook sync ${ask}`, {
        reads: ask === 'status',
      })
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
      const metrics = new Metrics()
      const starting = runSync(config, { once, say, metrics })
      const running = await (once ? Promise.race([starting, stopped]) : starting)
      if (typeof running === 'string') return say(`${running}: stopped; the next run continues from here`)
      parts.unshift({ name: 'Sync', close: () => running.close() })
      if (once) return
      parts.unshift({ name: 'The metrics', ...(await openMetrics(config, metrics)) })
      say('Sync is running; press Ctrl-C to stop it')
      say(`${await stopped}: finishing this batch; signal again to stop at once`)
    } finally {
      await drain(parts, say)
    }
  },
}
