// What is promised of the archive while syncs die at any point, sleep and wake up, and while MySQL is away: everything is
// in it once. Servers and syncs are processes of their own here, as they ship.
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { failPoints, type FailPoint } from '../fault/brook-process.ts'
import { gather, judge } from '../fault/checker.ts'
import { Crowd } from '../fault/crowd.ts'
import { House, type Station } from '../fault/house.ts'
import { until } from '../support/until.ts'

let house: House
let crowd: Crowd
let folder: string
const crashes: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-sync-'))
  house = await House.open({ servers: 1, syncs: 2, folder, onCrash: (words) => crashes.push(words) })
  crowd = await Crowd.gather(house.addresses, 4)
})
afterAll(async () => {
  crowd.leave()
  await house.close()
  await rm(folder, { recursive: true })
})

/** Everything said so far is in MySQL once, everybody has it, and no process has ended by itself. */
async function allIsWell(): Promise<void> {
  await crowd.isComplete(() => house.isArchived().catch(() => false))
  const { violations, unknown } = judge(crowd.histories, await gather(house.db, house.redis))
  expect(violations).toEqual([])
  expect(unknown).toBe(0)
  expect(crashes).toEqual([])
}

/** Talks until a sync has come by that point and stopped there. */
async function stopAt(at: FailPoint, act: 'die' | 'freeze'): Promise<Station> {
  for (const { process } of house.syncs) process.arm(at, act)
  const hit = (): Station | undefined =>
    house.syncs.find(({ process }) => process.stoppedAt === at || !process.isUp)
  while (hit() === undefined) await crowd.talks(2)
  const caught = hit()
  if (caught === undefined) throw new Error('nobody came by')
  for (const station of house.syncs) if (station !== caught) station.process.disarm()
  return caught
}

const leaseRunsOut = (): Promise<unknown> => house.db.run('UPDATE sync_checkpoints SET lease_until = NOW(3)')

test('a sync killed between read, insert, commit, ack and trim leaves nothing out and nothing twice', async () => {
  for (const at of failPoints) {
    const dead = await stopAt(at, 'die')
    await dead.process.gone
    await leaseRunsOut()
    await crowd.talks(5)
    await house.start(dead)
  }
  await allIsWell()
}, 60_000)

test('a sync that freezes inside its transaction is replaced, and writes nothing when it wakes', async () => {
  const zombie = await stopAt('commit', 'freeze')
  await crowd.talks(5)
  // Everything is archived by the other one, while this one still sleeps.
  await until(() => house.isArchived().catch(() => false), Boolean, 40_000)
  await crowd.talks(5)
  zombie.process.resume()
  await crowd.talks(20)
  await allIsWell()
}, 90_000)

test('people talk on while MySQL is away, and the archive is complete when it is back', async () => {
  const { mariadbProcess } = house.stores
  const before = crowd.histories.counts.acknowledged
  await mariadbProcess.kill('SIGKILL')
  await crowd.talks(100)
  await until(() => crowd.clients.every(({ waiting }) => waiting.length === 0))
  expect(crowd.histories.counts.acknowledged).toBe(before + 100)
  await mariadbProcess.start()
  await allIsWell()
}, 60_000)

test('an entry of a type nobody knows is kept in the log, counts, and is passed over', async () => {
  const { redis } = house
  const { room } = crowd
  const seq = await redis.hincrby(keysOf(0).numbers, room, 1)
  const fields = { room, type: 'hologram', user: '1', name: 'Tomorrow', cid: 'x', body: '{}' }
  await redis.xadd(keysOf(0).log, '*', 'seq', seq, ...Object.entries(fields).flat())
  await crowd.talks(10)
  await allIsWell()
  const kept = (await redis.xrange(keysOf(0).log, '-', '+')).map(([, all]) => all.join(' '))
  expect(kept.some((entry) => entry.includes('hologram'))).toBe(true)
})
