// brook server: one server process; sync runs elsewhere. Many of them share one Redis and one MySQL.
import { readConfig } from '../../config.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { refuseTakenPort } from '../port.ts'
import { openReadyPatiently } from '../ready.ts'
import { readWorkers, serve, workersOption } from '../serve.ts'
import type { Verb } from '../verb.ts'

export const server: Verb = {
  usage: 'server [--workers N|auto]',
  about: 'Run the server alone; sync is another process. Any number of servers may share the stores.',
  options: { workers: workersOption },
  words: 0,
  async run(given, { env, say, print }) {
    const workers = readWorkers(given)
    const chosen = readConfig(env)
    await refuseTakenPort(chosen)
    const stopped = stopSignal(say)
    const use = { verb: 'brook server', alone: false }
    const { config, stores } = await openReadyPatiently(chosen, say, use, stopped)
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const starting = serve(config, workers, say)
      const running = await Promise.race([starting, stopped])
      if (typeof running === 'string') return say(`${running} while waiting for the stores.`)
      parts.unshift({ name: 'The server', close: () => running.close() })
      print(`Brook is open at ${running.address}`)
      const signal = await stopped
      say(`${signal}: draining; once more ends it at once`)
    } finally {
      await drain(parts, say)
    }
  },
}
