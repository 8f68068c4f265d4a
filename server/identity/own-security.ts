// What one person has, sets up and takes away; and what administrators ask of each other. Whether it is really them is
// decided by whoever calls.
import type { Session, Sessions } from '../account/sessions.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Bus } from '../bus.ts'
import type { Db } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { User } from '../protocol/people.ts'
import type { RecoveryCodesAnswer, SecurityAnswer, SecurityRules, TotpAnswer } from '../protocol/security.ts'
import type { Passkeys } from './passkeys.ts'
import type { Oidc } from './oidc.ts'
import type { ProvidedPeople } from './provided-people.ts'
import { adminsNeedFactor, sessionsWithoutFactor, setAdminsNeedFactor } from './requirement.ts'
import type { SecondFactors } from './second-factors.ts'
import type { Tickets } from './tickets.ts'
import { newSecret, uriOf } from './totp.ts'

export interface OwnSecurityDeps {
  db: Db
  bus: Pick<Bus, 'deliver'>
  sessions: Pick<Sessions, 'closeOthers' | 'forget' | 'refreshAll'>
  factors: SecondFactors
  passkeys: Pick<Passkeys, 'of'>
  tickets: Tickets
  settings: Pick<WorkspaceSettings, 'read'>
  /** Undefined: there is no identity provider. */
  provider: { oidc: Pick<Oidc, 'name'>; people: Pick<ProvidedPeople, 'isConnected'> } | undefined
}

export class OwnSecurity {
  readonly #deps: OwnSecurityDeps

  constructor(deps: OwnSecurityDeps) {
    this.#deps = deps
  }

  /** `rpId`: the name under which they ask; undefined: no passkey can belong to it. */
  async of({ id }: User, rpId: string | undefined): Promise<SecurityAnswer> {
    const { db, factors, passkeys, provider } = this.#deps
    const sql = 'SELECT id FROM users WHERE id = ? AND password_hash IS NOT NULL'
    const hasPassword = (await db.rows(sql, [BigInt(id)])).length > 0
    const isConnected = (await provider?.people.isConnected(id)) ?? false
    return {
      hasPassword,
      ...(await factors.of(id)),
      passkeys: await passkeys.of(id, rpId),
      provider: provider === undefined ? null : { name: provider.oidc.name, isConnected },
    }
  }

  /** A new secret, which counts once it is confirmed. */
  async begin({ id, name }: User): Promise<TotpAnswer> {
    const { settings, tickets } = this.#deps
    const secret = newSecret()
    const { name: workspace } = await settings.read()
    const begun = { userId: id, data: { secret }, lifeMs: limits.identity.setUpMs, isOnlyOne: true }
    return { ticket: await tickets.make('totp', begun), secret, uri: uriOf(secret, workspace, name) }
  }

  /** Sets the second factor; the person's other sessions end. */
  async confirm(
    session: Session,
    { ticket, code }: { ticket: string; code: string },
  ): Promise<RecoveryCodesAnswer | Refusal> {
    const { db, factors, tickets, sessions } = this.#deps
    const { id } = session.user
    const done = await db.transaction(async (tx) => {
      const begun = await tickets.find('totp', ticket, tx)
      if (begun?.userId !== id) return { code: 'ticket_over' } as const
      const recoveryCodes = await factors.set(tx, id, {
        secret: begun.data.secret,
        code: code.replaceAll(' ', ''),
      })
      if (recoveryCodes === undefined) return { code: 'wrong_code' } as const
      // Last: of two at once, the other one is undone.
      if ((await tickets.use(tx, 'totp', ticket)) === undefined) return { code: 'ticket_over' } as const
      return { recoveryCodes, ended: await sessions.closeOthers(tx, session) }
    })
    if ('code' in done) return done
    await sessions.forget(done.ended)
    await sessions.refreshAll(id)
    return { recoveryCodes: done.recoveryCodes }
  }

  /** False: there was none. */
  async remove({ id }: User): Promise<boolean> {
    const { db, factors, sessions } = this.#deps
    const hadOne = await db.transaction((tx) => factors.remove(tx, id))
    await sessions.refreshAll(id)
    await this.narrow(id)
    return hadOne
  }

  async renewCodes({ id }: User): Promise<RecoveryCodesAnswer | Refusal> {
    const recoveryCodes = await this.#deps.factors.renewCodes(id)
    return recoveryCodes === undefined ? { code: 'no_second_factor' } : { recoveryCodes }
  }

  async rules(): Promise<SecurityRules> {
    return { adminsNeedFactor: await adminsNeedFactor(this.#deps.db) }
  }

  /** Whoever asks for it has to have one, or would lock themselves out with the next request. */
  async setRules(user: User, rules: SecurityRules): Promise<SecurityRules | Refusal> {
    const { db, factors } = this.#deps
    if (rules.adminsNeedFactor && !(await factors.has(user.id))) return { code: 'no_second_factor' }
    await setAdminsNeedFactor(db, rules.adminsNeedFactor)
    for (const { id } of await db.rows<{ id: number }>('SELECT id FROM users WHERE is_admin = 1'))
      await this.#deps.sessions.refreshAll(String(id))
    await this.narrow()
    return this.rules()
  }

  /** Sessions that reach nothing else any more stay, but their connections end. `userId`: of this person alone. */
  async narrow(userId?: string): Promise<void> {
    const { db, bus } = this.#deps
    for (const { session, user } of await sessionsWithoutFactor(db))
      if (userId === undefined || user === userId) await bus.deliver({ kind: 'signed-out', session })
  }
}
