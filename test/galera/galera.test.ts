// Brook on three nodes of a Galera cluster: one is written to, another takes its place when it dies or freezes, and nothing that
// was said is lost, doubled or in another order.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { alone } from '../../server/lock-row.ts'
import { migrate } from '../../server/migrate.ts'
import { Galera } from '../support/galera.ts'
import { migrationsDir } from '../support/stores.ts'
import { Talk } from './talk.ts'

let galera: Galera
let nodes: Db[] = []
let talk: Talk | undefined
beforeAll(async () => {
  galera = await Galera.start()
  nodes = [0, 1, 2].map((at) => new Db(galera.of(at), 3))
})
afterAll(async () => {
  await talk?.close()
  await Promise.all(nodes.map((node) => node.close()))
  await galera.stop()
})

const writer = async (db: Db): Promise<string> => {
  const [row] = await db.rows<{ host: string }>('SELECT host FROM mysql_writer')
  return row?.host ?? ''
}
const nameOf = (at: number): string => `127.0.0.1:${galera.nodes[at]?.sql}`

test('of migrations on two nodes at once, one applies the files and the other finds it done', async () => {
  const applied = await Promise.all(nodes.slice(0, 2).map((node) => migrate(node, migrationsDir)))
  expect(applied.map(({ length }) => length > 0).sort()).toEqual([false, true])
})

test('a lock is held on all nodes', async () => {
  let [inside, most, times] = [0, 0, 0]
  const work = async (): Promise<void> => {
    inside += 1
    most = Math.max(most, inside)
    await nodes[0]?.rows('SELECT SLEEP(0.02)')
    times += 1
    inside -= 1
  }
  const all = [0, 1, 2, 0, 1, 2].flatMap((at) => nodes[at] ?? [])
  await Promise.all(all.map((node) => alone(node, 'crowd', work, { waitMs: 60_000 })))
  expect([most, times]).toEqual([1, 6])
})

test('transactions that change one row on two nodes are both done', async () => {
  const [one] = nodes
  await one?.run("REPLACE INTO server_keys (name, value) VALUES ('count', '0')")
  const add = (node: Db): Promise<unknown> =>
    node.transaction(async (tx) => {
      await tx.rows("SELECT value FROM server_keys WHERE name = 'count' FOR UPDATE")
      await tx.run("UPDATE server_keys SET value = value + 1 WHERE name = 'count'")
    }, 50)
  await Promise.all(nodes.slice(0, 2).flatMap((node) => [node, node, node, node].map(add)))
  await one?.run('SET SESSION wsrep_sync_wait = 1')
  const rows = await one?.rows<{ value: Buffer }>("SELECT value FROM server_keys WHERE name = 'count'")
  expect(String(rows?.[0]?.value)).toBe('8')
})

test('the writer is killed while people talk: the next node is written to, and all that was said is there', async () => {
  talk = await Talk.open(galera.address)
  expect(await writer(talk.db)).toBe(nameOf(0))
  const left = await talk.through(() => galera.process(0).kill())
  console.log(`writer killed: ${JSON.stringify(left)}`)
  expect(left).toMatchObject({ violations: [], said: 240 })
  expect(await writer(talk.db)).toBe(nameOf(1))
  await galera.back(0)
  expect(await writer(talk.db)).toBe(nameOf(1))
})

test('the writer is frozen while people talk: the same, and it comes back as one of the others', async () => {
  const left = await talk?.through(() => galera.process(1).pause())
  console.log(`writer frozen: ${JSON.stringify(left)}`)
  expect(left).toMatchObject({ violations: [], said: 480 })
  const now = await (talk && writer(talk.db))
  expect(now).toBe(nameOf(0))
  await galera.resumed(1)
  expect(await (talk && writer(talk.db))).toBe(nameOf(0))
})
