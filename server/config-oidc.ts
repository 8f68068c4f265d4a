// The settings of an identity provider: OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET together, and what may be added.

export interface OidcConfig {
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button says. */
  name: string
  /** Whoever the provider signs in may come in, however closed it is for others. */
  signUp: boolean
  /** Its members are administrators. */
  adminGroup: string | undefined
}

const needed = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const
const optional = ['OIDC_NAME', 'OIDC_SIGN_UP', 'OIDC_ADMIN_GROUP'] as const
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** `signUp`: of OIDC_SIGN_UP. Undefined: there is none. @returns a text instead: why it cannot be so */
export function readOidc(
  env: Partial<Record<string, string>>,
  signUp: boolean,
): OidcConfig | string | undefined {
  const [issuer, clientId, clientSecret] = needed.map((name) => env[name])
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    const given = [...needed, ...optional].find((name) => env[name] !== undefined)
    if (given === undefined) return undefined
    return `${given} is set, but not ${needed.find((name) => env[name] === undefined)}: a provider needs ${needed.join(', ')}.`
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isUsable = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  if (url === undefined || !isUsable || url.search !== '' || url.hash !== '' || url.username !== '')
    return 'OIDC_ISSUER is not a URL of the form https://id.example, without a query (http only on this machine).'
  const name = env['OIDC_NAME'] ?? url.hostname
  return { issuer, clientId, clientSecret, name, signUp, adminGroup: env['OIDC_ADMIN_GROUP'] }
}
