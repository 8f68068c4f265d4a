// The settings of the stores: MYSQL_URL, and what encrypts its connection; REDIS_URL is in config-redis.ts.
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { ConfigError, parseUrl } from './config-error.ts'

export { redisAddress, withReplicas, type RedisAddress } from './config-redis.ts'

/** How a connection to MySQL is encrypted, as mysql2 takes it. */
export interface MysqlTls {
  /** Only a certificate of a known authority is accepted: one of Node's, or one in `ca`. */
  rejectUnauthorized: boolean
  /** ... and it must name the host. */
  verifyIdentity: boolean
  /** Certificates of authorities, as PEM. */
  ca?: string
}

/** One server of MySQL's, as mysql2 takes it. */
export interface MysqlHost {
  host?: string
  port?: number
  socketPath?: string
  user: string
  password: string
  database: string
  /** Undefined: not encrypted. */
  ssl?: MysqlTls
}

/** The address of a MySQL or MariaDB; of several servers with the same data, of which one at a time is written to. */
export interface MysqlAddress extends MysqlHost {
  /** In the order in which they are preferred, after the first. */
  others?: { host: string; port: number }[]
}

/** Each of its servers, the preferred one first. */
export const hostsOf = ({ others = [], ...first }: MysqlAddress): [MysqlHost, ...MysqlHost[]] => [
  first,
  ...others.map((other) => ({ ...first, ...other })),
]

/** What is before, of, and after the hosts: `mysql://user:password@` `h1:3306,h2` `/database`. */
const hostsInUrl = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/i

/** The same URL for each of its hosts, which are separated by commas. */
function mysqlUrls(text: string): [URL, ...URL[]] {
  const parse = (one: string): URL =>
    parseUrl('MYSQL_URL', one, ['mysql:', 'mariadb:'], 'mysql://user:password@host/database')
  const [, before = '', hosts = '', after = ''] = hostsInUrl.exec(text) ?? []
  const [first = '', ...others] = hosts.split(',')
  if (others.length === 0) return [parse(text)]
  return [parse(before + first + after), ...others.map((host) => parse(before + host + after))]
}

const placeOf = ({ hostname, port }: URL): { host: string; port: number } => ({
  host: hostname,
  port: port === '' ? 3306 : Number(port),
})

export function mysqlAddress(text: string): MysqlAddress {
  const [url, ...others] = mysqlUrls(text)
  const database = decodeURIComponent(url.pathname.slice(1))
  const ssl = mysqlTls(url.searchParams)
  // Trap: mysql2 compares the certificate with a name alone, and takes an address for "localhost".
  const isAddress = ({ hostname }: URL): boolean => isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
  if (ssl?.verifyIdentity === true && [url, ...others].some(isAddress))
    throw new ConfigError('MYSQL_URL: ssl-mode=VERIFY_IDENTITY needs a host name, not an address.')
  if (database === '')
    throw new ConfigError('MYSQL_URL names no database. Use the form mysql://user:password@host/database.')
  return {
    ...placeOf(url),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    ...(ssl === undefined ? {} : { ssl }),
    ...(others.length === 0 ? {} : { others: others.map(placeOf) }),
  }
}

/** As the clients of MySQL name their modes. */
const tlsModes: Partial<Record<string, Omit<MysqlTls, 'ca'>>> = {
  REQUIRED: { rejectUnauthorized: false, verifyIdentity: false },
  VERIFY_CA: { rejectUnauthorized: true, verifyIdentity: false },
  VERIFY_IDENTITY: { rejectUnauthorized: true, verifyIdentity: true },
}

/** Trap: a parameter that is passed over silently may be the one that was to encrypt the connection. */
function mysqlTls(params: URLSearchParams): MysqlTls | undefined {
  const unknown = [...params.keys()].find((name) => name !== 'ssl-mode' && name !== 'ssl-ca')
  if (unknown !== undefined)
    throw new ConfigError(`MYSQL_URL has a parameter that Brook does not know: "${unknown}".`)
  const mode = params.get('ssl-mode')?.toUpperCase() ?? 'DISABLED'
  const ca = params.get('ssl-ca')
  const tls = Object.hasOwn(tlsModes, mode) ? tlsModes[mode] : undefined
  if (tls === undefined && mode !== 'DISABLED')
    throw new ConfigError(
      `MYSQL_URL: ssl-mode must be DISABLED, ${Object.keys(tlsModes).join(', ')}, not "${params.get('ssl-mode')}".`,
    )
  if (ca === null) return tls
  if (tls?.rejectUnauthorized !== true)
    throw new ConfigError('MYSQL_URL: ssl-ca needs ssl-mode=VERIFY_CA or ssl-mode=VERIFY_IDENTITY.')
  return { ...tls, ca: certificates(ca) }
}

function certificates(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new ConfigError(`MYSQL_URL: the file of ssl-ca, ${file}, cannot be read.`)
  }
}
