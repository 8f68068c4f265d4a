// Reads the environment, once. Everything that can be set stands here, with its usual value and its check.
import path from 'node:path'

/** Where a Redis is: a redis:// or rediss:// URL, or the embedded one's socket. */
export type RedisAddress = { url: string } | { path: string; password: string }

/** Where a MySQL or MariaDB is, as mysql2 takes it. */
export interface MysqlAddress {
  host?: string
  port?: number
  socketPath?: string
  user: string
  password: string
  database: string
}

export interface Config {
  host: string
  port: number
  dataDir: string
  /** Undefined: the embedded store under dataDir. */
  redis: RedisAddress | undefined
  mysql: MysqlAddress | undefined
  /** A node-cron pattern, six fields, UTC. */
  syncCron: string
  logShards: number
  pacing: boolean
  /** BOTS=off: `brook start` does not run the house's own bot. */
  bots: boolean
  /** ALLOW_UNSAFE_STORES=1: run although the stores' settings can lose what was acknowledged. */
  allowUnsafeStores: boolean
  /** WEBHOOK_PRIVATE=on: outgoing webhooks may reach loopback, link-local and private addresses. */
  webhookPrivate: boolean
  /** Whose X-Forwarded-* headers are believed: addresses, nets, or 'loopback', 'linklocal', 'uniquelocal'. */
  trustProxy: string
  logLevel: string
}

/** A setting that cannot be used. Its message is for a person: one line, no password, no stack. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    host: env['HOST'] ?? '127.0.0.1',
    port: wholeNumber(env, 'PORT', 3000, 0, 65_535),
    dataDir: path.resolve(env['DATA_DIR'] ?? '.brook'),
    redis: env['REDIS_URL'] === undefined ? undefined : redisAddress(env['REDIS_URL']),
    mysql: env['MYSQL_URL'] === undefined ? undefined : mysqlAddress(env['MYSQL_URL']),
    syncCron: env['SYNC_CRON'] ?? '* * * * * *',
    logShards: wholeNumber(env, 'LOG_SHARDS', 1, 1, 256),
    pacing: env['PACING'] !== 'off',
    bots: env['BOTS'] !== 'off',
    allowUnsafeStores: env['ALLOW_UNSAFE_STORES'] === '1',
    webhookPrivate: env['WEBHOOK_PRIVATE'] === 'on',
    trustProxy: env['TRUST_PROXY'] ?? 'loopback',
    logLevel: env['LOG_LEVEL'] ?? 'warn',
  }
}

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  usual: number,
  least: number,
  most: number,
): number {
  const text = env[name]
  if (text === undefined || text === '') return usual
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new ConfigError(`${name} must be a whole number from ${least} to ${most}, not "${text}".`)
}

function redisAddress(text: string): RedisAddress {
  const url = parseUrl('REDIS_URL', text, ['redis:', 'rediss:'], 'redis://host:6379')
  return { url: url.href }
}

function mysqlAddress(text: string): MysqlAddress {
  const url = parseUrl('MYSQL_URL', text, ['mysql:', 'mariadb:'], 'mysql://user:password@host/database')
  const database = decodeURIComponent(url.pathname.slice(1))
  if (database === '')
    throw new ConfigError('MYSQL_URL names no database; it looks like mysql://user:password@host/database.')
  return {
    host: url.hostname,
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  }
}

/** URL of a setting. The text is never repeated in an error, for it may hold a password. */
function parseUrl(name: string, text: string, protocols: string[], looksLike: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !protocols.includes(url.protocol) || url.hostname === '')
    throw new ConfigError(`${name} is not a URL of the form ${looksLike}.`)
  return url
}
