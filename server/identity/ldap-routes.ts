// The HTTP route for signing in with the name and the password of the directory.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { preHandlerAsyncHookHandler } from 'fastify'
import type { Guesses } from '../account/guesses.ts'
import { logRefusedSignIn } from '../account/account-log.ts'
import type { Visitor } from '../account/visitor.ts'
import { visitorOf, welcome } from '../account/welcome.ts'
import { isRefusal, refuse } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import { UserAnswer, refusals } from '../protocol/http.ts'
import { ChooseAnswer, DirectoryBody } from '../protocol/security.ts'
import type { Ldap } from './ldap.ts'
import type { Provided } from './oidc.ts'
import { keepTicket } from './provided-cookie.ts'
import type { ProvidedPeople } from './provided-people.ts'

export interface LdapRoutes {
  ldap: Ldap
  people: ProvidedPeople
  guesses: Guesses
  /** See access/knocks. */
  knocked: preHandlerAsyncHookHandler
}

/** For a scope that `identify` has prepared. */
export const ldapRoutes: FastifyPluginAsyncTypebox<LdapRoutes> = async (app, deps) => {
  app.post(
    '/api/ldap',
    {
      preHandler: deps.knocked,
      // Who it is shows only once the directory has said so.
      config: { judgesBans: true },
      schema: {
        tags: ['security'],
        security: [],
        summary: 'Sign in by the directory; `choose`: whoever it is may have an account already',
        body: DirectoryBody,
        response: { 200: UserAnswer, 202: ChooseAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, password, invite } = request.body
      const visitor = visitorOf(request)
      const provided = await provide(deps, { name, password, visitor })
      if (isRefusal(provided)) {
        await logRefusedSignIn(request, provided)
        return refuse(reply, provided)
      }
      const came = await deps.people.signIn(provided, visitor, invite)
      if ('choose' in came) {
        keepTicket(request, reply, came.choose)
        return reply.code(202).send(came)
      }
      const entered: Exclude<typeof came, { second: string }> | Refusal =
        'second' in came ? { code: 'second_factor_needed', ticket: came.second } : came
      return welcome(request, reply, { status: 200, kind: 'signed_in' }, entered)
    },
  )
}

/** Wrong passwords count as those of an account here do: nobody tries out more at the directory than at Brook. */
async function provide(
  { ldap, guesses }: LdapRoutes,
  { name, password, visitor }: { name: string; password: string; visitor: Visitor },
): Promise<Provided | Refusal> {
  let provided: Provided | undefined
  const right = await guesses.judge(name, visitor, async (address) => {
    const waitMs = await address.wait()
    if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
    const answer = await ldap.check(name, password)
    if (isRefusal(answer)) return answer
    provided = answer
    if (answer === undefined) await address.failed()
    return answer !== undefined
  })
  if (typeof right === 'object') return right
  return provided ?? { code: 'wrong_password' }
}
