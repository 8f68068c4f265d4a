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

/** The address of a MySQL or MariaDB, as mysql2 takes it. */
export interface MysqlAddress {
  host?: string
  port?: number
  socketPath?: string
  user: string
  password: string
  database: string
  /** Undefined: not encrypted. */
  ssl?: MysqlTls
}

export function mysqlAddress(text: string): MysqlAddress {
  const url = parseUrl('MYSQL_URL', text, ['mysql:', 'mariadb:'], 'mysql://user:password@host/database')
  const database = decodeURIComponent(url.pathname.slice(1))
  const ssl = mysqlTls(url.searchParams)
  // Trap: mysql2 compares the certificate with a name alone, and takes an address for "localhost".
  if (ssl?.verifyIdentity === true && isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw new ConfigError('MYSQL_URL: ssl-mode=VERIFY_IDENTITY needs a host name, not an address.')
  if (database === '')
    throw new ConfigError('MYSQL_URL names no database. Use the form mysql://user:password@host/database.')
  return {
    host: url.hostname,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    ...(ssl === undefined ? {} : { ssl }),
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
