// brook start: everything in one process: stores, migrations, server and sync, stopped in reverse order.
import { readConfig } from '../../config.ts'
import { runSync } from '../../history/sync/run-sync.ts'
import { runBots } from '../../builtin-bot/run.ts'
import { Metrics } from '../../metrics.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { firstOwnerLine } from '../owner-link.ts'
import { refuseTakenPort } from '../port.ts'
import { openReadyPatiently } from '../ready.ts'
import { readWorkers, serve, workersOption } from '../serve.ts'
import type { Verb } from '../verb.ts'

export const start: Verb = {
  usage: 'start [--workers N|auto]',
  about: 'Run Brook: the stores (unless REDIS_URL and MYSQL_URL name others), the server and sync.',
  options: { workers: workersOption },
  positionals: 0,
  isProcess: true,
  async run(given, { env, say, print }) {
    const workers = readWorkers(given)
    const chosen = readConfig(env)
    await refuseTakenPort(chosen)
    const stopped = stopSignal(say)
    say(
      chosen.redis !== undefined && chosen.mysql !== undefined
        ? 'Connecting to Redis and MySQL'
        : `Starting the stores in ${chosen.dataDir}`,
    )
    const use = { verb: 'brook start', alone: true }
    const { config, stores } = await openReadyPatiently(chosen, say, use, stopped)
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const metrics = new Metrics()
      const starting = serve(config, { workers, say, metrics })
      const server = await Promise.race([starting, stopped])
      if (typeof server === 'string') return say(`${server} while waiting for the stores.`)
      parts.unshift({ name: 'The server', close: () => server.close() })
      const sync = await runSync(config, { say, metrics })
      parts.splice(1, 0, { name: 'Sync', close: () => sync.close() })
      // Chat does not depend on the bot: if it cannot start, that is reported, and Brook runs without it.
      if (config.bots)
        await runBots(config, { say, metrics }).then(
          (bots) => parts.unshift({ name: 'The bot', close: () => bots.close() }),
          (error: unknown) => say(`bots: ${(error as Error).message}; Brook runs without them`, 'error'),
        )
      print(`Brook is open at ${server.address}`)
      void firstOwnerLine(config, server.address).then((line) => line !== undefined && print(line))
      const signal = await stopped
      say(`${signal}: draining; signal again to stop at once`)
    } finally {
      await drain(parts, say)
    }
    say('Brook has stopped; all messages are saved.')
  },
}
