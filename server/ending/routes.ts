// The HTTP route by which somebody ends their account.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Accounts } from '../account/accounts.ts'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { takeTokenBack } from '../account/token.ts'
import { refuse } from '../answer.ts'
import { confirmedUser } from '../identity/confirmed.ts'
import { EndBody } from '../protocol/ending.ts'
import { nothing, refusals } from '../protocol/http.ts'
import type { AccountEnds } from './account-ends.ts'

export interface EndingRoutes {
  ends: AccountEnds
  accounts: Pick<Accounts, 'refusePassword'>
  /** There is something to carry out. */
  onEnd: () => void
}

export const endingRoutes: FastifyPluginAsyncTypebox<EndingRoutes> = async (
  app,
  { ends, accounts, onEnd },
) => {
  app.delete(
    '/api/me',
    {
      preHandler: [onlySignedIn, onlyPeople],
      schema: {
        tags: ['account'],
        summary:
          'End your account for good; needs your password, if you have one. Your messages stay or are deleted',
        body: EndBody,
        response: {
          204: nothing,
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const session = requireSession(request)
      const { messages, password = '' } = request.body
      if (!session.user.guest) await confirmedUser(request, password, accounts)
      const refusal = await ends.end({ session, address: request.ip }, messages)
      if (refusal !== undefined) return refuse(reply, refusal)
      onEnd()
      takeTokenBack(request, reply)
      return reply.code(204).send(null)
    },
  )
}
