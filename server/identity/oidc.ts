// The identity provider (OpenID Connect 1.0): authorization code with PKCE, state, nonce and the check of `iss`. Knows neither
// people nor sessions.
import * as client from 'openid-client'
import type { OidcConfig } from '../config-oidc.ts'
import type { Refusal } from '../protocol/errors.ts'

/** What a sign-in at the provider begins with, and is compared with at its end. */
export interface OidcChecks {
  state: string
  nonce: string
  verifier: string
}

/** Whom the provider has signed in. `names`: what they may be called here, the best first. */
export interface Provided {
  issuer: string
  subject: string
  names: string[]
  groups: string[]
}

/** Seconds of one request to the provider: a person waits for two of them. */
const timeoutSeconds = 5

const away: Refusal = { code: 'oidc_away' }
const failed: Refusal = { code: 'oidc_failed' }

export class Oidc {
  readonly #config: OidcConfig
  readonly #onError: (error: unknown, where: string) => void
  #known: Promise<client.Configuration> | undefined

  constructor(config: OidcConfig, onError: (error: unknown, where: string) => void) {
    this.#config = config
    this.#onError = onError
  }

  get name(): string {
    return this.#config.name
  }

  /** The address at the provider to which somebody is sent. `redirect`: the one to which they come back. */
  async begin(redirect: string): Promise<{ url: string; checks: OidcChecks } | Refusal> {
    const config = await this.#discover()
    if (config === undefined) return away
    const checks = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    }
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirect,
      scope: this.#scopeFor(config),
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, checks }
  }

  /** `current`: the address, with its query, to which they have come back. */
  async finish(current: URL, { state, nonce, verifier }: OidcChecks): Promise<Provided | Refusal> {
    const config = await this.#discover()
    if (config === undefined) return away
    try {
      const tokens = await client.authorizationCodeGrant(config, current, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) return failed
      const info =
        config.serverMetadata().userinfo_endpoint === undefined
          ? {}
          : await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      return { issuer: claims.iss, subject: claims.sub, ...this.#read({ ...info, ...claims }) }
    } catch (error) {
      this.#onError(error, 'signing in by the identity provider')
      return isUnreachable(error) ? away : failed
    }
  }

  #read(claims: Record<string, unknown>): Pick<Provided, 'names' | 'groups'> {
    const texts = [claims['preferred_username'], claims['name'], claims['email']]
    const { groups } = claims
    return {
      names: texts.filter((text) => typeof text === 'string').map((text) => text.replace(/@.*$/, '')),
      groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
    }
  }

  #scopeFor(config: client.Configuration): string {
    const { scopes_supported: scopes = [] } = config.serverMetadata()
    return ['openid', 'profile', 'email', ...(scopes.includes('groups') ? ['groups'] : [])].join(' ')
  }

  /** What the provider says of itself, asked for once; undefined: it is away, and asked again the next time. */
  async #discover(): Promise<client.Configuration | undefined> {
    this.#known ??= this.#ask()
    try {
      return await this.#known
    } catch (error) {
      this.#known = undefined
      this.#onError(error, 'asking the identity provider')
      return undefined
    }
  }

  /** Trap: many write the issuer with a slash at its end where the provider has none, or without; it must be exactly the same. */
  async #ask(): Promise<client.Configuration> {
    const { issuer } = this.#config
    try {
      return await this.#askAt(issuer)
    } catch (error) {
      if (isUnreachable(error) || new URL(issuer).pathname === '/') throw error
      return this.#askAt(issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`)
    }
  }

  async #askAt(issuer: string): Promise<client.Configuration> {
    const { clientId, clientSecret } = this.#config
    const url = new URL(issuer)
    const config = await client.discovery(url, clientId, clientSecret, undefined, {
      timeout: timeoutSeconds,
      execute: [
        client.enableNonRepudiationChecks,
        // Only on this machine: the settings refuse http elsewhere.
        ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    })
    config.timeout = timeoutSeconds
    return config
  }
}

/** No connection, no answer in time, or an answer that only a proxy or a broken provider gives. */
function isUnreachable(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError' || at.message === 'fetch failed') return true
    if ('status' in at && typeof at.status === 'number' && at.status >= 500) return true
    const { cause } = at
    if (cause instanceof Response && cause.status >= 500) return true
  }
  return false
}
