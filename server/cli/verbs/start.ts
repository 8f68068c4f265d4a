// brook start: everything in one process. Stores, tables, server and sync, in this order; ended in the other order.
import { readConfig } from '../../config.ts'
import { runSync } from '../../history/sync/run-sync.ts'
import { runBots } from '../../house-bot/run.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { refuseTakenPort } from '../port.ts'
import { openReadyPatiently } from '../ready.ts'
import { readWorkers, serve, workersOption } from '../serve.ts'
import type { Verb } from '../verb.ts'

export const start: Verb = {
  usage: 'start [--workers N|auto]',
  about: 'Run Brook: the stores (unless REDIS_URL and MYSQL_URL name others), the server and sync.',
  options: { workers: workersOption },
  words: 0,
  async run(given, { env, say, print }) {
    const workers = readWorkers(given)
    const chosen = readConfig(env)
    await refuseTakenPort(chosen)
    const stopped = stopSignal(say)
    say(
      chosen.redis !== undefined && chosen.mysql !== undefined
        ? 'Reaching Redis and MySQL'
        : `Starting the stores in ${chosen.dataDir}`,
    )
    const use = { verb: 'brook start', alone: true }
    const { config, stores } = await openReadyPatiently(chosen, say, use, stopped)
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const starting = serve(config, workers, say)
      const server = await Promise.race([starting, stopped])
      if (typeof server === 'string') return say(`${server} while waiting for the stores.`)
      parts.unshift({ name: 'The server', close: () => server.close() })
      const sync = await runSync(config, { say })
      parts.splice(1, 0, { name: 'Sync', close: () => sync.close() })
      // Talking does not depend on it: a bot that cannot start is told, and Brook is open.
      if (config.bots)
        await runBots(config, { say }).then(
          (bots) => parts.unshift({ name: 'The bot', close: () => bots.close() }),
          (error: unknown) => say(`bots: ${(error as Error).message}; Brook runs without them`),
        )
      print(`Brook is open at ${server.address}`)
      const signal = await stopped
      say(`${signal}: draining; once more ends it at once`)
    } finally {
      await drain(parts, say)
    }
    say('Brook is closed; everything said is kept.')
  },
}
