// brook admin: lists and changes the administrators, and prints the link that makes one. A change applies to their open
// browsers at once.
import { Administrators, type Objection } from '../../account/administrators.ts'
import { Sessions } from '../../account/sessions.ts'
import { newOwnerUrl, newResetUrl } from '../owner-link.ts'
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { RedisProvider } from '../../redis/provider.ts'
import { openExisting, type ReadyConfig } from '../ready.ts'
import { UsageError, type Verb } from '../verb.ts'

const actions = ['list', 'add', 'remove', 'link', 'reset'] as const
type Action = (typeof actions)[number]

const isAction = (word: string | undefined): word is Action => actions.some((action) => action === word)

export const admin: Verb = {
  usage: 'admin list | add NAME | remove NAME | link | reset NAME',
  about:
    'List, add or remove administrators. link: print a link that creates an administrator. reset: print a link by which somebody sets a new password.',
  options: {
    'second-factor': { type: 'boolean', about: 'reset: takes their second factor away too' },
  },
  positionals: 2,
  async run({ positionals, flags }, { env, say, print }) {
    const [action, name] = positionals
    if (!isAction(action))
      throw new UsageError(`say what to do: ${actions.join(', ')}. See: brook admin --help`)
    if (action !== 'list' && action !== 'link' && name === undefined)
      throw new UsageError(`who? For example: brook admin ${action} ann`)
    const { config, stores } = await openExisting(readConfig(env), say, 'brook admin', {
      reads: action === 'list',
    })
    try {
      if (action === 'link') print(await newOwnerUrl(config))
      else if (action === 'reset')
        print(await newResetUrl(config, name ?? '', flags['second-factor'] === true))
      else
        for (const line of await withAdministrators(config, (all) => perform(action, name ?? '', all)))
          print(line)
    } finally {
      await stores.stop()
    }
  },
}

async function withAdministrators<T>(
  config: ReadyConfig,
  work: (all: Administrators) => Promise<T>,
): Promise<T> {
  const redis = new RedisProvider(config.redis)
  const db = new Db(config.mysql, 1)
  try {
    const sessions = new Sessions(db, redis.cache, { deliver: () => Promise.resolve(true) })
    await redis.ready(10_000)
    return await work(new Administrators(db, sessions))
  } finally {
    redis.close()
    await db.close()
  }
}

async function perform(
  action: Exclude<Action, 'link' | 'reset'>,
  name: string,
  all: Administrators,
): Promise<string[]> {
  switch (action) {
    case 'list': {
      const names = (await all.list()).map((person) => person.name)
      return names.length > 0
        ? names
        : ['No administrators yet. Run brook admin link for the address that makes one.']
    }
    case 'add': {
      const added = await all.add(name)
      if (typeof added === 'string') throw new UsageError(objections[added](name))
      return [`${added.name} is an administrator.`]
    }
    case 'remove': {
      const removed = await all.remove(name)
      if (typeof removed === 'string') throw new UsageError(objections[removed](name))
      return [`${removed.name} is no longer an administrator.`]
    }
  }
}

const objections: Record<Objection, (name: string) => string> = {
  nobody: (name) => `there is nobody with the name "${name}"`,
  guest: (name) => `${name} is a guest; only a person with a password can be an administrator`,
  already: (name) => `${name} is already an administrator`,
  'no-admin': (name) => `${name} is not an administrator`,
  last: (name) => `${name} is the last administrator; add another first`,
}
