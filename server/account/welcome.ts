// Where a request comes from, and the answer to whoever has come in by it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRefusal, refuse } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import { logAccountEvent } from './log-event.ts'
import { giveToken } from './token.ts'
import type { SignedIn, Visitor } from './visitor.ts'

export const visitorOf = ({ ip, headers }: FastifyRequest): Visitor => ({
  address: ip,
  agent: headers['user-agent'] ?? '',
})

/** Answers who came in, with their cookie. */
export function welcome(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, event }: { status: number; event: string },
  came: SignedIn | Refusal,
): FastifyReply {
  if (isRefusal(came)) return refuse(reply, came)
  logAccountEvent(request, came.user, event)
  giveToken(request, reply, came.token)
  return reply.code(status).send({ user: came.user })
}
