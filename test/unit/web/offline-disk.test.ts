// Whose copy it is on this device's disk, and what becomes of one that cannot be used.
import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { databaseName, emptyDisk, openDisk, type Disk } from '../../../web/offline/disk.ts'
import { RoomCopies } from '../../../web/offline/room-copies.ts'
import { searchHere } from '../../../web/offline/search.ts'
import { ann, bob, garden, message, numbers } from './said.ts'

const room = '7'
const opened: Disk[] = []
async function open(user: string): Promise<Disk> {
  const disk = await openDisk(user)
  if (disk === undefined) throw new Error('it cannot be opened')
  opened.push(disk)
  return disk
}
const page = (from: number, to: number) => ({
  messages: numbers(from, to).map((seq) => message(seq)),
  hasBefore: from > 1,
  hasAfter: false,
  upTo: to,
})
const isHere = async (disk: Disk): Promise<boolean> =>
  (await new RoomCopies(disk).stretchOf(room)) !== undefined

beforeEach(async () => {
  await deleteDB(databaseName)
})
afterEach(() => {
  for (const disk of opened.splice(0)) disk.close()
  vi.restoreAllMocks()
})

test('the next account reads nothing, and a tab of the one before writes nothing any more', async () => {
  const of = { ann: await open(ann.id), bob: undefined as Disk | undefined }
  await new RoomCopies(of.ann).seed(room, page(1, 5), true)
  expect(await isHere(await open(ann.id))).toBe(true)
  of.bob = await open(bob.id)
  expect(await isHere(of.bob)).toBe(false)
  await new RoomCopies(of.ann).seed(room, page(1, 5), true)
  expect([await isHere(of.bob), of.ann.isLost]).toEqual([false, true])
})

test('once it is emptied in one tab, nothing that another still writes stays', async () => {
  const disk = await open(ann.id)
  await new RoomCopies(disk).seed(room, page(1, 5), true)
  await emptyDisk(ann.id)
  await new RoomCopies(disk).seed(room, page(1, 6), true)
  expect(await isHere(await open(ann.id))).toBe(false)
})

test('emptying the copy of somebody who has gone leaves that of whoever has come', async () => {
  const disk = await open(bob.id)
  await new RoomCopies(disk).seed(room, page(1, 5), true)
  await emptyDisk(ann.id)
  expect(await isHere(disk)).toBe(true)
})

test('a copy of a newer version begins again, and says so', async () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue()
  const newer = await openDB(databaseName, 99, {
    upgrade: (database) => void database.createObjectStore('other'),
  })
  newer.close()
  const disk = await open(ann.id)
  await new RoomCopies(disk).seed(room, page(1, 5), true)
  expect(await isHere(disk)).toBe(true)
  expect(warned).toHaveBeenCalled()
})

test('a browser that keeps nothing has no copy', async () => {
  vi.spyOn(console, 'warn').mockReturnValue()
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('not here', 'SecurityError')
  })
  expect(await openDisk(ann.id)).toBeUndefined()
})

test('a full disk leaves what is there, and is known', async () => {
  vi.spyOn(console, 'warn').mockReturnValue()
  const disk = await open(ann.id)
  const copies = new RoomCopies(disk)
  await copies.seed(room, page(1, 5), true)
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  await copies.seed('8', page(1, 5), true)
  expect([disk.isFull, await isHere(disk)]).toEqual([true, true])
})

test('words are found by the rules of the server, in two languages, with its filters', async () => {
  const copies = new RoomCopies(await open(ann.id))
  const said = ['The café opens', '我们明天下午开会', 'redis7 is slow', 'gone'].map((text, n) =>
    message(n + 1, { text, user: n % 2 === 0 ? ann : bob, ...(text === 'gone' ? { deletedAt: 1 } : {}) }),
  )
  await copies.seed(room, { messages: said, hasBefore: false, hasAfter: false, upTo: 4 }, true)
  const found = async (q: string) => {
    const { hits } = await searchHere({ copies, rooms: [garden({ id: room })], own: ann.id, query: { q } })
    return hits.map((hit) => hit.message.seq)
  }
  expect(await found('CAFE')).toEqual([1])
  expect(await found('开会')).toEqual([2])
  expect(await found('redis')).toEqual([3])
  expect(await found('from:Bob 明天')).toEqual([2])
  expect(await found('from:me')).toEqual([3, 1])
  expect(await found('in:elsewhere café')).toEqual([])
  expect(await found('gone')).toEqual([])
})
