// brook admin: who the administrators are. What it changes is true for their open browsers at once.
import { Administrators, type Objection } from '../../account/administrators.ts'
import { Sessions } from '../../account/sessions.ts'
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { connectRedis, redisCache, whenReady, writerOptions } from '../../redis.ts'
import { openReady, type ReadyConfig } from '../ready.ts'
import { UsageError, type Verb } from '../verb.ts'

const acts = ['list', 'add', 'remove'] as const
type Act = (typeof acts)[number]

const isAct = (word: string | undefined): word is Act => acts.some((act) => act === word)

export const admin: Verb = {
  usage: 'admin list | add NAME | remove NAME',
  about: 'Who looks after this Brook. The first person who signs up with a password is an administrator.',
  options: {},
  words: 2,
  async run({ words }, { env, say, print }) {
    const [act, name] = words
    if (!isAct(act)) throw new UsageError(`say what to do: ${acts.join(', ')}. See: brook admin --help`)
    if (act !== 'list' && name === undefined) throw new UsageError(`who? For example: brook admin ${act} ann`)
    const { config, stores } = await openReady(readConfig(env), say, { verb: 'brook admin', alone: false })
    try {
      for (const line of await withAdministrators(config, (all) => perform(act, name ?? '', all))) print(line)
    } finally {
      await stores.stop()
    }
  },
}

async function withAdministrators<T>(
  config: ReadyConfig,
  work: (all: Administrators) => Promise<T>,
): Promise<T> {
  const redis = connectRedis(config.redis, writerOptions(5_000))
  const db = new Db(config.mysql, 1)
  try {
    await whenReady(redis, 10_000)
    const sessions = new Sessions(db, redisCache(redis), { publish: () => undefined })
    return await work(new Administrators(db, sessions))
  } finally {
    redis.disconnect()
    await db.close()
  }
}

async function perform(act: Act, name: string, all: Administrators): Promise<string[]> {
  switch (act) {
    case 'list': {
      const names = (await all.list()).map((person) => person.name)
      return names.length > 0 ? names : ['Nobody yet: the first person who signs up with a password.']
    }
    case 'add': {
      const added = await all.add(name)
      if (typeof added === 'string') throw new UsageError(objections[added](name))
      return [`${added.name} is an administrator.`]
    }
    case 'remove': {
      const removed = await all.remove(name)
      if (typeof removed === 'string') throw new UsageError(objections[removed](name))
      return [`${removed.name} is no administrator any more.`]
    }
  }
}

const objections: Record<Objection, (name: string) => string> = {
  nobody: (name) => `nobody has the name "${name}"`,
  guest: (name) => `${name} is a guest; a guest becomes an administrator after setting a password`,
  already: (name) => `${name} is an administrator already`,
  'no-admin': (name) => `${name} is no administrator`,
  last: (name) => `${name} is the last administrator; add another first`,
}
