// The room in a request's address, for all routes of rooms.
import type { FastifyRequest } from 'fastify'
import { requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import type { Memberships } from './memberships.ts'
import type { SeenRoom } from './roster.ts'

/**
 * The room, as this person sees it: one of theirs, or public.
 * @throws Refused `not_found` for any other, whether it exists or not
 */
export async function requireRoom(
  memberships: Pick<Memberships, 'find'>,
  request: Pick<FastifyRequest, 'session'> & { params: { room: string } },
): Promise<SeenRoom> {
  const seen = await memberships.find(requireSession(request).user.id, request.params.room)
  if (seen === undefined) throw new Refused({ code: 'not_found' })
  return seen
}
