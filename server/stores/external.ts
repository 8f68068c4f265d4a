// Stores that somebody else runs (REDIS_URL, MYSQL_URL): reached once before anything starts. What is wrong becomes
// one line that names the server and never the password.
import type { MysqlAddress, RedisAddress } from '../config.ts'
import { askMysql } from './mariadb.ts'
import { StoreAway, StoreError } from './programs.ts'
import { askRedis } from './redis.ts'

const reachWithinMs = 5_000

export async function reachRedis(address: RedisAddress): Promise<void> {
  const where = 'url' in address ? new URL(address.url).host : address.path
  await askRedis(address, reachWithinMs).catch((error: NodeJS.ErrnoException) => {
    const why = whyNotReached(error, where)
    if (why !== undefined) throw new StoreAway(`REDIS_URL: ${why}`)
    const isBusy = /^LOADING|timed out|ETIMEDOUT|Connection is closed/i.test(error.message)
    throw new (isBusy ? StoreAway : StoreError)(`REDIS_URL: ${whyRedisRefused(error.message, where)}`)
  })
}

export async function reachMysql(address: MysqlAddress): Promise<void> {
  const where = address.socketPath ?? `${address.host}:${address.port}`
  await askMysql(address, reachWithinMs).catch((error: NodeJS.ErrnoException) => {
    const why = whyNotReached(error, where)
    if (why !== undefined) throw new StoreAway(`MYSQL_URL: ${why}`)
    // ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN, and a connection that was closed before it could say anything.
    const isBusy = ['ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'PROTOCOL_CONNECTION_LOST'].includes(
      error.code ?? '',
    )
    throw new (isBusy ? StoreAway : StoreError)(`MYSQL_URL: ${whyMysqlRefused(error, where, address)}`)
  })
}

function whyNotReached(error: NodeJS.ErrnoException, where: string): string | undefined {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${where} (connection refused). Is the server running?`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${where} is not known.`
    case 'ETIMEDOUT':
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ENOENT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'PROTOCOL_SEQUENCE_TIMEOUT':
      return `${where} does not answer (${error.code}).`
    default:
      return undefined
  }
}

function whyRedisRefused(message: string, where: string): string {
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(message))
    return `${where} refuses this user or password.`
  if (/timed out|ETIMEDOUT/i.test(message)) return `${where} does not answer.`
  if (message.startsWith('LOADING')) return `${where} is still loading its data; try again in a moment.`
  return `${where} does not answer as a Redis does (${oneLine(message)}).`
}

function whyMysqlRefused(error: NodeJS.ErrnoException, where: string, address: MysqlAddress): string {
  switch (error.code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return `${where} refuses the user "${address.user}" with this password.`
    case 'ER_DBACCESS_DENIED_ERROR':
      return `the user "${address.user}" may not use the database "${address.database}" at ${where}.`
    case 'ER_BAD_DB_ERROR':
      return `${where} has no database "${address.database}". Create it: CREATE DATABASE \`${address.database}\``
    default:
      return `${where} does not answer as a MySQL does (${oneLine(error.message)}).`
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200)
