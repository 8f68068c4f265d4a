// @vitest-environment happy-dom
// What a browser keeps of files while pages go away in the middle of a write, tabs disagree, and one person signs in after another.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FileEngine } from '../../../web/files/taking/engine.ts'
import { filesIn, held, markOf, type HeldFile } from '../../../web/files/taking/held.ts'
import type { FileStore } from '../../../web/files/taking/kept-files.ts'
import { Shelf } from '../../../web/files/taking/shelf.ts'
import type { Outgoing } from '../../../web/wire/outgoing.ts'
import { unsharedLock } from '../../../web/wire/send-lock.ts'

const settle = () => vi.advanceTimersByTimeAsync(0)
const fileOf = (key: string, user = '1'): HeldFile => ({
  key,
  user,
  place: '7',
  order: 1,
  at: 0,
  shown: { name: key, type: 'image/png', size: 1, kind: 'image' },
  facts: { cid: key },
})
const names = (user = '1') => filesIn('7', user).map(({ key }) => key)

/** A disk; `isStuck`: what is written from now on does not come to its end. */
function makeDisk() {
  const files = new Map<string, HeldFile>()
  const disk = { files, isStuck: false }
  const written = async (write: () => void): Promise<void> =>
    disk.isStuck ? new Promise(() => undefined) : write()
  const store: FileStore = {
    all: async (user) => [...files.values()].filter((file) => file.user === user),
    bytes: async () => new Blob(['x']),
    add: (file) => written(() => files.set(file.key, file)),
    change: async (key, change) => {
      const was = files.get(key)
      if (was !== undefined) await written(() => files.set(key, change(was)))
      return files.get(key)
    },
    remove: (key, isMeant) =>
      written(() => {
        const was = files.get(key)
        if (was === undefined || isMeant(was)) files.delete(key)
      }),
    lock: unsharedLock,
  }
  return Object.assign(disk, { store })
}

const closing: { close: () => void }[] = []
function openShelf(disk: ReturnType<typeof makeDisk>, user = '1'): Shelf {
  const shelf = new Shelf(user, Promise.resolve(disk.store), { changed: () => undefined })
  closing.push(shelf)
  return shelf
}

function openEngine(disk: ReturnType<typeof makeDisk>, outgoing: Outgoing[] = []): FileEngine {
  const engine = new FileEngine({
    user: '1',
    store: Promise.resolve(disk.store),
    outgoing: () => outgoing,
    whole: () => undefined,
    refused: () => undefined,
    upload: () => new Promise(() => undefined),
    endUpload: async () => undefined,
    idOf: () => '',
    read: async () => ({ code: 'unreachable' }),
    change: async () => ({ code: 'unreachable' }),
    look: async () => ({}),
    tellLoose: () => undefined,
  })
  closing.push(engine)
  return engine
}
const message = ({ key, shown }: HeldFile): Outgoing => ({
  cid: 'm',
  room: '7',
  user: '1',
  place: 1,
  at: 1,
  state: 'waiting',
  text: '',
  attached: [{ key, shown }],
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const one of closing.splice(0)) one.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
  localStorage.clear()
})

it('a page that goes away right after sending leaves the file to its message, not in the draft', async () => {
  const disk = makeDisk()
  const before = openShelf(disk)
  await before.add(fileOf('a'), new Blob(['x']))
  await settle()
  disk.isStuck = true
  before.change(['a'], (file) => ({ ...file, place: '' }))
  await settle()
  dispatchEvent(new Event('pagehide'))
  before.close()
  disk.isStuck = false
  expect(disk.files.get('a')?.place).toBe('7')
  await openShelf(disk).load()
  await settle()
  expect([names(), held.get('a')?.place, disk.files.get('a')?.place]).toEqual([[], '', ''])
  expect(localStorage.getItem('brook:handed')).toBeNull()
})

it('after a crash in that moment, the file of a message that waits is not taken for a draft that was signed away', async () => {
  const disk = makeDisk()
  disk.files.set('a', fileOf('a'))
  const engine = openEngine(disk, [message(fileOf('a'))])
  await engine.sweepDrafts()
  await settle()
  expect(disk.files.get('a')?.place).toBe('')
})

it('a draft whose mark the browser had no room for is kept', async () => {
  const disk = makeDisk()
  const full = () => {
    throw new Error('full')
  }
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: full, removeItem: full, clear: full })
  const shelf = openShelf(disk)
  await shelf.add(fileOf('a'), new Blob(['x']))
  expect(localStorage.getItem(markOf('1', '7'))).toBeNull()
  shelf.sweep(({ place }) => !shelf.isMarked(place))
  await settle()
  expect(names()).toEqual(['a'])
})

it('whoever signs in sees their own files and no others, and keeps them when the one before is gone', async () => {
  const disk = makeDisk()
  const [ann, bob] = [openShelf(disk, '1'), openShelf(disk, '2')]
  await ann.add(fileOf('a', '1'), new Blob(['x']))
  await bob.add(fileOf('b', '2'), new Blob(['x']))
  await ann.load()
  expect([names('1'), names('2')]).toEqual([['a'], ['b']])
  ann.close()
  expect([names('1'), names('2')]).toEqual([[], ['b']])
})

it('what another tab has other plans for is seen again', async () => {
  const disk = makeDisk()
  const shelf = openShelf(disk)
  await shelf.add({ ...fileOf('a'), place: '' }, new Blob(['x']))
  await settle()
  // Taken back into the draft, in the other tab.
  disk.files.set('a', fileOf('a'))
  shelf.drop('a', ({ place }) => place === '')
  expect(names()).toEqual([])
  await settle()
  await shelf.load()
  expect(names()).toEqual(['a'])
})

it('a lock that fails ends no upload', async () => {
  const disk = makeDisk()
  disk.store.lock = () => Promise.reject(new Error('closed'))
  const shelf = openShelf(disk)
  expect(await shelf.add(fileOf('a'), new Blob(['x']))).toBe(true)
})
