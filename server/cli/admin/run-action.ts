// How a verb runs one of its actions: `brook admin ban ann` and `brook user list`.
import { readConfig } from '../../config.ts'
import { openExisting } from '../ready.ts'
import { UsageError, type Given, type Surroundings } from '../verb.ts'
import type { AdminAction } from './action.ts'

type Actions = Record<string, AdminAction>

const wordsOf = ({ usage }: AdminAction): number => (usage === undefined ? 0 : usage.split(' ').length)

/** How many words follow such a verb, at most. */
export const wordsOfAll = (actions: Actions): number => 1 + Math.max(...Object.values(actions).map(wordsOf))

/** @throws UsageError */
export async function runAction(
  { verb, actions }: { verb: string; actions: Actions },
  given: Given,
  { env, say, print }: Surroundings,
): Promise<void> {
  const [name = '', ...words] = given.positionals
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action === undefined)
    throw new UsageError(`say what to do: ${Object.keys(actions).join(', ')}. See: brook ${verb} --help`)
  if (action.usage !== undefined && words.length === 0)
    throw new UsageError(`who? For example: brook ${verb} ${name} ann`)
  const extra = words[wordsOf(action)]
  if (extra !== undefined) throw new UsageError(`what is "${extra}"?`)
  const work = action.run(words[0] ?? '', given)
  const { config, stores } = await openExisting(readConfig(env), say, `brook ${verb}`, {
    reads: action.reads === true,
  })
  try {
    for (const line of await work(config)) print(line)
  } finally {
    await stores.stop()
  }
}
