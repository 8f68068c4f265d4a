// brook dead: the entries that MySQL rejected because of their content, and what to do with them.
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { revive } from '../../history/sync/revive.ts'
import { DeadLetters, type DeadLetter } from '../../log/dead-letters.ts'
import { RedisProvider } from '../../redis/provider.ts'
import { openExisting, type ReadyConfig } from '../ready.ts'
import { UsageError, wholeFlag, type Surroundings, type Verb } from '../verb.ts'

const defaultLimit = 50
const actions = ['list', 'show', 'retry', 'drop'] as const
type Action = (typeof actions)[number]

export const dead: Verb = {
  usage: 'dead list | show ID | retry ID|all | drop ID|all [--limit N]',
  about: 'Entries that MySQL rejected because of their content: list them, show one, retry or drop them.',
  options: {
    limit: { type: 'string', value: 'N', about: `how many of the newest to list (${defaultLimit})` },
  },
  positionals: 2,
  async run(given, at) {
    const [action, id] = given.positionals
    if (!isAction(action))
      throw new UsageError(`say what to do: ${actions.join(', ')}. See: brook dead --help`)
    if (action !== 'list' && id === undefined)
      throw new UsageError(`which one? brook dead ${action} ID; brook dead list shows them`)
    const limit = wholeFlag(given, 'limit') ?? defaultLimit
    const { config, stores } = await openExisting(readConfig(at.env), at.say, 'brook dead', {
      reads: action === 'list',
    })
    try {
      await withLetters(config, async (letters, db) => {
        const chosen = await choose(letters, id, limit)
        for (const letter of chosen) await perform(action, letter, letters, db, at)
        if (chosen.length === 0) at.print('No dead letters.')
      })
    } finally {
      await stores.stop()
    }
  },
}

const isAction = (word: string | undefined): word is Action => actions.some((action) => action === word)

async function withLetters(
  config: ReadyConfig,
  work: (letters: DeadLetters, db: Db) => Promise<void>,
): Promise<void> {
  const redis = new RedisProvider(config.redis)
  const db = new Db(config.mysql, 1)
  try {
    const letters = new DeadLetters(redis, config.logShards)
    await redis.ready(10_000)
    await work(letters, db)
  } finally {
    redis.close()
    await db.close()
  }
}

async function choose(letters: DeadLetters, id: string | undefined, limit: number): Promise<DeadLetter[]> {
  if (id === undefined || id === 'all') return letters.list(id === 'all' ? 10_000 : limit)
  const letter = await letters.find(id)
  if (letter === undefined) throw new UsageError(`there is no dead letter ${id}`)
  return [letter]
}

async function perform(
  action: Action,
  letter: DeadLetter,
  letters: DeadLetters,
  db: Db,
  { print }: Surroundings,
): Promise<void> {
  switch (action) {
    case 'list':
      return print(`${letter.id}  ${letter.reason}`)
    case 'show':
      return print(JSON.stringify(letter, null, 2))
    case 'retry': {
      const reason = await revive(db, letter)
      if (reason !== undefined) return print(`${letter.id}  still rejected: ${reason}`)
      await letters.drop(letter)
      return print(`${letter.id}  is now in MySQL`)
    }
    case 'drop':
      await letters.drop(letter)
      return print(`${letter.id}  dropped`)
  }
}
