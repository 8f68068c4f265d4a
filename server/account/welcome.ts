// Where a request comes from, and the answer to whoever has come in by it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRefusal, refuse } from '../answer.ts'
import type { AuditKind } from '../protocol/audit.ts'
import type { Refusal } from '../protocol/errors.ts'
import { logAccountEvent, logRefusedSignIn } from './account-log.ts'
import { giveToken } from './token.ts'
import type { SignedIn, Visitor } from './visitor.ts'

export const visitorOf = ({ ip, headers }: FastifyRequest): Visitor => ({
  address: ip,
  agent: headers['user-agent'] ?? '',
})

/** Answers who came in, with their cookie. */
export async function welcome(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, kind }: { status: number; kind: AuditKind },
  came: SignedIn | Refusal,
): Promise<FastifyReply> {
  if (isRefusal(came)) {
    // Nobody has signed in to an account that they were only about to make.
    if (status === 200) await logRefusedSignIn(request, came)
    return refuse(reply, came)
  }
  await logAccountEvent(request, came.user, kind)
  giveToken(request, reply, came.token)
  request.hasSignedIn = status === 200
  return reply.code(status).send({ user: came.user })
}
