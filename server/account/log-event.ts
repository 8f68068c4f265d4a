// What people do with accounts, in the log: one place, for whoever writes it down elsewhere too.
import type { FastifyRequest } from 'fastify'
import type { Person } from '../protocol/people.ts'

/** Who did what, from where. `facts`: whom it concerns, and how. */
export function logAccountEvent(
  request: FastifyRequest,
  { id, name }: Pick<Person, 'id' | 'name'>,
  event: string,
  facts: Record<string, unknown> = {},
): void {
  request.log.info({ user: id, name, address: request.ip, ...facts }, event)
}
