// The gate for HTTP routes.
import type { FastifyRequest } from 'fastify'
import { requireSession } from '../account/identify.ts'
import { granted } from '../answer.ts'
import type { Right } from '../protocol/rights.ts'
import type { Action, Gate, Passed } from './gate.ts'

/**
 * The person of the request, once the gate has let them do this in the room of the address.
 * @throws Refused if it does not
 */
export async function requirePass(
  gate: Gate,
  request: Pick<FastifyRequest, 'session' | 'body'> & { params: { room: string } },
  action: Action,
  rights: readonly Right[] = [],
): Promise<Passed> {
  const { user } = requireSession(request)
  const { cid } = (request.body ?? {}) as { cid?: string }
  return granted(await gate.pass({ actor: user, action, room: request.params.room, rights, cid }))
}
