// Who came, went, or changed how they sign in, and from where: in the server's log, and in the audit log.
import type { FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import { aboutFacts } from '../logging/safe.ts'
import type { AuditAbout, AuditKind } from '../protocol/audit.ts'
import { rates } from '../protocol/rates.ts'
import { personOf, type User } from '../protocol/people.ts'
import { RateLimiter } from '../rate-limiter.ts'
import type { SignInRefusal } from './visitor.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Where what people do with accounts is noted, if anywhere. */
    auditLog?: Pick<Audit, 'add'>
  }
}

type Noted = Pick<User, 'id' | 'name' | 'bot'>

/** Who did what by this request. */
export async function logAccountEvent(
  { log, server, ip: address }: FastifyRequest,
  user: Noted,
  kind: AuditKind,
  about: AuditAbout = {},
): Promise<void> {
  log.info({ ...aboutFacts(about), user: user.id, name: user.name, address }, kind.replaceAll('_', ' '))
  await server.auditLog?.add({ kind, by: personOf(user), address, about })
}

/** Whoever is locked out tries again and again; the first time is noted. */
const lockouts = new RateLimiter(rates.notedLockout)

/** A sign-in that was refused. What was typed as a name may have been a password, so only an account that exists is named. */
export async function logRefusedSignIn(
  { server, ip: address }: FastifyRequest,
  { code, account, name }: SignInRefusal,
): Promise<void> {
  if (code === 'second_factor_needed') return
  const isLockout = code === 'too_many'
  if (isLockout && lockouts.take(`${account ?? ''} ${address}`) > 0) return
  const about = account === undefined ? {} : { person: { id: account, name: name ?? '' } }
  await server.auditLog?.add({ kind: isLockout ? 'locked_out' : 'sign_in_failed', address, about })
}
