// The directory (LDAP): who somebody is by the name and the password that they have there. Passwords go from the request to the
// directory and nowhere else: they are neither kept nor logged. Knows neither people nor sessions.
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import {
  BusyError,
  Client,
  NoSuchObjectError,
  ResultCodeError,
  SizeLimitExceededError,
  UnavailableError,
  type Entry,
} from 'ldapts'
import type { LdapConfig } from '../config-ldap.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Provided } from './oidc.ts'

const away: Refusal = { code: 'oidc_away' }
const failed: Refusal = { code: 'oidc_failed' }

/** What of an entry is read besides its name and its id. */
const groupAttribute = 'memberOf'

export class Ldap {
  readonly #config: LdapConfig
  readonly #onError: (error: unknown, where: string) => void

  constructor(config: LdapConfig, onError: (error: unknown, where: string) => void) {
    this.#config = config
    this.#onError = onError
  }

  get name(): string {
    return this.#config.name
  }

  /** As identities.issuer has it: another base may have other people. */
  get issuer(): string {
    return `${this.#config.url}/${this.#config.base}`.slice(0, 255)
  }

  /** Undefined: nobody has this name and this password. Trap: a directory takes an empty password for no password, and says yes. */
  async check(name: string, password: string): Promise<Provided | Refusal | undefined> {
    if (name === '' || password === '') return undefined
    const { timeoutMs } = limits.identity.ldap
    const client = new Client({
      url: this.#config.url,
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
      ...(this.#config.url.startsWith('ldaps:') ? { tlsOptions: this.#tls() } : {}),
    })
    let clock: ReturnType<typeof setTimeout> | undefined
    // Each step has its own limit, and a person waits for all of them.
    const deadline = new Promise<Refusal>((resolve) => {
      clock = setTimeout(() => {
        this.#onError(new Error(`no answer within ${timeoutMs} ms`), 'asking the directory')
        resolve(away)
      }, timeoutMs)
    })
    try {
      return await Promise.race([this.#ask(client, name, password), deadline])
    } catch (error) {
      this.#onError(error, 'asking the directory')
      return isAway(error) ? away : failed
    } finally {
      clearTimeout(clock)
      void client.unbind().catch(() => undefined)
    }
  }

  async #ask(client: Client, name: string, password: string): Promise<Provided | Refusal | undefined> {
    const { startTls, reader, base, idAttribute } = this.#config
    if (startTls) await client.startTLS(this.#tls())
    if (reader !== undefined) await client.bind(reader.dn, reader.password)
    const entry = await this.#find(client, name)
    // Somebody who is not there takes as long, and as many questions, as a wrong password.
    const { dn, ...found } = entry ?? { dn: `cn=nobody,${base}` }
    const groups = await this.#groupsOf(client, { ...found, dn })
    const isRight = await binds(client, dn, password)
    if (entry === undefined || !isRight) return undefined
    const subject = idOf(entry[idAttribute])
    if (subject === undefined) throw new Error(`${entry.dn} has no ${idAttribute}: set LDAP_ID`)
    const names = this.#config.nameAttributes.flatMap((one) => textsOf(entry[one])).map(withoutHost)
    return { issuer: this.issuer, subject, names, groups }
  }

  /** The only entry that the filter finds; of several, nobody knows who it is. */
  async #find(client: Client, name: string): Promise<Entry | undefined> {
    const { base, filter, idAttribute, nameAttributes } = this.#config
    try {
      const { searchEntries } = await client.search(base, {
        scope: 'sub',
        filter: filter.replaceAll('{name}', () => escaped(name)),
        attributes: [...new Set([...nameAttributes, idAttribute, groupAttribute])],
        explicitBufferAttributes: binary.has(idAttribute) ? [idAttribute] : [],
        sizeLimit: 2,
      })
      const [entry, other] = searchEntries
      return other === undefined ? entry : undefined
    } catch (error) {
      if (error instanceof SizeLimitExceededError || error instanceof NoSuchObjectError) return undefined
      throw error
    }
  }

  /** Their DNs and their `cn`, as their entry has them or as groups name them; nobody asks where nothing follows from it. */
  async #groupsOf(client: Client, entry: Entry): Promise<string[]> {
    const { base, adminGroup } = this.#config
    if (adminGroup === undefined) return []
    const dn = escaped(entry.dn)
    const { searchEntries } = await client.search(base, {
      scope: 'sub',
      filter: `(|(member=${dn})(uniqueMember=${dn}))`,
      attributes: ['cn'],
    })
    const named = searchEntries.flatMap((group) => [group.dn, ...textsOf(group['cn'])])
    return [...new Set([...textsOf(entry[groupAttribute]).flatMap(both), ...named])]
  }

  #tls(): ConnectionOptions {
    const { ca, url } = this.#config
    const { hostname } = new URL(url)
    return {
      minVersion: 'TLSv1.2',
      // A name of the certificate; an address is none.
      ...(isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { servername: hostname } : {}),
      ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    }
  }
}

/** Values that are no text. */
const binary: ReadonlySet<string> = new Set(['objectGUID', 'objectSid'])

/** RFC 4515, section 3: what a filter would take for its own. */
export const escaped = (text: string): string =>
  text.replaceAll(/[\\*()\u0000]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** Whatever else the directory says, such as that the account is locked or has to set a new password, lets nobody in. */
async function binds(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (error instanceof ResultCodeError && !isBusy(error)) return false
    throw error
  }
}

const isBusy = (error: unknown): boolean => error instanceof BusyError || error instanceof UnavailableError

/** No connection, no answer in time, or one that says to come later. Trap: a certificate that is wrong is none of these. */
function isAway(error: unknown): boolean {
  if (error instanceof ResultCodeError) return isBusy(error)
  const code = (error as { code?: unknown }).code
  const isOfTls = typeof code === 'string' && /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_|UNABLE_)/.test(code)
  return !isOfTls && !/has no /.test((error as Error).message)
}

const textsOf = (value: Entry[string] | undefined): string[] =>
  [value ?? []].flat().filter((one) => typeof one === 'string' && one !== '') as string[]

function idOf(value: Entry[string] | undefined): string | undefined {
  const [first] = [value ?? []].flat()
  if (Buffer.isBuffer(first)) return first.toString('hex')
  return first === undefined || first === '' ? undefined : first.slice(0, 255)
}

const withoutHost = (text: string): string => text.replace(/@.*$/, '')

/** A DN, and the value of its first part. */
function both(dn: string): string[] {
  const [, name] = /^[^=]+=((?:\\.|[^,+\\])+)/.exec(dn) ?? []
  return name === undefined ? [dn] : [dn, name]
}
