// External stores (REDIS_URL, MYSQL_URL): checked once before anything starts. An error becomes one line that names
// the server and never the password.
import net from 'node:net'
import type { MysqlAddress, RedisAddress } from '../config.ts'
import { isMany, nodeAlone, type ManyRedis, type OneRedis } from '../config-redis.ts'
import { checkRights, whyRedisRefuses } from '../log/rights.ts'
import type { Redis } from '../redis/client.ts'
import { Nodes } from '../redis/nodes.ts'
import { nameOfNode } from '../redis/view.ts'
import { askMysql } from './mariadb.ts'
import { StoreAway, StoreError } from './programs.ts'
import { askRedis } from './redis.ts'

const reachWithinMs = 5_000

/** @throws StoreError or StoreAway if it cannot be used, or not now; of a cluster, if a single primary cannot */
export async function reachRedis(address: RedisAddress): Promise<void> {
  const { replicas = 0 } = address
  if (!isMany(address)) return reachOne(address, replicas)
  for (const primary of await findPrimaries(address)) await reachOne(nodeAlone(address, primary), replicas)
}

async function findPrimaries(address: ManyRedis): Promise<Nodes['primaries']> {
  const nodes = new Nodes(address)
  try {
    await nodes.look()
    if (nodes.primaries.length === 0) throw nodes.lastError
    return nodes.primaries
  } catch (error) {
    throw notFound(address, error as NodeJS.ErrnoException)
  } finally {
    nodes.close()
  }
}

function notFound(address: ManyRedis, error: NodeJS.ErrnoException): Error {
  const where = address.nodes.map(nameOfNode).join(', ')
  const what = address.kind === 'cluster' ? 'Redis Cluster' : 'Sentinel'
  const refused = whyRedisRefuses(error)
  if (refused !== undefined) return refusedBy(refused, error, where)
  if (/No such master/i.test(error.message))
    return new StoreError(`REDIS_URL: the Sentinels at ${where} know no primary called ${address.name}.`)
  if (/unknown command|cluster support disabled/i.test(error.message))
    return new StoreError(`REDIS_URL: ${where} is no ${what}.`)
  const why = whyNotReached(error, where) ?? whyRedisRefused(error.message, where)
  return new StoreAway(`REDIS_URL: no ${what} answers; ${why}`)
}

async function reachOne(address: OneRedis, replicas: number): Promise<void> {
  const where = 'url' in address ? new URL(address.url).host : address.path
  const check = (redis: Redis): Promise<void> => checkRights(redis, replicas)
  await askRedis(address, reachWithinMs, check).catch(async (error: NodeJS.ErrnoException) => {
    const refused = whyRedisRefuses(isEnded(error) ? new Error(await greeting(address)) : error)
    if (refused !== undefined) throw refusedBy(refused, error, where)
    const why = whyNotReached(error, where)
    if (why !== undefined) throw new StoreAway(`REDIS_URL: ${why}`)
    const isBusy = /^LOADING|timed out|ETIMEDOUT|Connection is closed/i.test(error.message)
    throw new (isBusy ? StoreAway : StoreError)(`REDIS_URL: ${whyRedisRefused(error.message, where)}`)
  })
}

/** The connection was ended before anything was answered. */
const isEnded = ({ code, message }: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'ECONNRESET'].includes(code ?? '') || message.startsWith('Connection is closed')

/**
 * What Redis says before it is asked, which is why it ends a connection; empty: nothing. Trap: a client that has written already
 * may be told of the broken pipe alone.
 */
async function greeting(address: OneRedis): Promise<string> {
  const { hostname, port } = 'url' in address ? new URL(address.url) : { hostname: '', port: '' }
  const socket =
    'url' in address
      ? net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 6379 : port) })
      : net.connect(address.path)
  socket.setTimeout(1_000, () => socket.destroy())
  let said = ''
  try {
    for await (const bytes of socket) said += String(bytes)
  } catch {
    // Whatever it said before it broke is the answer.
  }
  return said.replace(/^-/, '')
}

/** A user, a password and rights stay what they are until somebody changes them; everything else may pass. */
function refusedBy(why: string, { message }: Error, where: string): StoreError {
  if (/^(NOAUTH|WRONGPASS)/.test(message))
    return new StoreError(`REDIS_URL: ${where} rejects this user or password.`)
  if (message.includes('NOPERM'))
    return new StoreError(`REDIS_URL: ${why} at ${where}. docs/OPERATING.md lists what it needs.`)
  return new StoreAway(`REDIS_URL: ${why} at ${where}.`)
}

export async function reachMysql(address: MysqlAddress): Promise<void> {
  const where = address.socketPath ?? `${address.host}:${address.port}`
  await askMysql(address, reachWithinMs).catch((error: NodeJS.ErrnoException) => {
    const why = whyNotReached(error, where)
    if (why !== undefined) throw new StoreAway(`MYSQL_URL: ${why}`)
    // ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN, and a connection that was closed before it was established.
    const isBusy = ['ER_CON_COUNT_ERROR', 'ER_SERVER_SHUTDOWN', 'PROTOCOL_CONNECTION_LOST'].includes(
      error.code ?? '',
    )
    throw new (isBusy ? StoreAway : StoreError)(`MYSQL_URL: ${whyMysqlRefused(error, where, address)}`)
  })
}

function whyNotReached(error: NodeJS.ErrnoException, where: string): string | undefined {
  switch (error.code) {
    case 'ECONNREFUSED':
      return `nothing is listening at ${where} (connection refused). Is the server running?`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host of ${where} is unknown.`
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
    return `${where} rejects this user or password.`
  if (/timed out|ETIMEDOUT/i.test(message)) return `${where} does not answer.`
  if (message.startsWith('LOADING')) return `${where} is still loading its data; try again in a moment.`
  return `${where} does not answer like a Redis server (${oneLine(message)}).`
}

function whyMysqlRefused(error: NodeJS.ErrnoException, where: string, address: MysqlAddress): string {
  switch (error.code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return `${where} rejects the user "${address.user}" or this password.`
    case 'ER_DBACCESS_DENIED_ERROR':
      return `the user "${address.user}" has no access to the database "${address.database}" at ${where}.`
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return `${where} does not offer TLS, which ssl-mode requires.`
    case 'HANDSHAKE_SSL_ERROR':
      return `the TLS connection to ${where} is not trusted (${oneLine(error.message)}).`
    case 'ER_BAD_DB_ERROR':
      return `${where} has no database "${address.database}". Create it: CREATE DATABASE \`${address.database}\``
    default:
      return `${where} does not answer like a MySQL server (${oneLine(error.message)}).`
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200)
