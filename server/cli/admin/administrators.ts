// `brook admin list`, `add` and `remove`: who the administrators are. A change applies to open browsers at once.
import { Administrators, type Objection } from '../../account/administrators.ts'
import { Sessions } from '../../account/sessions.ts'
import { withStores } from '../open-stores.ts'
import type { ReadyConfig } from '../ready.ts'
import { UsageError } from '../verb.ts'
import { nobodyCalled, type AdminAction } from './action.ts'

const withAdministrators = (
  config: ReadyConfig,
  work: (all: Administrators) => Promise<string[]>,
): Promise<string[]> =>
  withStores(config, ({ db, redis }) => {
    const sessions = new Sessions(db, redis.cache, { deliver: () => Promise.resolve(true) })
    return work(new Administrators(db, sessions, redis.bus))
  })

const objections: Record<Objection, (name: string) => UsageError> = {
  nobody: nobodyCalled,
  guest: (name) =>
    new UsageError(`${name} is a guest; only a person with a password can be an administrator`),
  already: (name) => new UsageError(`${name} is already an administrator`),
  'no-admin': (name) => new UsageError(`${name} is not an administrator`),
  last: (name) => new UsageError(`${name} is the last administrator; add another first`),
}

export const list: AdminAction = {
  about: 'list the administrators',
  reads: true,
  run: () => (config) =>
    withAdministrators(config, async (all) => {
      const names = (await all.list()).map((person) => person.name)
      return names.length > 0
        ? names
        : ['No administrators yet. Run brook admin link for the address that makes one.']
    }),
}

export const add: AdminAction = {
  usage: 'NAME',
  about: 'make somebody who has a password an administrator',
  run: (name) => (config) =>
    withAdministrators(config, async (all) => {
      const added = await all.add(name)
      if (typeof added === 'string') throw objections[added](name)
      return [`${added.name} is an administrator.`]
    }),
}

export const remove: AdminAction = {
  usage: 'NAME',
  about: 'make them a member again, unless they are the last administrator',
  run: (name) => (config) =>
    withAdministrators(config, async (all) => {
      const removed = await all.remove(name)
      if (typeof removed === 'string') throw objections[removed](name)
      return [`${removed.name} is no longer an administrator.`]
    }),
}
