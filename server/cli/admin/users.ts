// `brook user list`, `disable`, `enable`, `reset` and `end-sessions`: what administrators do with accounts, for an operator. Each does what the
// administration pages do, and is noted in the audit log.
import { Sessions } from '../../account/sessions.ts'
import { listPeople } from '../../admin-people/people-list.ts'
import { noteAudit } from '../../audit/audit.ts'
import type { AdminPerson } from '../../protocol/admin-people.ts'
import { limits } from '../../protocol/limits.ts'
import { withDb, withStores } from '../open-stores.ts'
import { idCalled, utc, type AdminAction } from './action.ts'
import { suspend, unban } from './bans.ts'
import { reset } from './links.ts'

export const list: AdminAction = {
  about: 'list everybody who has an account, the newest first',
  reads: true,
  run: () => (config) =>
    withDb(config, async (db) => {
      const lines: string[] = []
      for (let after: string | null | undefined; after !== null;) {
        const page = await listPeople(db, {
          limit: limits.people.page.max,
          ...(after === undefined ? {} : { after }),
        })
        lines.push(...page.people.map(lineOf))
        after = page.next
      }
      return lines.length > 0 ? lines : ['Nobody has an account yet.']
    }),
}

export const disable: AdminAction = {
  ...suspend,
  about: 'suspend the account: they are out at once, and cannot come in until it is enabled',
}

export const enable: AdminAction = {
  ...unban,
  usage: 'NAME',
  about: 'lift that, or a ban',
}

export const resetPassword: AdminAction = reset

export const endSessions: AdminAction = {
  usage: 'NAME',
  about: 'sign them out everywhere; a bot needs a new token afterwards',
  run: (name) => (config) =>
    withStores(config, async ({ db, redis }) => {
      const id = await idCalled(db, name)
      // Running servers are told, and ask by themselves if they cannot be.
      const sessions = new Sessions(db, redis.cache, redis.bus)
      const ended = await db.transaction(async (tx) => {
        const closed = await sessions.closeAll(tx, id)
        await noteAudit(tx, { kind: 'sessions_ended', about: { person: { id, name: '' } } })
        return closed
      })
      await sessions.forget(ended)
      const count = ended.length
      return [`${name} is signed out of ${count} ${count === 1 ? 'session' : 'sessions'}.`]
    }),
}

/** Ann  admin, 2 sessions, last seen 2026-12-07 17:06 UTC */
function lineOf({ name, guest, bot, admin, sessions, lastSeen, ban }: AdminPerson): string {
  const parts = [
    ...(admin ? ['admin'] : []),
    ...(bot ? ['bot'] : []),
    ...(guest ? ['guest'] : []),
    ...(ban === null ? [] : [ban.suspended === true ? 'disabled' : 'banned']),
    `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`,
    ...(lastSeen === null ? [] : [`last seen ${utc(lastSeen)}`]),
  ]
  return `${name}  ${parts.join(', ')}`
}
