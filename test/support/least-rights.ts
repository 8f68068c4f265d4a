// The accounts of docs/OPERATING.md on the stores of a test: no more than Brook is said to need.
import { appendFile, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import type { MysqlAddress, RedisAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { root } from '../../server/root.ts'

/** The stores, as somebody who may do everything reaches them. */
export interface Whole {
  redis: RedisAddress
  admin: MysqlAddress
  folder: string
}

/** The lines of the documentation's ACL and of its SQL. `many`: what a cluster, or REDIS_REPLICAS, needs besides. */
export async function documentedRights(): Promise<{ acl: string[]; sql: string[]; many: string }> {
  const [page, many] = await Promise.all(
    ['docs/OPERATING.md', 'docs/REDIS.md'].map((name) => readFile(path.join(root, name), 'utf8')),
  )
  const lines = (text: string, language: string): string[] =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].flatMap(
      ([, block = '']) => block.trim().split('\n'),
    )
  return {
    acl: lines(page ?? '', 'acl'),
    sql: lines(page ?? '', 'sql'),
    many: lines(many ?? '', 'acl').join(' '),
  }
}

/** Creates the accounts; they outlive a restart of their store. Answers with the addresses for Brook to run with. */
export async function leastRights({ redis, admin, folder }: Whole): Promise<{
  redis: RedisAddress
  mysql: MysqlAddress
  /** The account that migrates. */
  migrating: MysqlAddress
}> {
  if (!('path' in redis)) throw new Error('private stores listen on sockets')
  const { acl, sql } = await documentedRights()
  const line = acl.find((one) => one.startsWith('user brook '))?.replace('SECRET', redis.password) ?? ''
  await appendFile(path.join(folder, 'redis/redis.conf'), `${line}\n`)
  const connection = new Redis(redis)
  await connection.call('ACL', 'SETUSER', ...line.split(' ').slice(1))
  connection.disconnect()
  const db = new Db(admin, 1)
  for (const statement of sql) {
    if (statement.startsWith('CREATE DATABASE')) continue
    await db.run(
      statement.replace('CREATE USER', 'CREATE USER IF NOT EXISTS').replace('SECRET', admin.password),
    )
  }
  await db.close()
  return {
    redis: { ...redis, username: 'brook' },
    mysql: { ...admin, user: 'brook_run' },
    migrating: { ...admin, user: 'brook_migrate' },
  }
}
