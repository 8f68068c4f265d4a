// Brook on a primary with a replica: the primary dies, the replica is made the primary by somebody, and the former one comes back,
// read-only as it should, or writing as it must not. Nothing that was said is lost, doubled or in another order.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostsOf, type MysqlAddress, type MysqlHost } from '../../server/config-stores.ts'
import { Db } from '../../server/db.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { freePorts } from '../support/ports.ts'
import { until } from '../support/until.ts'
import { Talk } from './talk.ts'

let both: PrivateStores[] = []
let address: MysqlAddress
let talk: Talk | undefined
const password = randomBytes(8).toString('hex')

beforeAll(async () => {
  const ports = await freePorts(2)
  both = await Promise.all(
    ports.map((port, at) =>
      privateStores({
        mysqlArgs: [
          ...['--skip-networking=0', '--bind-address=127.0.0.1', `--port=${port}`, `--server-id=${at + 1}`],
          ...['--log-bin=bin', '--binlog-format=ROW', '--log-slave-updates', '--sync-binlog=1'],
          ...['--innodb-flush-log-at-trx-commit=1', `--read-only=${at}`],
        ],
      }),
    ),
  )
  for (const stores of both)
    await asAdmin(stores, async (admin) => {
      await admin.run(`SET SESSION sql_log_bin = 0`)
      await admin.run(`CREATE USER brook@'127.0.0.1' IDENTIFIED BY '${password}'`)
      await admin.run(`GRANT ALL ON brook.* TO brook@'127.0.0.1'`)
      await admin.run(`CREATE USER copy@'127.0.0.1' IDENTIFIED BY '${password}'`)
      await admin.run(`GRANT REPLICATION SLAVE ON *.* TO copy@'127.0.0.1'`)
      // Else the other one would take over its accounts' passwords as well.
      await admin.run('RESET MASTER')
    })
  const [first = 0, second = 0] = ports
  await follow(1, first)
  const account = { user: 'brook', password, database: 'brook' }
  address = { host: '127.0.0.1', port: first, ...account, others: [{ host: '127.0.0.1', port: second }] }
})
afterAll(async () => {
  await talk?.close()
  for (const stores of both) await stores.stop()
})

async function asAdmin<T>(stores: PrivateStores | undefined, work: (admin: Db) => Promise<T>): Promise<T> {
  if (stores === undefined) throw new Error('there is no such server')
  const admin = new Db(stores.admin, 1)
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

/** Both have begun with the same tables. */
const follow = (at: number, port: number): Promise<void> =>
  asAdmin(both[at], async (admin) => {
    await admin.run(
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port}, MASTER_USER = 'copy', MASTER_PASSWORD = '${password}',
       MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos`,
    )
    await admin.run('START SLAVE')
  })

const hosts = (): [MysqlHost, ...MysqlHost[]] => hostsOf(address)
const rows = (at: number): Promise<number> =>
  asAdmin(both[at], async (admin) => {
    const [row] = await admin.rows<{ count: number }>('SELECT COUNT(*) AS count FROM messages')
    return Number(row?.count)
  })

test('the primary dies: people talk on, and the replica has it all once it may write', async () => {
  talk = await Talk.open(address)
  const left = await talk.through(async () => {
    await until(async () => (await rows(1)) === (await rows(0)))
    await both[0]?.mariadbProcess.kill()
    await asAdmin(both[1], async (admin) => {
      await admin.run('STOP SLAVE')
      await admin.run('SET GLOBAL read_only = 0')
    })
  })
  console.log(`primary killed, replica promoted: ${JSON.stringify(left)}`)
  expect(left).toMatchObject({ violations: [], said: 240 })
})

test('the former primary, which comes back and takes writes, is not written to', async () => {
  await both[0]?.mariadbProcess.start()
  const before = await rows(0)
  const left = await talk?.through(() => undefined)
  expect(left).toMatchObject({ violations: [], said: 480 })
  // Whoever starts now is no wiser than those that were there.
  const fresh = new Db(address, 1)
  const [row] = await fresh.rows<{ port: number }>('SELECT @@port AS port')
  await fresh.close()
  expect(row?.port).toBe(hosts()[1]?.port)
  expect(await rows(0)).toBe(before)
})
