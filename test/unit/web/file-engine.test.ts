// @vitest-environment happy-dom
// Files that wait in a browser, from being chosen to being in the log: its disk, its tabs and the server are the test.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { FileAnswer, FileRef } from '../../../server/protocol/files.ts'
import { FileEngine } from '../../../web/files/taking/engine.ts'
import { filesIn, goingOf, held, markOf, type HeldFile } from '../../../web/files/taking/held.ts'
import type { FileStore } from '../../../web/files/taking/kept-files.ts'
import type { UploadAsk } from '../../../web/wire/file-upload.ts'
import type { Attached, Outgoing } from '../../../web/wire/outgoing.ts'
import type { Refusal } from '../../../web/wire/refusal.ts'

/** A disk that tabs share; `isFull`: it takes no bytes. */
function makeDisk() {
  const files = new Map<string, HeldFile>()
  const bytes = new Map<string, Blob>()
  const locked = new Map<string, Promise<void>>()
  const disk = { files, bytes, isFull: false }
  const store: FileStore = {
    all: (user) => Promise.resolve([...files.values()].filter((file) => file.user === user)),
    bytes: (key) => Promise.resolve(bytes.get(key)),
    add: async (file, blob) => {
      if (disk.isFull) throw new Error('full')
      await Promise.resolve()
      files.set(file.key, file)
      bytes.set(file.key, blob)
    },
    change: (key, change) => {
      const was = files.get(key)
      if (was !== undefined) files.set(key, change(was))
      return Promise.resolve(files.get(key))
    },
    remove: (key, isMeant) => {
      const was = files.get(key)
      if (was !== undefined && !isMeant(was)) return Promise.resolve()
      files.delete(key)
      bytes.delete(key)
      return Promise.resolve()
    },
    lock: async (key) => {
      while (locked.has(key)) await locked.get(key)
      let free: () => void = () => undefined
      locked.set(key, new Promise((resolve) => (free = resolve)))
      return { isHeld: () => true, release: () => (locked.delete(key), free()) }
    },
  }
  return Object.assign(disk, { store })
}

/** A server that takes uploads one call at a time: `finish` answers the oldest. */
class Server {
  asked: UploadAsk[] = []
  ended: string[] = []
  alts: string[] = []
  isGone = false
  readonly #answers: ((answer: { url: string } | Refusal | undefined) => void)[] = []

  upload = (ask: UploadAsk) =>
    new Promise<{ url: string } | Refusal | undefined>((resolve) => {
      this.asked.push(ask)
      this.#answers.push(resolve)
      ask.signal.addEventListener('abort', () => resolve(undefined))
    })

  async finish(answer?: Refusal): Promise<void> {
    const ask = this.asked[this.asked.length - this.#answers.length]
    const url = `/api/files/${ask?.name}`
    if (answer === undefined) ask?.begun(url)
    this.#answers.shift()?.(answer ?? { url })
    await settle()
  }

  answer = (id: string, alt?: string): Promise<FileAnswer | Refusal> => {
    if (this.isGone) return Promise.resolve({ code: 'not_found' })
    const file = {
      id,
      name: id,
      type: 'image/png',
      size: 1,
      kind: 'image' as const,
      offset: 1,
      whole: true,
      at: 0,
    }
    return Promise.resolve({ file: alt ? { ...file, alt } : file })
  }
}

/** A tab: its engine and the outbox that it sees. */
function openTab(disk: ReturnType<typeof makeDisk>, server: Server, outgoing: Outgoing[] = []) {
  const tab = {
    outgoing,
    whole: [] as [cid: string, key: string, ref: FileRef][],
    refused: [] as [cid: string, code: string][],
    loose: 0,
  }
  const engine = new FileEngine({
    user: '1',
    store: Promise.resolve(disk.store),
    outgoing: () => tab.outgoing,
    whole: (...all) => tab.whole.push(all),
    refused: (cid, { code }) => tab.refused.push([cid, code]),
    upload: server.upload,
    endUpload: (url) => Promise.resolve(void server.ended.push(url)),
    idOf: (url) => url.split('/').at(-1) ?? '',
    read: (id) => server.answer(id),
    change: (id, { alt }) => (server.alts.push(alt), server.answer(id, alt)),
    look: () => Promise.resolve({ width: 4, height: 3 }),
    tellLoose: () => (tab.loose += 1),
  })
  engines.push(engine)
  return Object.assign(tab, { engine })
}

const engines: FileEngine[] = []
const settle = () => vi.advanceTimersByTimeAsync(0)
const png = (name: string) => new File(['x'], name, { type: 'image/png' })
const names = (place: string) => filesIn(place, '1').map(({ shown }) => shown.name)
const only = () => [...held.values()][0] as HeldFile
const message = (attached: Attached[], state: Outgoing['state'] = 'waiting'): Outgoing => ({
  cid: 'm',
  room: '7',
  user: '1',
  place: 1,
  at: 1,
  state,
  text: '',
  attached,
})

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close()
  localStorage.clear()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('a file is uploaded as soon as it is chosen, and kept with its draft', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', [png('a.png')])
  await settle()
  expect(server.asked.map(({ name }) => name)).toEqual(['a.png'])
  expect([...disk.files.values()].map(({ shown }) => shown)).toEqual([
    { name: 'a.png', type: 'image/png', size: 1, kind: 'image', width: 4, height: 3 },
  ])
  expect(localStorage.getItem(markOf('1', '7'))).toBe('1')
  await server.finish()
  expect([...disk.files.values()][0]?.ref?.id).toBe('a.png')
})

it('three go at once, in their order, and the next one follows', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', ['1', '2', '3', '4'].map(png))
  await settle()
  expect(server.asked.map(({ name }) => name)).toEqual(['1', '2', '3'])
  await server.finish()
  expect(server.asked.map(({ name }) => name)).toEqual(['1', '2', '3', '4'])
})

it('after a reload it goes on where the upload was begun', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const before = openTab(disk, server)
  await before.engine.add('7', [png('a.png')])
  await settle()
  server.asked[0]?.begun('/api/files/5')
  await settle()
  before.engine.close()
  await settle()
  openTab(disk, server)
  await settle()
  expect(server.asked.map(({ url }) => url)).toEqual([undefined, '/api/files/5'])
  expect(server.asked[1]?.facts).toEqual(server.asked[0]?.facts)
})

it('without an answer it is tried again, at once when the connection is back', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', [png('a.png')])
  await settle()
  await server.finish({ code: 'unreachable' })
  expect(goingOf(only().key).trouble).toEqual({ code: 'unreachable' })
  expect(server.asked).toHaveLength(1)
  engine.wake()
  await settle()
  expect(server.asked).toHaveLength(2)
  await server.finish()
  expect(only().ref?.id).toBe('a.png')
})

it('what is refused stays refused until it is tried again, and fails its message', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const tab = openTab(disk, server)
  await tab.engine.add('7', [png('a.png')])
  tab.outgoing = [message(tab.engine.handOver('7'))]
  tab.engine.refresh()
  await settle()
  await server.finish({ code: 'quota' })
  expect(only().refusal).toEqual({ code: 'quota' })
  expect(tab.refused).toEqual([['m', 'quota']])
  tab.outgoing = [
    message(tab.outgoing[0]?.change === undefined ? (tab.outgoing[0]?.attached ?? []) : [], 'failed'),
  ]
  tab.engine.refresh()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.asked).toHaveLength(1)
  tab.outgoing = [message([{ key: only().key, shown: only().shown }])]
  tab.engine.refresh()
  await settle()
  expect(server.asked).toHaveLength(2)
})

it('handed to a message it goes on without a break, and its bytes go when the message has', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const tab = openTab(disk, server)
  await tab.engine.add('7', [png('a.png')])
  await settle()
  const attached = tab.engine.handOver('7')
  tab.outgoing = [message(attached)]
  tab.engine.refresh()
  await settle()
  expect(names('7')).toEqual([])
  expect(server.asked).toHaveLength(1)
  expect(server.asked[0]?.signal.aborted).toBe(false)
  await server.finish()
  expect(tab.whole.map(([cid, key, { id }]) => [cid, key, id])).toContainEqual([
    'm',
    attached[0]?.key,
    'a.png',
  ])
  expect(disk.bytes.size).toBe(1)
  tab.outgoing = []
  tab.engine.refresh()
  await settle()
  expect([held.size, disk.files.size, disk.bytes.size]).toEqual([0, 0, 0])
  expect(server.ended).toEqual([])
})

it('the message of a former page gets its file, also if that was whole already', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const before = openTab(disk, server)
  await before.engine.add('7', [png('a.png')])
  await settle()
  await server.finish()
  const attached = before.engine.handOver('7').map(({ ref: _ref, ...one }) => one)
  await settle()
  before.engine.close()
  const after = openTab(disk, server, [message(attached)])
  await settle()
  expect(after.whole.map(([cid, key]) => [cid, key])).toContainEqual(['m', attached[0]?.key])
})

it('what the server has lost is uploaded from the bytes that are kept', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const tab = openTab(disk, server)
  await tab.engine.add('7', [png('a.png')])
  await settle()
  await server.finish()
  const [attached] = tab.engine.handOver('7')
  if (attached === undefined) throw new Error('nothing was handed over')
  const { ref: _ref, ...lost } = { ...attached, lost: 1 }
  tab.outgoing = [message([lost])]
  tab.engine.refresh()
  await settle()
  expect(server.asked).toHaveLength(2)
  expect(server.asked[1]?.url).toBeUndefined()
  await server.finish()
  expect(tab.whole.at(-1)?.[2].id).toBe('a.png')
})

it('a message whose bytes are nowhere fails in words', async () => {
  const tab = openTab(makeDisk(), new Server(), [
    message([{ key: 'k', shown: { name: 'a', type: 'image/png', size: 1, kind: 'image' } }]),
  ])
  await settle()
  expect(tab.refused).toEqual([['m', 'file_gone']])
})

it('paused it stops, and goes on when it is resumed', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', [png('a.png')])
  await settle()
  engine.pause([only().key], true)
  expect(server.asked[0]?.signal.aborted).toBe(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.asked).toHaveLength(1)
  engine.pause([only().key], false)
  await settle()
  expect(server.asked).toHaveLength(2)
})

it('removed, its upload is ended too', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', [png('a.png')])
  await settle()
  server.asked[0]?.begun('/api/files/5')
  engine.discard([only().key])
  await settle()
  expect(server.ended).toEqual(['/api/files/5'])
  expect([held.size, disk.bytes.size, localStorage.getItem(markOf('1', '7'))]).toEqual([0, 0, null])
})

it('files change places, and what is taken back stands behind the others', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', ['1', '2', '3'].map(png))
  engine.move(filesIn('7', '1')[2]?.key ?? '', 0)
  expect(names('7')).toEqual(['3', '1', '2'])
  engine.move(filesIn('7', '1')[0]?.key ?? '', 1)
  expect(names('7')).toEqual(['1', '3', '2'])
  const keys = engine.handOver('7').map(({ key }) => key)
  await engine.add('7', [png('4')])
  engine.put(keys, '7')
  expect(names('7')).toEqual(['4', '1', '3', '2'])
})

it('a description is told before the message goes, and again if it is changed', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const tab = openTab(disk, server)
  await tab.engine.add('7', [png('a.png')])
  await settle()
  tab.engine.describe(only().key, 'a cat')
  await server.finish()
  expect(server.alts).toEqual(['a cat'])
  tab.engine.describe(only().key, 'two cats')
  expect(tab.engine.handOver('7').map(({ ref }) => ref)).toEqual([undefined])
  tab.outgoing = [message([{ key: only().key, shown: only().shown }])]
  tab.engine.refresh()
  await settle()
  expect(server.alts).toEqual(['a cat', 'two cats'])
  expect(tab.whole.at(-1)?.[2].alt).toBe('two cats')
})

it('a full disk is told once, and the file is sent all the same', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  disk.isFull = true
  const tab = openTab(disk, server)
  await tab.engine.add('7', [png('a.png')])
  await settle()
  expect(tab.loose).toBe(1)
  await server.finish()
  expect(only().ref?.id).toBe('a.png')
})

it('whoever signs out leaves no draft; what waits to be sent stays', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const tab = openTab(disk, server)
  await tab.engine.add('7', [png('draft')])
  await tab.engine.add('8', [png('sent')])
  await settle()
  tab.outgoing = [message(tab.engine.handOver('8'))]
  tab.engine.refresh()
  localStorage.clear()
  await tab.engine.sweepDrafts()
  await settle()
  expect([...disk.files.values()].map(({ shown }) => shown.name)).toEqual(['sent'])
})

it('takes a file with its description, and lets go of what the server sends later without ending its upload', async () => {
  const [disk, server] = [makeDisk(), new Server()]
  const { engine } = openTab(disk, server)
  await engine.add('7', [png('a.png')], { alt: 'A boat' })
  await settle()
  expect([only().shown.alt, Object.hasOwn(only().facts, 'alt')]).toEqual(['A boat', false])
  await server.finish()
  expect(server.alts).toEqual(['A boat'])
  engine.forget([only().key])
  await settle()
  expect([names('7'), disk.bytes.size, server.ended]).toEqual([[], 0, []])
})
