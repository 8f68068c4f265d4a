// What of a person GET and PATCH /api/me have besides the name: each feature reads, checks and changes its own fields.
import type { FastifyRequest } from 'fastify'
import type { MeAnswer, MeBody, MeChanged } from '../protocol/naming.ts'

export interface OwnFields {
  /** Its part of GET /api/me. */
  read(userId: string): Promise<Partial<MeAnswer>>
  /**
   * Checks its fields of a request. Undefined: there are none. Otherwise what changes them, called once everything in the request
   * has been checked; what that returns is part of the answer.
   * @throws Refused if they are not valid, or have changed too often
   */
  prepare(request: FastifyRequest, body: MeBody): Promise<(() => Promise<Partial<MeChanged>>) | undefined>
}
