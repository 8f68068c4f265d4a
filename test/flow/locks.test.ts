// Work that one process at a time does: who has it, who waits for it, and how it is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { alone, LockLost, type HeldLock } from '../../server/lock-row.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let db: Db
let other: Db
beforeAll(async () => {
  stores = await privateStores()
  db = new Db(stores.given.mysql, 4)
  other = new Db(stores.given.mysql, 4)
})
afterAll(async () => {
  await db.close()
  await other.close()
  await stores.stop()
})

/** A lock that is held until `end` is called. */
async function hold(at: Db, name: string, ms?: number) {
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  let take: (lock: HeldLock) => void = () => undefined
  const taken = new Promise<HeldLock>((resolve) => (take = resolve))
  const work = alone(
    at,
    name,
    (lock) => {
      take(lock)
      return ended
    },
    ms === undefined ? {} : { ms },
  )
  return {
    lock: await taken,
    end: () => {
      end()
      return work
    },
  }
}

test('while one has it another does nothing, or waits; and of many at once each has it alone', async () => {
  const held = await hold(db, 'sweep')
  expect(await alone(other, 'sweep', async () => 'done')).toBeUndefined()
  expect(await alone(other, 'sweep of something else', async () => 'done')).toBe('done')
  const waiting = alone(other, 'sweep', async () => 'done', { waitMs: 60_000 })
  await held.end()
  expect(await waiting).toBe('done')
  let [inside, most, times] = [0, 0, 0]
  const work = async (): Promise<void> => {
    inside += 1
    most = Math.max(most, inside)
    await db.rows('SELECT SLEEP(0.01)')
    times += 1
    inside -= 1
  }
  await Promise.all([db, other, db, other].map((at) => alone(at, 'crowd', work, { waitMs: 60_000 })))
  expect([most, times]).toEqual([1, 4])
})

test('work that fails frees it at once', async () => {
  await expect(alone(db, 'fails', () => Promise.reject(new Error('on purpose')))).rejects.toThrow(
    'on purpose',
  )
  expect(await alone(other, 'fails', async () => 'done')).toBe('done')
})

test('whoever works keeps it for as long as that takes', async () => {
  const held = await hold(db, 'long', 2_000)
  const began = performance.now()
  await until(
    () => alone(other, 'long', async () => 'taken'),
    () => performance.now() - began > 3_000,
  )
  expect(await alone(other, 'long', async () => 'taken')).toBeUndefined()
  expect(held.lock.signal.aborted).toBe(false)
  await held.end()
})

test('whoever is silent loses it, knows that by itself, and can write nothing under it', async () => {
  const silent = new Db(stores.given.mysql, 2)
  const held = await hold(silent, 'silent', 500)
  // As a process that is frozen, or has crashed: nothing is said of it any more.
  await silent.close()
  expect(await alone(other, 'silent', async () => 'taken', { waitMs: 60_000 })).toBe('taken')
  await until(() => held.lock.signal.aborted)
  const write = (): Promise<void> =>
    db.transaction(async (tx) => {
      await held.lock.guard(tx)
      await tx.run("REPLACE INTO server_keys (name, value) VALUES ('locks', 'written')")
    })
  await expect(write()).rejects.toThrow(LockLost)
  expect(await db.rows("SELECT 1 FROM server_keys WHERE name = 'locks'")).toEqual([])
  await held.end()
})

test('whoever has been replaced writes nothing, though by its own clock it still has the lock', async () => {
  const held = await hold(db, 'replaced')
  await other.run("UPDATE locks SET fence = fence + 1 WHERE name = 'replaced'")
  expect(held.lock.signal.aborted).toBe(false)
  await expect(db.transaction((tx) => held.lock.guard(tx))).rejects.toThrow(LockLost)
  expect(held.lock.signal.aborted).toBe(true)
  await held.end()
})
