// Read markers: collected, never going back, never above the head, and not lost while MySQL is down.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { openTestServer, type Browser, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let server: TestServer

beforeAll(async () => {
  stores = await privateStores()
  server = await openTestServer(stores)
})
afterAll(async () => {
  await server.close()
  await stores.stop()
})

afterEach(() => void vi.restoreAllMocks())

const headOf = (room: string, at = server): number => at.log.heads([room]).get(room)?.seq ?? 0

/** Somebody in a room of their own whose newest number is 6. */
async function gardener(name: string): Promise<{ browser: Browser; room: string }> {
  const browser = await server.enters(name)
  const { id: room } = await browser.makes(`${name}’s garden`)
  const user = { id: browser.me.id, name: browser.me.name }
  for (const text of ['one', 'two', 'three', 'four', 'five'])
    await server.log.append({ room, user, cid: newCid(), body: { type: 'message', text } })
  await until(() => headOf(room) === 6)
  return { browser, room }
}

const mark = (browser: Browser, room: string, seq: number, at = server, generation = 0): void =>
  void at.memberships.markers.mark({ user: browser.me.id, room, generation, seq })
const isWritten = (at = server) => until(() => at.memberships.markers.waiting === 0)
const shown = async (browser: Browser, room: string) =>
  (await server.memberships.summary(browser.me.id, room))?.read
async function written(browser: Browser, room: string): Promise<number | undefined> {
  const [row] = await server.db.rows<{ read_seq: number }>(
    'SELECT read_seq FROM memberships WHERE user_id = ? AND room_id = ?',
    [browser.me.id, room],
  )
  return row?.read_seq
}

test('a marker shows at once, and is in MySQL soon after', async () => {
  const { browser: ann, room } = await gardener('ann')
  mark(ann, room, 3)
  expect(await shown(ann, room)).toBe(3)
  await until(async () => (await written(ann, room)) === 3)
  await isWritten()
})

test('it never goes back, in memory or in MySQL', async () => {
  const { browser: bob, room } = await gardener('bob')
  mark(bob, room, 5)
  mark(bob, room, 4)
  expect(await shown(bob, room)).toBe(5)
  await until(async () => (await written(bob, room)) === 5)
  mark(bob, room, 2)
  expect(await shown(bob, room)).toBe(5)
  await isWritten()
  expect(await written(bob, room)).toBe(5)
})

test('a later generation moves it back, and nothing of an earlier one moves it on', async () => {
  const { browser: ida, room } = await gardener('ida')
  mark(ida, room, 5)
  mark(ida, room, 2, server, 7)
  mark(ida, room, 6)
  expect(await shown(ida, room)).toBe(2)
  await isWritten()
  expect(await written(ida, room)).toBe(2)
  for (const seq of [6, 5]) mark(ida, room, seq)
  mark(ida, room, 3, server, 7)
  await isWritten()
  expect([await shown(ida, room), await written(ida, room)]).toEqual([3, 3])
})

test('it is never above the head', async () => {
  const { browser: cid, room } = await gardener('cid')
  mark(cid, room, 1_000_000)
  expect(await shown(cid, room)).toBe(6)
  await isWritten()
  expect(await written(cid, room)).toBe(6)
})

test('a marker of somebody who has left does not bring them back', async () => {
  const { room } = await gardener('dan')
  const eve = await server.enters('eve')
  await eve.asks('PUT', `/api/rooms/${room}/members/me`)
  mark(eve, room, 4)
  await eve.asks('DELETE', `/api/rooms/${room}/members/me`)
  await isWritten()
  expect(await written(eve, room)).toBeUndefined()
})

test('two processes write many markers at once, and the higher one stays', async () => {
  const other = await openTestServer(stores)
  const { room } = await gardener('fay')
  const readers = await Promise.all(Array.from({ length: 40 }, (_, n) => server.enters(`reader ${n}`)))
  await Promise.all(readers.map((one) => one.asks('PUT', `/api/rooms/${room}/members/me`)))
  await server.db.run('UPDATE memberships SET read_seq = 0 WHERE room_id = ?', [room])
  await until(() => headOf(room, other) === 46 && headOf(room) === 46)
  for (const [n, one] of readers.entries()) {
    mark(one, room, n % 2 ? 40 : 41)
    mark(one, room, n % 2 ? 41 : 40, other)
    mark(one, server.lobby, 1, other)
  }
  await Promise.all([isWritten(), isWritten(other)])
  for (const one of readers) expect(await written(one, room)).toBe(41)
  await other.close()
})

test('a marker that rises while it is written is not forgotten', async () => {
  const { browser: hal, room } = await gardener('hal')
  const write = server.db.run.bind(server.db)
  const writes = vi.spyOn(server.db, 'run').mockImplementationOnce(async (...statement) => {
    mark(hal, room, 5)
    return write(...statement)
  })
  mark(hal, room, 3)
  await until(async () => (await written(hal, room)) === 5)
  expect(writes).toHaveBeenCalledTimes(2)
})

test('what could not be written while MySQL was down is written when it is back', async () => {
  const { browser: gus, room } = await gardener('gus')
  const writes = vi.spyOn(server.db, 'run')
  await stores.mariadbProcess.kill()
  mark(gus, room, 6)
  await until(() => writes.mock.settledResults.some(({ type }) => type === 'rejected'))
  expect(server.memberships.markers.waiting).toBe(1)
  await stores.mariadbProcess.start()
  await until(async () => (await written(gus, room)) === 6)
})
