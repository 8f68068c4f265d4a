// The people of the workspace, for administrators: the list, and the end of somebody's sessions. Bans are in moderation/.
import { onlyAdmin } from '../account/identify.ts'
import type { Sessions } from '../account/sessions.ts'
import { refuse } from '../answer.ts'
import type { Core } from '../core.ts'
import type { Db } from '../db.ts'
import type { Feature } from '../feature.ts'
import { AdminPeopleAnswer, AdminPeopleQuery, AdminPersonParams } from '../protocol/admin-people.ts'
import { nothing, refusals } from '../protocol/http.ts'
import { listPeople } from './people-list.ts'

const tags = ['administration']

export function adminPeopleFeature(
  { db }: Core,
  { sessions }: { sessions: Pick<Sessions, 'closeAll' | 'forget'> },
): Feature {
  return {
    routes: async (app) => {
      app.addHook('preHandler', onlyAdmin)

      app.get(
        '/api/admin/people',
        {
          schema: {
            tags,
            summary: 'Everybody who has an account, page by page',
            querystring: AdminPeopleQuery,
            response: { 200: AdminPeopleAnswer, ...refusals },
          },
        },
        (request) => listPeople(db, request.query),
      )

      app.delete(
        '/api/admin/people/:user/sessions',
        {
          config: { audit: 'sessions_ended' },
          schema: {
            tags,
            summary: 'Sign somebody out everywhere; a bot needs a new token afterwards',
            params: AdminPersonParams,
            response: { 204: nothing, ...refusals },
          },
        },
        async (request, reply) => {
          const { user } = request.params
          if (!(await isKnown(db, user))) return refuse(reply, { code: 'no_such_person' })
          await sessions.forget(await db.transaction((tx) => sessions.closeAll(tx, user)))
          return reply.code(204).send(null)
        },
      )
    },
  }
}

const isKnown = async (db: Db, user: string): Promise<boolean> =>
  (await db.rows('SELECT id FROM users WHERE id = ?', [BigInt(user)])).length > 0
