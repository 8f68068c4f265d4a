// brook server: only the server; sync runs elsewhere. Any number of servers share one Redis and one MySQL.
import { readConfig } from '../../config.ts'
import { Metrics } from '../../metrics.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { firstOwnerLine } from '../owner-link.ts'
import { refuseTakenPort } from '../port.ts'
import { openReadyPatiently } from '../ready.ts'
import { readWorkers, serve, workersOption } from '../serve.ts'
import type { Verb } from '../verb.ts'

export const server: Verb = {
  usage: 'server [--workers N|auto]',
  about: 'Run only the server; sync is a separate process. Any number of servers may share the stores.',
  options: { workers: workersOption },
  positionals: 0,
  isProcess: true,
  async run(given, { env, say, print }) {
    const workers = readWorkers(given)
    const chosen = readConfig(env)
    await refuseTakenPort(chosen)
    const stopped = stopSignal(say)
    const use = { verb: 'brook server', alone: false }
    const { config, stores } = await openReadyPatiently(chosen, say, use, stopped)
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const metrics = new Metrics()
      const starting = serve(config, { workers, say, metrics })
      const running = await Promise.race([starting, stopped])
      if (typeof running === 'string') return say(`${running} while waiting for the stores.`)
      parts.unshift({ name: 'The server', close: () => running.close() })
      print(`Brook is open at ${running.address}`)
      void firstOwnerLine(config).then((line) => line !== undefined && print(line))
      const signal = await stopped
      say(`${signal}: draining; signal again to stop at once`)
    } finally {
      await drain(parts, say)
    }
  },
}
