// The promises of the archive while syncs die at any point, freeze and wake up, and while MySQL is down: everything is
// in it once. Servers and syncs are separate processes here, as they ship.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { failPoints, type FailPoint } from '../fault/brook-process.ts'
import { gather, judge } from '../fault/checker.ts'
import { Talkers } from '../fault/talkers.ts'
import { Cluster, type Station } from '../fault/cluster.ts'
import { until } from '../support/until.ts'

let cluster: Cluster
let talkers: Talkers
let folder: string
const crashes: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-sync-'))
  cluster = await Cluster.open({ servers: 1, syncs: 2, folder, onCrash: (words) => crashes.push(words) })
  talkers = await Talkers.gather(cluster.addresses, 4)
})
afterAll(async () => {
  talkers.leave()
  await cluster.close()
  await rm(folder, { recursive: true })
})

/** Everything posted so far is in MySQL once, everybody has it, and no process has exited by itself. */
async function allIsWell(): Promise<void> {
  await talkers.isComplete(() => cluster.isArchived().catch(() => false))
  const { violations, unknown } = judge(talkers.histories, await gather(cluster.db, cluster.redis))
  expect(violations).toEqual([])
  expect(unknown).toBe(0)
  expect(crashes).toEqual([])
}

/** Posts until a sync has reached that point and stopped there. */
async function stopAt(at: FailPoint, act: 'die' | 'freeze'): Promise<Station> {
  for (const { process } of cluster.syncs) process.arm(at, act)
  const hit = (): Station | undefined =>
    cluster.syncs.find(({ process }) => process.stoppedAt === at || !process.isUp)
  while (hit() === undefined) await talkers.talks(2)
  const caught = hit()
  if (caught === undefined) throw new Error('nobody came by')
  for (const station of cluster.syncs) if (station !== caught) station.process.disarm()
  return caught
}

const leaseRunsOut = (): Promise<unknown> =>
  cluster.db.run('UPDATE sync_checkpoints SET lease_until = NOW(3)')

test('a sync killed between read, insert, commit, ack and trim omits nothing and writes nothing twice', async () => {
  for (const at of failPoints) {
    const dead = await stopAt(at, 'die')
    await dead.process.gone
    await leaseRunsOut()
    await talkers.talks(5)
    await cluster.start(dead)
  }
  await allIsWell()
}, 60_000)

test('a sync that freezes inside its transaction is replaced, and writes nothing when it wakes', async () => {
  const zombie = await stopAt('commit', 'freeze')
  await talkers.talks(5)
  // The other one archives everything while this one is still frozen.
  await until(() => cluster.isArchived().catch(() => false), Boolean, 40_000)
  await talkers.talks(5)
  zombie.process.resume()
  await talkers.talks(20)
  await allIsWell()
}, 90_000)

test('chat goes on while MySQL is down, and the archive is complete when it is back', async () => {
  const { mariadbProcess } = cluster.stores
  const before = talkers.histories.counts.acknowledged
  await mariadbProcess.kill('SIGKILL')
  await talkers.talks(100)
  await until(() => talkers.clients.every(({ waiting }) => waiting.length === 0))
  expect(talkers.histories.counts.acknowledged).toBe(before + 100)
  await mariadbProcess.start()
  await allIsWell()
}, 60_000)

test('an entry of an unknown type stays in the log, counts, and is skipped', async () => {
  const { redis } = cluster
  const { room } = talkers
  const seq = await redis.hincrby(keysOf(0).numbers, room, 1)
  const fields = { room, type: 'hologram', user: '1', name: 'Tomorrow', cid: 'x', body: '{}' }
  await redis.xadd(keysOf(0).log, '*', 'seq', seq, ...Object.entries(fields).flat())
  await talkers.talks(10)
  await allIsWell()
  const kept = (await redis.xrange(keysOf(0).log, '-', '+')).map(([, all]) => all.join(' '))
  expect(kept.some((entry) => entry.includes('hologram'))).toBe(true)
})
