// Reads the environment, once. Every setting is here, with its default and its check.
import { isIP } from 'node:net'
import path from 'node:path'
import cron from 'node-cron'
import type { EntryLimits } from './account/entry-limits.ts'
import { readBackup, type BackupConfig } from './config-backup.ts'
import { ConfigError, parseUrl } from './config-error.ts'
import { readMail, type MailConfig } from './config-mail.ts'
import { readLdap, type LdapConfig } from './config-ldap.ts'
import { readOidc, type OidcConfig } from './config-oidc.ts'
import { filesPlaces, readS3, type FilesPlace, type S3Config } from './config-s3.ts'
import {
  mysqlAddress,
  redisAddress,
  withReplicas,
  type MysqlAddress,
  type RedisAddress,
} from './config-stores.ts'
import type { LogFormat } from './logging/logger.ts'
import { rates } from './protocol/rates.ts'

export { ConfigError } from './config-error.ts'
export type { MysqlAddress, RedisAddress } from './config-stores.ts'

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
  /** WEBHOOK_PRIVATE=on: outgoing webhooks may reach loopback, link-local and private addresses. */
  webhookPrivate: boolean
  /** LINK_CARDS_PRIVATE=on: links to loopback, link-local and private addresses get cards. */
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
  /** S3_URL; undefined: files are on the disk alone. */
  s3: S3Config | undefined
  /** FILES_IN: where new files go. What is in the other place is read from there. */
  filesIn: FilesPlace
  /** BACKUP_*; undefined: no backups are made by the clock. */
  backup: BackupConfig | undefined
  /** Undefined: text on a terminal, otherwise JSON. */
  logFormat: LogFormat | undefined
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
    redis: withReplicas(
      env['REDIS_URL'] === undefined ? undefined : redisAddress(env['REDIS_URL']),
      wholeNumber(env, 'REDIS_REPLICAS', 0, 0, 16),
    ),
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
    publicUrl: publicUrl(env),
    allowedHosts: hostNames(env, 'ALLOWED_HOSTS'),
    // With stores of its own there is no other server that could take over.
    drainSeconds: wholeNumber(env, 'DRAIN_SECONDS', env['REDIS_URL'] && env['MYSQL_URL'] ? 5 : 0, 0, 10),
    logLevel: oneOf(env, 'LOG_LEVEL', 'info', logLevels),
    oidc: granted(readOidc(env, onOrOff(env, 'OIDC_SIGN_UP', false))),
    mail: granted(readMail(env)),
    ldap: ldap(env),
    s3: granted(readS3(env)),
    filesIn: filesIn(env),
    backup: granted(readBackup(env, cronPattern(env, 'BACKUP_CRON', '0 30 3 * * *'))),
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

function filesIn(env: NodeJS.ProcessEnv): FilesPlace {
  const hasS3 = env['S3_URL'] !== undefined
  const place = oneOf(env, 'FILES_IN', hasS3 ? 's3' : 'disk', filesPlaces)
  if (place === 's3' && !hasS3) throw new ConfigError('FILES_IN is s3, but S3_URL is not set.')
  return place
}

/** Long enough that nobody guesses it. */
const minTokenChars = 16

function token(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = env[name]
  if (text === undefined || new RegExp(`^[!-~]{${minTokenChars},}$`).test(text)) return text
  throw new ConfigError(`${name} must have at least ${minTokenChars} characters, without spaces.`)
}

/** BROOK_DOMAIN is for the proxy as well, which gets a certificate for it (deploy/Caddyfile). */
function publicUrl(env: NodeJS.ProcessEnv): URL | undefined {
  const [domain] = hostNames(env, 'BROOK_DOMAIN')
  const text = env['PUBLIC_URL'] ?? (domain === undefined ? undefined : `https://${domain}`)
  if (text === undefined) return undefined
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
