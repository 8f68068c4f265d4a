// The settings of a directory (LDAP): LDAP_URL and LDAP_BASE together, and what may be added.

export interface LdapConfig {
  /** ldap://host or ldaps://host, perhaps with a port. */
  url: string
  /** The connection is encrypted before anything is said in it. */
  startTls: boolean
  /** A file with the certificates of authorities, as PEM. Undefined: Node's. */
  ca: string | undefined
  /** Who looks for people; undefined: nobody, where the directory lets anybody look. */
  reader: { dn: string; password: string } | undefined
  /** Below which people are looked for. */
  base: string
  /** Of whoever signs in: `{name}` is what they have typed. */
  filter: string
  /** The attribute that names a person for good, whatever they are called and wherever their entry is. */
  idAttribute: string
  /** Attributes with what they may be called here, the best first. */
  nameAttributes: readonly string[]
  /** What the button says. */
  name: string
  /** Whoever the directory knows may come in, however closed it is for others. */
  signUp: boolean
  /** Its members are administrators: a DN, or the `cn` of a group. */
  adminGroup: string | undefined
}

const optional = [
  'LDAP_START_TLS',
  'LDAP_CA',
  'LDAP_BIND_DN',
  'LDAP_BIND_PASSWORD',
  'LDAP_FILTER',
  'LDAP_ID',
  'LDAP_NAMES',
  'LDAP_NAME',
  'LDAP_SIGN_UP',
  'LDAP_ADMIN_GROUP',
] as const
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/
const attribute = /^[A-Za-z][A-Za-z0-9-]{0,63}$/

/** The switches are read by the caller. Undefined: there is none. @returns a text if the setting is wrong: why */
export function readLdap(
  env: Partial<Record<string, string>>,
  { startTls, signUp }: Pick<LdapConfig, 'startTls' | 'signUp'>,
): LdapConfig | string | undefined {
  const { LDAP_URL: url, LDAP_BASE: base, LDAP_BIND_DN: dn, LDAP_BIND_PASSWORD: password } = env
  if (url === undefined || base === undefined) {
    const given = ['LDAP_URL', 'LDAP_BASE', ...optional].find((name) => env[name] !== undefined)
    if (given === undefined) return undefined
    return `${given} is set, but not ${url === undefined ? 'LDAP_URL' : 'LDAP_BASE'}: a directory needs both.`
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !isAddress(parsed))
    return 'LDAP_URL is not a URL of the form ldaps://ldap.example, without a path.'
  if (parsed.protocol === 'ldaps:' && startTls) return 'LDAP_START_TLS is for ldap://; ldaps:// is encrypted.'
  // Whoever listens would read everybody's password.
  if (parsed.protocol === 'ldap:' && !startTls && !loopback.test(parsed.hostname))
    return 'LDAP_URL must be ldaps://, or have LDAP_START_TLS=on (without only on this machine).'
  if ((dn === undefined) !== (password === undefined))
    return 'LDAP_BIND_DN and LDAP_BIND_PASSWORD belong together.'
  const filter = env['LDAP_FILTER'] ?? '(uid={name})'
  if (!filter.includes('{name}') || !filter.startsWith('(') || !filter.endsWith(')'))
    return 'LDAP_FILTER is not a filter with {name}, such as (uid={name}).'
  const idAttribute = env['LDAP_ID'] ?? 'entryUUID'
  const nameAttributes = (env['LDAP_NAMES'] ?? 'uid,cn').split(',').map((one) => one.trim())
  if (![idAttribute, ...nameAttributes].every((one) => attribute.test(one)))
    return 'LDAP_ID is an attribute such as entryUUID, and LDAP_NAMES are some, separated by commas.'
  return {
    url: url.replace(/\/$/, ''),
    startTls,
    ca: env['LDAP_CA'],
    reader: dn === undefined || password === undefined ? undefined : { dn, password },
    base,
    filter,
    idAttribute,
    nameAttributes,
    name: env['LDAP_NAME'] ?? parsed.hostname,
    signUp,
    adminGroup: env['LDAP_ADMIN_GROUP'],
  }
}

const isAddress = ({ protocol, hostname, pathname, search, hash, username }: URL): boolean =>
  ['ldap:', 'ldaps:'].includes(protocol) &&
  hostname !== '' &&
  ['', '/'].includes(pathname) &&
  `${search}${hash}${username}` === ''
