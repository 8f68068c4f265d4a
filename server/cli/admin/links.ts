// `brook admin link` and `reset`: addresses that make whoever opens them an administrator, or set a new password.
import { isRefusal } from '../../answer.ts'
import { noteAudit } from '../../audit/audit.ts'
import { ResetLinks, resetUrl } from '../../identity/reset-links.ts'
import { Tickets } from '../../identity/tickets.ts'
import { withDb } from '../open-stores.ts'
import { localAddress, makeUrl } from '../owner-link.ts'
import { nobodyCalled, type AdminAction } from './action.ts'

export const link: AdminAction = {
  about: 'print a link that creates an administrator',
  run: () => (config) => withDb(config, async (db) => [await makeUrl(config, db, localAddress(config))]),
}

export const reset: AdminAction = {
  usage: 'NAME',
  about: 'print a link by which somebody, also an administrator, sets a new password',
  run: (name, { flags }) => {
    const secondFactor = flags['second-factor'] === true
    return (config) =>
      withDb(config, async (db) => {
        const links = new ResetLinks(db, new Tickets(db))
        const id = await links.idOf(name)
        const made = id === undefined ? undefined : await links.make(id, { secondFactor, byCommand: true })
        if (made === undefined || isRefusal(made)) throw nobodyCalled(name)
        const about = { person: made.person, ...(secondFactor ? { changed: { secondFactor } } : {}) }
        await db.transaction((tx) => noteAudit(tx, { kind: 'reset_made', about }))
        return [resetUrl(config.publicUrl?.origin ?? localAddress(config), made.reset)]
      })
  },
}
