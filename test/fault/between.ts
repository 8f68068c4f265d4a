// A proxy between Brook and the stores of a test, which listen on sockets.
import type { MysqlAddress } from '../../server/config.ts'
import type { PrivateStores } from '../support/stores.ts'
import { Proxy } from './proxy.ts'

/** A proxy in front of Redis. `at`: what a server is told to reach it there, in this database of it. */
export async function redisBetween({
  given: { redis },
}: Pick<PrivateStores, 'given'>): Promise<{ proxy: Proxy; at: (database?: number) => { url: string } }> {
  if (!('path' in redis)) throw new Error('private stores listen on sockets')
  const proxy = await Proxy.open({ path: redis.path })
  const start = `redis://${redis.username ?? ''}:${encodeURIComponent(redis.password)}@127.0.0.1:${proxy.port}`
  return { proxy, at: (database = 0) => ({ url: `${start}/${database}` }) }
}

/** A proxy in front of MySQL. `at`: what a server is told to reach it there. */
export async function mysqlBetween({
  given: {
    mysql: { socketPath, ...mysql },
  },
}: Pick<PrivateStores, 'given'>): Promise<{ proxy: Proxy; at: MysqlAddress & { port: number } }> {
  if (socketPath === undefined) throw new Error('private stores listen on sockets')
  const proxy = await Proxy.open({ path: socketPath })
  return { proxy, at: { ...mysql, host: '127.0.0.1', port: proxy.port } }
}

/** An address as MYSQL_URL takes it. */
export const mysqlUrl = ({ user, password, host, port, database }: MysqlAddress): string =>
  `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`
