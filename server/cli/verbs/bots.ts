// brook bots: the built-in bot (/roll, /remind and /poll) as a separate process.
import { readConfig } from '../../config.ts'
import { runBots } from '../../builtin-bot/run.ts'
import { Metrics } from '../../metrics.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { openReadyPatiently } from '../ready.ts'
import { openMetrics } from '../serve.ts'
import type { Verb } from '../verb.ts'

export const bots: Verb = {
  usage: 'bots',
  about:
    'Run the built-in bot (/roll and /remind). brook start runs it too, unless BOTS=off; any number may run.',
  options: {},
  positionals: 0,
  isProcess: true,
  async run(_given, { env, say }) {
    const stopped = stopSignal(say)
    const use = { verb: 'brook bots', alone: false }
    const { config, stores } = await openReadyPatiently(readConfig(env), say, use, stopped)
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const metrics = new Metrics()
      const running = await runBots(config, { say, metrics })
      parts.unshift({ name: 'The bot', close: () => running.close() })
      parts.unshift({ name: 'The metrics', ...(await openMetrics(config, metrics)) })
      say('The bot is running (/roll, /remind); press Ctrl-C to stop it')
      say(`${await stopped}: finishing the work in progress; signal again to stop at once`)
    } finally {
      await drain(parts, say)
    }
  },
}
