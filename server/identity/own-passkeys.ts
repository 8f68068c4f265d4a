// The passkeys of one person: added, named and taken away by themselves. Whether it is really them is decided by whoever calls.
import { randomBytes } from 'node:crypto'
import type { Session, Sessions } from '../account/sessions.ts'
import { Refused } from '../answer.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import { isDuplicate, type Db } from '../db.ts'
import { installationId } from '../installation.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine } from '../protocol/names.ts'
import type { PasskeyAnswer, PasskeyMade, PasskeyOptionsAnswer } from '../protocol/passkeys.ts'
import type { User } from '../protocol/people.ts'
import type { OwnSecurity } from './own-security.ts'
import type { Passkeys } from './passkeys.ts'
import type { RelyingParty } from './relying-party.ts'
import type { SecondFactors } from './second-factors.ts'
import type { Tickets } from './tickets.ts'
import { handleOf, optionsToMake, readMade } from './webauthn.ts'

export interface OwnPasskeysDeps {
  db: Db
  sessions: Pick<Sessions, 'closeOthers' | 'forget' | 'refreshAll'>
  factors: SecondFactors
  passkeys: Passkeys
  tickets: Tickets
  settings: Pick<WorkspaceSettings, 'read'>
  security: Pick<OwnSecurity, 'narrow'>
}

/** A name that can be stored; undefined: it cannot. */
const cleanLabel = (raw: string): string | undefined => cleanLine(raw, limits.nameChars)

export class OwnPasskeys {
  readonly #deps: OwnPasskeysDeps

  constructor(deps: OwnPasskeysDeps) {
    this.#deps = deps
  }

  /** What a browser needs to make one; good once. */
  async begin({ id, name }: User, site: RelyingParty): Promise<PasskeyOptionsAnswer> {
    const { db, settings, passkeys, tickets } = this.#deps
    const challenge = randomBytes(32).toString('base64url')
    const { name: workspace } = await settings.read()
    const handle = handleOf(await installationId(db), id)
    const ticket = await tickets.make('passkey-new', {
      userId: id,
      data: { challenge, rpId: site.id },
      lifeMs: limits.identity.passkeyMs,
      isOnlyOne: true,
    })
    const known = await passkeys.keysOf(id, site.id)
    return { ticket, options: optionsToMake(site, challenge, { workspace, name, handle }, known) }
  }

  /** Adds the key that the browser has made; the person's other sessions end. */
  async confirm(
    session: Session,
    site: RelyingParty,
    { ticket, name: rawName, made }: { ticket: string; name: string; made: PasskeyMade },
  ): Promise<PasskeyAnswer | Refusal> {
    const { db, tickets, sessions } = this.#deps
    const { id } = session.user
    const name = cleanLabel(rawName)
    if (name === undefined) return { code: 'bad_name' }
    const begun = await tickets.find('passkey-new', ticket)
    if (begun?.userId !== id || begun.data.rpId !== site.id) return { code: 'ticket_over' }
    // Used up whatever comes of it: each answer is looked at once.
    if ((await tickets.use(db, 'passkey-new', ticket)) === undefined) return { code: 'ticket_over' }
    const key = await readMade(site, begun.data.challenge, made)
    if (key === undefined) return { code: 'passkey_failed' }
    const added = await this.#add(session, { ...key, rpId: site.id, name })
    if ('code' in added) return added
    await sessions.forget(added.ended)
    await sessions.refreshAll(id)
    const { recoveryCodes } = added
    const passkey = { id: added.passkey, name, createdAt: Date.now(), usedAt: null, here: true }
    return { passkey, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) }
  }

  async #add(session: Session, key: Parameters<Passkeys['add']>[2]) {
    const { db, factors, passkeys, sessions } = this.#deps
    const { id } = session.user
    try {
      return await db.transaction(async (tx) => {
        await factors.lock(tx, id)
        const isFirst = !(await factors.has(id, tx))
        const passkey = await passkeys.add(tx, id, key)
        if (passkey === undefined) throw new Refused({ code: 'too_many_passkeys' })
        const recoveryCodes = isFirst ? await factors.makeCodes(tx, id) : undefined
        return { passkey, recoveryCodes, ended: await sessions.closeOthers(tx, session) }
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'passkey_known' } as const
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  async rename({ id }: User, passkey: string, rawName: string): Promise<Refusal | undefined> {
    const name = cleanLabel(rawName)
    if (name === undefined) return { code: 'bad_name' }
    return (await this.#deps.passkeys.rename(id, passkey, name)) ? undefined : { code: 'not_found' }
  }

  /** The name of the one that is gone. */
  async remove({ id }: User, passkey: string): Promise<{ name: string } | Refusal> {
    const { db, factors, passkeys, tickets, sessions, security } = this.#deps
    const name = await db.transaction(async (tx) => {
      await factors.lock(tx, id)
      const gone = await passkeys.remove(tx, id, passkey)
      if (gone === undefined) return undefined
      await factors.dropUnneededCodes(tx, id)
      // Somebody may be about to sign in with it.
      await tickets.endAll(tx, id, 'passkey')
      return gone
    })
    if (name === undefined) return { code: 'not_found' }
    await sessions.refreshAll(id)
    await security.narrow(id)
    return { name }
  }
}
