// Who came, went or changed their password, and from where: in the server's log, and in the audit log.
import type { FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import type { AuditKind } from '../protocol/audit.ts'
import { rates } from '../protocol/rates.ts'
import { personOf, type User } from '../protocol/people.ts'
import { RateLimiter } from '../rate-limiter.ts'
import type { SignInRefusal } from './accounts.ts'

type Noted = Pick<User, 'id' | 'name' | 'bot'>

export class AccountLog {
  readonly #audit: Pick<Audit, 'add'>
  /** Whoever is locked out tries again and again; the first time is noted. */
  readonly #lockouts = new RateLimiter(rates.notedLockout)

  constructor(audit: Pick<Audit, 'add'>) {
    this.#audit = audit
  }

  /** Notes what somebody has done by this request. */
  as(request: FastifyRequest, kind: AuditKind): (user: Noted) => Promise<void> {
    return async (user) => {
      request.log.info({ user: user.id, name: user.name, address: request.ip }, kind.replaceAll('_', ' '))
      await this.#audit.add({ kind, by: personOf(user), address: request.ip })
    }
  }

  /** A sign-in that was refused. What was typed as a name may have been a password, so only an account that exists is named. */
  async failed({ ip: address }: FastifyRequest, { code, account, name }: SignInRefusal): Promise<void> {
    const isLockout = code === 'too_many'
    if (isLockout && this.#lockouts.take(`${account ?? ''} ${address}`) > 0) return
    const about = account === undefined ? {} : { person: { id: account, name: name ?? '' } }
    await this.#audit.add({ kind: isLockout ? 'locked_out' : 'sign_in_failed', address, about })
  }
}
