// Makes sure that it is really the person who is signed in, and not whoever has found their browser open.
import type { FastifyRequest } from 'fastify'
import type { Accounts } from '../account/accounts.ts'
import { requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import type { User } from '../protocol/people.ts'

/** Of a request that has passed `onlySignedIn`. @throws Refused if this is not their password */
export async function confirmedUser(
  request: Pick<FastifyRequest, 'session'>,
  password: string,
  accounts: Pick<Accounts, 'refusePassword'>,
): Promise<User> {
  const session = requireSession(request)
  const refusal = await accounts.refusePassword(session, password)
  if (refusal !== undefined) throw new Refused(refusal)
  return session.user
}
