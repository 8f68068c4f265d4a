// brook dead: what MySQL refused by its content, and what to do with it.
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { revive } from '../../history/sync/revive.ts'
import { DeadLetters, type DeadLetter } from '../../log/dead-letters.ts'
import { connectRedis, whenReady, writerOptions } from '../../redis.ts'
import { openReady, type ReadyConfig } from '../ready.ts'
import { UsageError, wholeFlag, type Surroundings, type Verb } from '../verb.ts'

const usualMost = 50
const acts = ['list', 'show', 'retry', 'drop'] as const
type Act = (typeof acts)[number]

export const dead: Verb = {
  usage: 'dead list | show ID | retry ID|all | drop ID|all [--most N]',
  about: 'Entries that MySQL refused by their content: list them, look at one, try them again, or drop them.',
  options: { most: { type: 'string', value: 'N', about: `how many to list, the newest (${usualMost})` } },
  words: 2,
  async run(given, at) {
    const [act, id] = given.words
    if (!isAct(act)) throw new UsageError(`say what to do: ${acts.join(', ')}. See: brook dead --help`)
    if (act !== 'list' && id === undefined)
      throw new UsageError(`which one? brook dead ${act} ID; brook dead list shows them`)
    const most = wholeFlag(given, 'most') ?? usualMost
    const { config, stores } = await openReady(readConfig(at.env), at.say, {
      verb: 'brook dead',
      alone: false,
    })
    try {
      await withLetters(config, async (letters, db) => {
        const chosen = await choose(letters, id, most)
        for (const letter of chosen) await perform(act, letter, letters, db, at)
        if (chosen.length === 0) at.print('No dead letters.')
      })
    } finally {
      await stores.stop()
    }
  },
}

const isAct = (word: string | undefined): word is Act => acts.some((act) => act === word)

async function withLetters(
  config: ReadyConfig,
  work: (letters: DeadLetters, db: Db) => Promise<void>,
): Promise<void> {
  const redis = connectRedis(config.redis, writerOptions(5_000))
  const db = new Db(config.mysql, 1)
  try {
    await whenReady(redis, 10_000)
    await work(new DeadLetters(redis, config.logShards), db)
  } finally {
    redis.disconnect()
    await db.close()
  }
}

async function choose(letters: DeadLetters, id: string | undefined, most: number): Promise<DeadLetter[]> {
  if (id === undefined || id === 'all') return letters.list(id === 'all' ? 10_000 : most)
  const letter = await letters.find(id)
  if (letter === undefined) throw new UsageError(`there is no dead letter ${id}`)
  return [letter]
}

async function perform(
  act: Act,
  letter: DeadLetter,
  letters: DeadLetters,
  db: Db,
  { print }: Surroundings,
): Promise<void> {
  switch (act) {
    case 'list':
      return print(`${letter.id}  ${letter.reason}`)
    case 'show':
      return print(JSON.stringify(letter, null, 2))
    case 'retry': {
      const reason = await revive(db, letter)
      if (reason !== undefined) return print(`${letter.id}  still refused: ${reason}`)
      await letters.drop(letter)
      return print(`${letter.id}  is in MySQL now`)
    }
    case 'drop':
      await letters.drop(letter)
      return print(`${letter.id}  dropped`)
  }
}
