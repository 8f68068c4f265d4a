// brook config check: reads the settings as a start would, and says what is wrong with them, before anything is started.
import { lookAtSettings, lookAtStores } from '../config-check.ts'
import { UsageError, type Verb } from '../verb.ts'

export const configVerb: Verb = {
  usage: 'config check',
  about:
    'Read the settings as a start would: each that is wrong or unknown is one line, and each store and service that is set is asked. ' +
    'It starts and changes nothing, and exits with 1 if something is wrong.',
  options: {},
  positionals: 1,
  async run({ positionals }, { env, print }) {
    if (positionals[0] !== 'check') throw new UsageError('for example: brook config check')
    const { found, config } = lookAtSettings(env)
    const all = config === undefined ? found : [...found, ...(await lookAtStores(config))]
    const width = Math.max(...all.map(({ what }) => what.length))
    for (const { what, words, wrong } of all)
      print(`${wrong ? 'wrong' : 'ok   '}  ${what.padEnd(width)}  ${words}`)
    return all.some(({ wrong }) => wrong) ? 1 : 0
  },
}
