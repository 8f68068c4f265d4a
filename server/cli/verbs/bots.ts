// brook bots: the house's own bot as a process of its own: /roll, /remind and /poll.
import { readConfig } from '../../config.ts'
import { runBots } from '../../house-bot/run.ts'
import { drain, stopSignal, type Part } from '../drain.ts'
import { openReadyPatiently } from '../ready.ts'
import type { Verb } from '../verb.ts'

export const bots: Verb = {
  usage: 'bots',
  about:
    'Run the bot that answers /roll, /remind and /poll. brook start runs it too, unless BOTS=off; any number may run.',
  options: {},
  words: 0,
  async run(_given, { env, say }) {
    const stopped = stopSignal(say)
    const use = { verb: 'brook bots', alone: false }
    const { config, stores } = await openReadyPatiently(readConfig(env), say, use, stopped)
    const parts: Part[] = [{ name: 'The stores', close: () => stores.stop() }]
    try {
      const running = await runBots(config, { say })
      parts.unshift({ name: 'The bot', close: () => running.close() })
      say('The bot answers /roll, /remind and /poll; Ctrl-C ends it')
      say(`${await stopped}: finishing what is under way; once more ends it at once`)
    } finally {
      await drain(parts, say)
    }
  },
}
