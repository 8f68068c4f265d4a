// A real identity provider (oidc-provider) on this machine, with people of its own; any password is right.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** What it says of somebody. */
export type Claims = Record<string, unknown>

export const clientOf = { clientId: 'brook', clientSecret: 'a secret of a client' }

export class IdentityProvider {
  /** By the name with which they sign in there, which is their subject too. */
  readonly people = new Map<string, Claims>()
  readonly issuer: string
  readonly #server: Server
  /** Answers nothing but 503. */
  isAway = false

  private constructor(server: Server, path: string) {
    this.#server = server
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  }

  /** `redirect`: the addresses to which it may send people back. */
  static async start(redirect: () => string[], path = ''): Promise<IdentityProvider> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const own = new IdentityProvider(server, path)
    let answer: ReturnType<Provider['callback']> | undefined
    server.on('request', (request, response) => {
      if (own.isAway) return void response.writeHead(503).end()
      // Trap: Brook's port is known later than the provider's.
      answer ??= own.#make(redirect()).callback()
      request.url = request.url?.slice(path.length) ?? '/'
      if (path !== '') Object.assign(request, { originalUrl: path + request.url, baseUrl: path })
      return void answer(request, response)
    })
    return own
  }

  #make(redirectUris: string[]): Provider {
    const { people } = this
    return new Provider(this.issuer, {
      clients: [
        {
          client_id: clientOf.clientId,
          client_secret: clientOf.clientSecret,
          redirect_uris: redirectUris,
        },
      ],
      scopes: ['openid', 'profile', 'email', 'groups'],
      claims: {
        profile: ['name', 'preferred_username'],
        email: ['email'],
        groups: ['groups'],
      },
      pkce: { required: () => true },
      findAccount: (_context: unknown, sub: string) => ({
        accountId: sub,
        claims: () => ({ sub, ...people.get(sub) }),
      }),
      // Nobody is asked whether Brook may know who they are.
      loadExistingGrant: async ({ oidc }: GrantContext) => {
        const grant = new oidc.provider.Grant({
          clientId: oidc.client.clientId,
          accountId: oidc.session.accountId,
        })
        grant.addOIDCScope('openid profile email groups')
        await grant.save()
        return grant
      },
      ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
      cookies: { keys: ['a key of the cookies'] },
    })
  }

  /** Signs somebody in as their browser would, from the address to which Brook sent it; the address to which it is sent back. */
  async signsIn(name: string, url: string): Promise<string> {
    const cookies = new Map<string, string>()
    const visit = async (at: string, body?: URLSearchParams): Promise<Response> => {
      const answer = await fetch(new URL(at, this.issuer), {
        redirect: 'manual',
        headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
        ...(body === undefined ? {} : { method: 'POST', body }),
      })
      for (const cookie of answer.headers.getSetCookie()) {
        const [key = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/)
        cookies.set(key, value)
      }
      return answer
    }
    const locationOf = (answer: Response) => answer.headers.get('location') ?? ''
    const form = locationOf(await visit(url))
    if (!form.includes('/interaction/')) return form
    const signed = await visit(form, new URLSearchParams({ prompt: 'login', login: name, password: 'any' }))
    return locationOf(await visit(locationOf(signed)))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

interface GrantContext {
  oidc: {
    provider: { Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> } }
    client: { clientId: string }
    session: { accountId: string }
  }
}
