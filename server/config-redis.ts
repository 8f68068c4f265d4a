// REDIS_URL: one Redis, a cluster, or a primary that Sentinels name; and REDIS_REPLICAS. docs/REDIS.md says what each promises.
import { ConfigError, parseUrl } from './config-error.ts'

/** Where one node listens. `host`: a name or an address, an IPv6 one without brackets. */
export interface NodeAddress {
  host: string
  port: number
}

/** Replicas that must have an entry before it is acknowledged; undefined: none. */
interface Replicated {
  replicas?: number
}

/** One Redis: a redis:// or rediss:// URL, or a socket, as of the embedded one. Without `username`: its default user. */
export type OneRedis = Replicated & ({ url: string } | { path: string; password: string; username?: string })

/** Several nodes, of which one at a time takes the writes of a key. */
export interface ManyRedis extends Replicated {
  /** cluster: its primaries share the keys. sentinel: `nodes` are Sentinels, which name the primary. */
  kind: 'cluster' | 'sentinel'
  /** Those that are asked first; the others are learned from them. */
  nodes: readonly NodeAddress[]
  tls: boolean
  /** Undefined: the default user of the Redis nodes. */
  username?: string
  /** Undefined: none is sent. */
  password?: string
  /** Sentinel alone: what they call the primary, its database, and how one signs in at a Sentinel itself. */
  name?: string
  db?: number
  sentinelUsername?: string
  sentinelPassword?: string
}

/** The address of a Redis, of whatever kind. */
export type RedisAddress = OneRedis | ManyRedis

export const isMany = (address: RedisAddress): address is ManyRedis => 'nodes' in address

/** One node of many, as if it stood alone. */
export function nodeAlone(
  { tls, username = '', password }: ManyRedis,
  { host, port }: NodeAddress,
): OneRedis {
  const user =
    password === undefined ? '' : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`
  return { url: `${tls ? 'rediss' : 'redis'}://${user}${host.includes(':') ? `[${host}]` : host}:${port}` }
}

const defaultPorts = { cluster: 6379, sentinel: 26_379 }
const forms = {
  cluster: 'redis+cluster://user:password@host1:6379,host2:6379',
  sentinel: 'redis+sentinel://user:password@host1:26379,host2:26379/name',
}

/** @throws ConfigError, which never repeats the text, for it may contain a password */
export function redisAddress(text: string): RedisAddress {
  const scheme = /^(rediss?)\+([a-z]+):\/\/(.*)$/i.exec(text)
  if (scheme === null)
    return { url: parseUrl('REDIS_URL', text, ['redis:', 'rediss:'], 'redis://host:6379').href }
  const [, base = '', kind = '', rest = ''] = scheme
  if (kind !== 'cluster' && kind !== 'sentinel')
    throw new ConfigError(
      'REDIS_URL begins with redis://, redis+cluster:// or redis+sentinel://, or rediss with TLS.',
    )
  const parts = /^(?:([^/?#]*)@)?([^@/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(rest)
  if (parts === null) throw new ConfigError(`REDIS_URL is not of the form ${forms[kind]}.`)
  const [, user = '', hosts = '', path = '', query = ''] = parts
  const address: ManyRedis = {
    kind,
    nodes: hosts.split(',').map((host) => nodeAddress(host, kind)),
    tls: base.toLowerCase() === 'rediss',
    ...signIn(user, kind),
  }
  const name = decoded(path.slice(1), kind)
  return kind === 'cluster' ? ofCluster(address, name, query) : ofSentinel(address, name, query)
}

/** REDIS_REPLICAS, on the Redis that REDIS_URL names. @throws ConfigError where there is none, or none that could have any */
export function withReplicas(address: RedisAddress | undefined, replicas: number): RedisAddress | undefined {
  if (replicas === 0) return address
  if (address === undefined)
    throw new ConfigError('REDIS_REPLICAS needs REDIS_URL: the embedded Redis has no replicas.')
  return { ...address, replicas }
}

function nodeAddress(text: string, kind: ManyRedis['kind']): NodeAddress {
  const [, six, host = six, digits] =
    /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? []
  const port = digits === undefined ? defaultPorts[kind] : Number(digits)
  if (host === undefined || port < 1 || port > 65_535)
    throw new ConfigError(
      `REDIS_URL names hosts as host:port, separated by commas, in the form ${forms[kind]}.`,
    )
  return { host, port }
}

function signIn(text: string, kind: ManyRedis['kind']): Pick<ManyRedis, 'username' | 'password'> {
  if (text === '') return {}
  const at = text.indexOf(':')
  if (at < 0) throw new ConfigError(`REDIS_URL has a user and no password. Its form is ${forms[kind]}.`)
  const username = decoded(text.slice(0, at), kind)
  return { ...(username === '' ? {} : { username }), password: decoded(text.slice(at + 1), kind) }
}

function ofCluster(address: ManyRedis, path: string, query: string): ManyRedis {
  if (path !== '')
    throw new ConfigError('REDIS_URL: a cluster has no databases, so nothing follows its hosts.')
  if (query !== '') throw new ConfigError('REDIS_URL: redis+cluster:// takes no parameters.')
  return address
}

/** Trap: a parameter that is passed over silently may be the one that was to sign in. */
function ofSentinel(address: ManyRedis, name: string, query: string): ManyRedis {
  if (!/^[\w.-]+$/.test(name))
    throw new ConfigError(
      `REDIS_URL names no primary as the Sentinels call it. Its form is ${forms.sentinel}.`,
    )
  const found: ManyRedis = { ...address, name }
  for (const [key, value] of new URLSearchParams(query)) {
    if (key === 'db' && /^\d{1,5}$/.test(value)) found.db = Number(value)
    else if (key === 'sentinel-user') found.sentinelUsername = value
    else if (key === 'sentinel-password') found.sentinelPassword = value
    else
      throw new ConfigError(
        'REDIS_URL: redis+sentinel:// takes db=NUMBER, sentinel-user and sentinel-password.',
      )
  }
  if (found.sentinelUsername !== undefined && found.sentinelPassword === undefined)
    throw new ConfigError('REDIS_URL: sentinel-user needs sentinel-password.')
  return found
}

function decoded(text: string, kind: ManyRedis['kind']): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ConfigError(`REDIS_URL: % stands before two hexadecimal digits. Its form is ${forms[kind]}.`)
  }
}
