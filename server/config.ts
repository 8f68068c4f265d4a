// Reads the environment, once. Every setting is here, with its default and its check.
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import cron from 'node-cron'
import type { EntryLimits } from './account/entry-limits.ts'
import { readMail, type MailConfig } from './config-mail.ts'
import { readLdap, type LdapConfig } from './config-ldap.ts'
import { readOidc, type OidcConfig } from './config-oidc.ts'
import type { LogFormat } from './logging/logger.ts'
import { rates } from './protocol/rates.ts'

/** The address of a Redis: a redis:// or rediss:// URL, or a socket, as of the embedded one. Without `username`: its default user. */
export type RedisAddress = { url: string } | { path: string; password: string; username?: string }

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

export interface Config {
  host: string
  port: number
  /** Where `brook sync` and `brook bots` serve their metrics; undefined: nowhere. */
  metricsPort: number | undefined
  /** What a request for metrics from another machine has to bring; undefined: none is answered. */
  metricsToken: string | undefined
  dataDir: string
  /** Undefined: the embedded store under dataDir. */
  redis: RedisAddress | undefined
  mysql: MysqlAddress | undefined
  /** A node-cron pattern, six fields, UTC. */
  syncCron: string
  logShards: number
  pacing: boolean
  /** SIGN_UP_LIMIT, SIGN_IN_LIMIT, TRUSTED_NETS. */
  entry: EntryLimits
  /** BOTS=off: `brook start` does not run the built-in bot. */
  bots: boolean
  /** ALLOW_UNSAFE_STORES=1: run even if the stores' settings can lose acknowledged messages. */
  allowUnsafeStores: boolean
  /** WEBHOOK_PRIVATE, LINK_CARDS_PRIVATE: webhooks reach, and cards are made of, loopback, link-local and private addresses. */
  webhookPrivate: boolean
  linkCardsPrivate: boolean
  /** Proxies whose X-Forwarded-* headers are trusted: addresses, networks, or 'loopback', 'linklocal', 'uniquelocal'. */
  trustProxy: string
  logLevel: string
  /** Where people reach this Brook; undefined: under localhost or an address. */
  publicUrl: URL | undefined
  /** More host names under which it answers, in lower case. */
  allowedHosts: readonly string[]
  /** How long a server that was told to stop says so at /readyz while it serves as before. */
  drainSeconds: number
  /** OIDC_*: undefined: people sign in by name and password alone. */
  oidc: OidcConfig | undefined
  /** SMTP_URL; undefined: no mail is sent. */
  mail: MailConfig | undefined
  /** LDAP_*: undefined: there is no directory. */
  ldap: LdapConfig | undefined
  /** Undefined: text on a terminal, otherwise JSON. */
  logFormat: LogFormat | undefined
}

/** An invalid setting. Its message is shown to a person: one line, no password, no stack. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export function readConfig(given: NodeJS.ProcessEnv = process.env): Config {
  // `HOST=` is how compose files and unit files say "the default".
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: wholeNumber(env, 'PORT', 3000, 0, 65_535),
    metricsPort:
      env['METRICS_PORT'] === undefined ? undefined : wholeNumber(env, 'METRICS_PORT', 0, 0, 65_535),
    metricsToken: token(env, 'METRICS_TOKEN'),
    dataDir: path.resolve(env['DATA_DIR'] ?? '.brook'),
    redis: env['REDIS_URL'] === undefined ? undefined : redisAddress(env['REDIS_URL']),
    mysql: env['MYSQL_URL'] === undefined ? undefined : mysqlAddress(env['MYSQL_URL']),
    syncCron: cronPattern(env, 'SYNC_CRON', '* * * * * *'),
    logShards: wholeNumber(env, 'LOG_SHARDS', 1, 1, 256),
    pacing: onOrOff(env, 'PACING', true),
    entry: {
      signUps: wholeNumber(env, 'SIGN_UP_LIMIT', rates.signUp.burst, 1, 1_000_000),
      signInFailures: wholeNumber(env, 'SIGN_IN_LIMIT', rates.signInAddress.burst, 1, 1_000_000),
      trustedNets: networks(env, 'TRUSTED_NETS'),
    },
    bots: onOrOff(env, 'BOTS', true),
    allowUnsafeStores: onOrOff(env, 'ALLOW_UNSAFE_STORES', false),
    webhookPrivate: onOrOff(env, 'WEBHOOK_PRIVATE', false),
    linkCardsPrivate: onOrOff(env, 'LINK_CARDS_PRIVATE', false),
    trustProxy: proxies(env, 'TRUST_PROXY', 'loopback'),
    publicUrl: env['PUBLIC_URL'] === undefined ? undefined : publicUrl(env['PUBLIC_URL']),
    allowedHosts: hostNames(env, 'ALLOWED_HOSTS'),
    // With stores of its own there is no other server that could take over.
    drainSeconds: wholeNumber(env, 'DRAIN_SECONDS', env['REDIS_URL'] && env['MYSQL_URL'] ? 5 : 0, 0, 10),
    logLevel: oneOf(env, 'LOG_LEVEL', 'info', logLevels),
    oidc: granted(readOidc(env, onOrOff(env, 'OIDC_SIGN_UP', false))),
    mail: granted(readMail(env)),
    ldap: ldap(env),
    logFormat: env['LOG_FORMAT'] === undefined ? undefined : oneOf(env, 'LOG_FORMAT', 'json', logFormats),
  }
}

/** @throws ConfigError if it is the text that says why it cannot be so */
function granted<Read>(read: Read | string): Read {
  if (typeof read === 'string') throw new ConfigError(read)
  return read
}

function ldap(env: NodeJS.ProcessEnv): LdapConfig | undefined {
  const startTls = onOrOff(env, 'LDAP_START_TLS', false)
  return granted(readLdap(env, { startTls, signUp: onOrOff(env, 'LDAP_SIGN_UP', false) }))
}

/** Long enough that nobody guesses it. */
const minTokenChars = 16

function token(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name]
  if (text === undefined || new RegExp(`^[!-~]{${minTokenChars},}$`).test(text)) return text
  throw new ConfigError(`${name} must have at least ${minTokenChars} characters, without spaces.`)
}

function publicUrl(text: string): URL {
  const url = parseUrl('PUBLIC_URL', text, ['http:', 'https:'], 'https://chat.example')
  if (url.pathname === '/' && url.search === '' && url.username === '') return url
  throw new ConfigError('PUBLIC_URL is a URL without a path, like https://chat.example.')
}

/** Separated by commas, without ports. */
function hostNames(env: NodeJS.ProcessEnv, name: string): string[] {
  const names = (env[name] ?? '').split(',').map((one) => one.trim().toLowerCase())
  const bad = names.find((one) => one !== '' && !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(one))
  if (bad === undefined) return names.filter((one) => one !== '')
  throw new ConfigError(`${name} takes host names separated by commas, not "${bad}".`)
}

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']
const logFormats = ['json', 'text'] as const

function oneOf<Value extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: NoInfer<Value>,
  values: readonly Value[],
): Value {
  const text = env[name] ?? fallback
  const known = values.find((value) => value === text)
  if (known !== undefined) return known
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, not "${text}".`)
}

const meanings: Partial<Record<string, boolean>> = {
  on: true,
  true: true,
  '1': true,
  off: false,
  false: false,
  '0': false,
}

function onOrOff(env: NodeJS.ProcessEnv, name: string, fallback: boolean): boolean {
  const text = env[name]
  if (text === undefined) return fallback
  const meaning = Object.hasOwn(meanings, text) ? meanings[text] : undefined
  if (meaning !== undefined) return meaning
  throw new ConfigError(`${name} must be on or off (or true, false, 1, 0), not "${text}".`)
}

function cronPattern(env: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const text = env[name] ?? fallback
  if (cron.validate(text)) return text
  throw new ConfigError(`${name} must be a cron pattern of six fields, like "${fallback}", not "${text}".`)
}

const proxyNames = ['loopback', 'linklocal', 'uniquelocal']

/** Separated by commas. Trap: whoever is trusted by mistake can say where a request comes from. */
function proxies(env: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const parts = (env[name] ?? fallback).split(',').map((part) => part.trim())
  const bad = parts.find((part) => !proxyNames.includes(part) && !isNetwork(part))
  if (bad === undefined) return parts.join(',')
  throw new ConfigError(
    `${name} takes addresses, networks like 10.0.0.0/8, and ${proxyNames.join(', ')}, separated by commas, not "${bad}".`,
  )
}

function networks(env: NodeJS.ProcessEnv, name: string): string {
  const parts = (env[name] ?? '').split(',').map((part) => part.trim())
  const bad = env[name] === undefined ? undefined : parts.find((part) => !isNetwork(part))
  if (bad === undefined) return parts.join(',')
  throw new ConfigError(
    `${name} takes addresses and networks like 10.0.0.0/8, separated by commas, not "${bad}".`,
  )
}

/** An address, or one with the length of its network. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const max = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (max < 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= max)
}

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = env[name]
  if (text === undefined) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`)
}

function redisAddress(text: string): RedisAddress {
  return { url: parseUrl('REDIS_URL', text, ['redis:', 'rediss:'], 'redis://host:6379').href }
}

function mysqlAddress(text: string): MysqlAddress {
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

/** Parses the URL of a setting. Errors never repeat the text, because it may contain a password. */
function parseUrl(name: string, text: string, protocols: string[], looksLike: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !protocols.includes(url.protocol) || url.hostname === '')
    throw new ConfigError(`${name} is not a URL of the form ${looksLike}.`)
  return url
}
