// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Row } from '../../../web/conversation/lines/line.ts'
import { FakeSocket } from './fake-socket.ts'
import { openBrowser, Server, settle, type Browser } from './garden.ts'
import { ann, garden, message, numbers, said, welcome } from './said.ts'

let server: Server
let browser: Browser

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  localStorage.clear()
  server = new Server()
  server.say(...numbers(1, 10).map((seq) => message(seq)))
  browser = openBrowser(server)
})
afterEach(() => {
  browser.closes()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const spoken = (rows: Row[]) =>
  rows.flatMap((row) => (row.kind === 'line' && row.line.kind === 'message' ? [row.line] : []))
const seqs = (rows: Row[]) => spoken(rows).map(({ seq }) => seq)

async function inTheGarden() {
  await browser.comes()
  return browser.visits('7')
}

describe('a room', () => {
  it('shows its newest page and continues with live messages', async () => {
    const { room } = await inTheGarden()
    expect(room.status).toBe('ready')
    expect(seqs(room.rows)).toEqual(numbers(1, 10))
    await browser.hears(said(11))
    expect(seqs(room.rows)).toEqual(numbers(1, 11))
    expect([room.completeUpTo, room.newest]).toEqual([11, 11])
  })

  it('that was left is there at once on return, and has missed nothing', async () => {
    const first = await inTheGarden()
    first.leave()
    await browser.hears(said(11))
    server.asked = []
    const { room } = await browser.visits('7')
    expect(seqs(room.rows)).toEqual(numbers(1, 11))
    expect(server.asked.filter((url) => url.includes('messages'))).toEqual([])
    expect(room.firstUnread).toBe(11)
  })

  it('that was left, and missed more than a server sends from memory, is loaded on return', async () => {
    const first = await inTheGarden()
    first.leave()
    server.say(...numbers(11, 900).map((seq) => message(seq)))
    await browser.hears(welcome(900))
    expect(browser.said().at(-1)).toEqual({ type: 'resume', rooms: {} })
    const { room } = await browser.visits('7')
    expect(seqs(room.rows)).toEqual(numbers(851, 900))
    expect(room.completeUpTo).toBe(900)
  })

  it('on screen for a day shows its newest part, and more from memory during scrolling', async () => {
    const { room } = await inTheGarden()
    room.seenTo(10, 10)
    await browser.hears(...numbers(11, 2_000).map((seq) => said(seq)))
    expect(seqs(room.rows)).toEqual(numbers(1_401, 2_000))
    expect(room.hasBefore).toBe(true)
    await browser.hears(said(2_001))
    expect(seqs(room.rows), 'not cut with each').toEqual(numbers(1_401, 2_001))
    server.asked = []
    while (room.hasBefore) await room.loadBefore()
    expect([seqs(room.rows)[0], room.rows[0]?.kind, room.hasAfter]).toEqual([1, 'began', true])
    expect(server.asked, 'nothing is asked for').toEqual([])
    await room.toNewest()
    expect([seqs(room.rows).at(-1), room.hasAfter]).toEqual([2_001, false])
  })

  it('keeps showing what a reader above reads, however many messages arrive below', async () => {
    const { room } = await inTheGarden()
    room.standsAt({ seq: 3, offset: 0 })
    await browser.hears(...numbers(11, 2_000).map((seq) => said(seq)))
    expect(seqs(room.rows)).toEqual(numbers(1, 600))
    expect([room.hasAfter, room.newest]).toEqual([true, 2_000])
    await room.goTo(1_200)
    expect(seqs(room.rows)).toContain(1_200)
    expect(room.lastOwn()).toBeUndefined()
  })

  it('heals a hole and stays complete', async () => {
    const { room } = await inTheGarden()
    server.say(message(11), message(12))
    await browser.hears(said(12))
    expect([seqs(room.rows).at(-1), room.completeUpTo]).toEqual([12, 10])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seqs(room.rows)).toEqual(numbers(1, 12))
    expect(room.completeUpTo).toBe(12)
  })

  it('loads older pages to its beginning', async () => {
    server.logs.clear()
    server.say(...numbers(1, 120).map((seq) => message(seq)))
    server.rooms = [garden({ head: 120, read: 120 })]
    const { room } = await inTheGarden()
    expect([seqs(room.rows)[0], room.hasBefore]).toEqual([71, true])
    await room.loadBefore()
    await room.loadBefore()
    expect(seqs(room.rows)).toEqual(numbers(1, 120))
    expect(room.hasBefore).toBe(false)
    expect(room.rows[0]?.kind).toBe('began')
  })

  it('says why older history cannot be loaded, and loads it on a retry', async () => {
    server.logs.clear()
    server.say(...numbers(1, 60).map((seq) => message(seq)))
    const { room } = await inTheGarden()
    server.refusal = { code: 'history_unavailable', status: 503 }
    await room.loadBefore()
    expect(room.beforeFailed).toEqual({ code: 'history_unavailable' })
    server.refusal = undefined
    await room.retry()
    expect(room.beforeFailed).toBeUndefined()
    expect(seqs(room.rows)).toEqual(numbers(1, 60))
  })

  it('reaches back to the first unread on its first page, and marks it', async () => {
    server.logs.clear()
    server.say(...numbers(1, 120).map((seq) => message(seq)))
    server.rooms = [garden({ head: 120, read: 20, unread: 100 })]
    const { room } = await inTheGarden()
    expect(seqs(room.rows)[0]).toBe(1)
    expect(room.firstUnread).toBe(21)
    const newAt = room.rows.findIndex(({ kind }) => kind === 'new')
    expect(room.rows[newAt + 1]).toMatchObject({ line: { seq: 21 } })
  })

  it('that may not be seen is missing', async () => {
    await inTheGarden()
    const { room } = await browser.visits('99')
    expect(room.status).toBe('missing')
  })

  it('that cannot be loaded is loaded automatically when it can', async () => {
    server.refusal = { code: 'not_ready', status: 503 }
    const { room } = await inTheGarden()
    expect(room.status).toBe('failed')
    server.refusal = undefined
    await vi.advanceTimersByTimeAsync(5_000)
    expect(room.status).toBe('ready')
  })

  it('starts again from history in a new epoch', async () => {
    const { room } = await inTheGarden()
    server.logs.clear()
    server.say(...numbers(1, 4).map((seq) => message(seq, { text: 'another log' })))
    await browser.hears(welcome(4, { epoch: 'e2' }))
    expect(spoken(room.rows).map(({ text }) => text)).toEqual(numbers(1, 4).map(() => 'another log'))
    expect(room.completeUpTo).toBe(4)
  })

  it('shows an old message in its place, and leads back to the newest', async () => {
    server.logs.clear()
    server.say(...numbers(1, 300).map((seq) => message(seq)))
    server.rooms = [garden({ head: 300, read: 300 })]
    const { room } = await inTheGarden()
    await room.goTo(100)
    expect([room.hasBefore, room.hasAfter, room.aroundSeq]).toEqual([true, true, 100])
    expect(seqs(room.rows)).toContain(100)
    server.say(message(301))
    await browser.hears(said(301))
    expect(seqs(room.rows)).not.toContain(301)
    await room.toNewest()
    expect(seqs(room.rows).at(-1)).toBe(301)
    expect(room.hasAfter).toBe(false)
  })

  it('reaches the end by pages, and misses nothing meanwhile', async () => {
    server.logs.clear()
    server.say(...numbers(1, 160).map((seq) => message(seq)))
    server.rooms = [garden({ head: 160, read: 160 })]
    const { room } = await inTheGarden()
    await room.goTo(60)
    server.say(message(161))
    await browser.hears(said(161))
    for (let pages = 0; room.hasAfter && pages < 9; pages += 1) await room.loadAfter()
    server.say(message(162))
    await browser.hears(said(162))
    expect(seqs(room.rows).slice(-100)).toEqual(numbers(63, 162))
    expect(room.completeUpTo).toBe(162)
  })

  it('misses nothing while its page is loading', async () => {
    await browser.comes()
    const release = server.hold()
    const { room } = await browser.visits('7')
    server.say(message(11))
    await browser.hears(said(11))
    release()
    await settle()
    expect(seqs(room.rows)).toEqual(numbers(1, 11))
    expect(room.completeUpTo).toBe(11)
  })

  it('misses nothing while its last page is loading', async () => {
    server.logs.clear()
    server.say(...numbers(1, 160).map((seq) => message(seq)))
    server.rooms = [garden({ head: 160, read: 160 })]
    const { room } = await inTheGarden()
    await room.goTo(100)
    const release = server.hold()
    const loading = room.loadAfter()
    await settle()
    server.say(message(161))
    await browser.hears(said(161))
    release()
    await loading
    expect(room.hasAfter).toBe(false)
    expect(seqs(room.rows)).toEqual(numbers(76, 161))
  })

  it('that shows old messages is not resumed: new messages at its end are not in memory', async () => {
    server.logs.clear()
    server.say(...numbers(1, 300).map((seq) => message(seq)))
    server.rooms = [garden({ head: 300, read: 300 })]
    const { room } = await inTheGarden()
    await room.goTo(100)
    await browser.hears(welcome(300))
    expect(browser.said().at(-1)).toEqual({ type: 'resume', rooms: {} })
    await room.toNewest()
    await browser.hears(welcome(300))
    expect(browser.said().at(-1)).toEqual({ type: 'resume', rooms: { '7': 300 } })
  })

  it('is loaded after a join', async () => {
    server.rooms = []
    server.refusal = { code: 'not_found', status: 404 }
    const { room } = await inTheGarden()
    expect(room.status).toBe('missing')
    server.refusal = undefined
    await browser.hears({ type: 'room', room: garden() })
    await settle()
    await browser.hears(said(11))
    expect(seqs(room.rows)).toEqual(numbers(1, 11))
  })
})

describe('an own message', () => {
  it('stays in one line, from sending to archived', async () => {
    const { room } = await inTheGarden()
    room.send({ text: 'hi' })
    await settle()
    const standing = () => spoken(room.rows).at(-1)?.standing
    const key = spoken(room.rows).at(-1)?.key
    expect(standing()).toBe('sending')
    const cid = spoken(room.rows).at(-1)?.cid ?? ''
    await browser.hears({ type: 'ack', cid, room: '7', seq: 11, at: 5 })
    expect([standing(), room.completeUpTo]).toEqual(['logged', 10])
    await browser.hears(said(11, { cid, user: ann, text: 'hi' }))
    expect([standing(), room.completeUpTo]).toEqual(['logged', 11])
    await browser.hears({ type: 'archived', room: '7', seq: 11 })
    expect(standing()).toBe('archived')
    expect(spoken(room.rows).filter((line) => line.key === key)).toHaveLength(1)
    expect(browser.link.waiting).toBe(0)
  })

  it('waits while offline, is counted, and is sent after the resume', async () => {
    const { room } = await inTheGarden()
    FakeSocket.newest.drops()
    room.send({ text: 'hi' })
    await settle()
    expect(browser.link.waiting).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    await browser.comes()
    expect(browser.said().map(({ type }) => type)).toEqual(['resume', 'send'])
  })

  it('that is refused stays, with the reason, to be changed', async () => {
    const { room } = await inTheGarden()
    room.send({ text: 'hi' })
    await settle()
    const cid = spoken(room.rows).at(-1)?.cid ?? ''
    await browser.hears({ type: 'error', code: 'not_allowed', message: '', cid })
    expect(spoken(room.rows).at(-1)).toMatchObject({ standing: 'failed', refusal: { code: 'not_allowed' } })
    expect(browser.link.remove(cid)).toMatchObject({ text: 'hi' })
    expect(seqs(room.rows)).toEqual(numbers(1, 10))
  })

  // happy-dom has no IndexedDB, as some private modes have none.
  it('is reported as not stored in a browser that stores nothing', async () => {
    await inTheGarden()
    expect(browser.link.kept).toBe(false)
  })
})

describe('the link', () => {
  it('is connecting, live, behind while the server says so, and live with the next answer', async () => {
    await settle()
    expect(browser.link.state).toBe('connecting')
    await browser.comes()
    expect(browser.link.state).toBe('live')
    await browser.hears({ type: 'error', code: 'overloaded', message: '', cid: 'x' })
    expect(browser.link.state).toBe('behind')
    await browser.hears({ type: 'ack', cid: 'x', room: '7', seq: 10, at: 0 })
    expect(browser.link.state).toBe('live')
  })

  it('is connecting during a short interruption and offline after several failed attempts', async () => {
    await browser.comes()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    FakeSocket.newest.drops()
    expect(browser.link.state).toBe('connecting')
    expect(browser.link.retryAt).toBeGreaterThan(Date.now())
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.newest.drops()
    await vi.advanceTimersByTimeAsync(4_000)
    FakeSocket.newest.drops()
    expect(browser.link.state).toBe('offline')
    browser.link.retryNow()
    await browser.comes()
    expect(browser.link.state).toBe('live')
  })

  it('tries at once when the network is back', async () => {
    await browser.comes()
    vi.spyOn(Math, 'random').mockReturnValue(1)
    FakeSocket.newest.drops()
    globalThis.dispatchEvent(new Event('offline'))
    expect(browser.link.state).toBe('offline')
    const before = FakeSocket.made.length
    globalThis.dispatchEvent(new Event('online'))
    expect(FakeSocket.made).toHaveLength(before + 1)
  })
})

describe('the badge', () => {
  const badge = () => browser.rooms.byId('7')?.unread

  it('counts messages of others in a room that is not open', async () => {
    await browser.comes()
    await browser.hears(said(11), said(12, { user: ann }), said(13))
    expect([badge(), browser.rooms.badgeTotal]).toEqual([2, 2])
    expect(browser.rooms.byId('7')).toMatchObject({ head: 13, lastAt: 13_000 })
  })

  it('of a room that is read at its end stays 0, and the server is told', async () => {
    const { room } = await inTheGarden()
    room.seenTo(10, 10)
    await browser.hears(said(11))
    expect(badge()).toBe(0)
    room.seenTo(11, 11)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(badge()).toBe(0)
    expect(browser.said()).toContainEqual({ type: 'read', room: '7', seq: 11, turn: 0 })
  })

  it('of a room whose reader looks elsewhere counts', async () => {
    const { room } = await inTheGarden()
    room.seenTo(10, 10)
    globalThis.dispatchEvent(new Event('blur'))
    await browser.hears(said(11))
    expect([badge(), room.unseen]).toEqual([1, 1])
  })

  it('is cleared by reading on another device', async () => {
    await browser.comes()
    await browser.hears(said(11), said(12))
    await browser.hears({ type: 'read', room: '7', seq: 12, unread: 0 })
    expect(badge()).toBe(0)
  })

  it('stays cleared over a reconnect if the server was not yet told what was read', async () => {
    const { room } = await inTheGarden()
    await browser.hears(said(11))
    FakeSocket.newest.drops()
    room.seenTo(11, 11)
    await vi.advanceTimersByTimeAsync(1_000)
    server.rooms = [garden({ head: 11, read: 10, unread: 1 })]
    await browser.comes()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(badge()).toBe(0)
    expect(browser.said()).toContainEqual({ type: 'read', room: '7', seq: 11, turn: 0 })
  })

  it('is reported again if the server has lost it', async () => {
    const { room } = await inTheGarden()
    await browser.hears(said(11))
    room.seenTo(11, 11)
    await vi.advanceTimersByTimeAsync(1_000)
    FakeSocket.newest.drops()
    await vi.advanceTimersByTimeAsync(1_000)
    server.rooms = [garden({ head: 11, read: 10, unread: 1 })]
    await browser.comes()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(browser.said()).toContainEqual({ type: 'read', room: '7', seq: 11, turn: 0 })
  })

  it('stays after marking unread, though on screen, until the room is opened again', async () => {
    const { room, leave } = await inTheGarden()
    room.seenTo(10, 10)
    await browser.hears(said(11))
    room.seenTo(11, 11)
    room.markUnread(11)
    await settle()
    room.seenTo(11, 11)
    expect([badge(), room.firstUnread]).toEqual([1, 11])
    await vi.advanceTimersByTimeAsync(1_000)
    const turn = expect.closeTo(Date.now(), -4) as number
    expect(browser.said().findLast(({ type }) => type === 'read')).toMatchObject({ room: '7', seq: 10, turn })
    leave()
    expect(badge()).toBe(1)
  })

  it('grows when another device marks unread, and a late event does not reduce it', async () => {
    const { room } = await inTheGarden()
    await browser.hears(said(11))
    room.seenTo(11, 11)
    await browser.hears({ type: 'read', room: '7', seq: 10, turn: 9, unread: 1, head: 11 })
    expect([badge(), room.firstUnread]).toEqual([1, 11])
    await browser.hears({ type: 'read', room: '7', seq: 11, turn: 0, unread: 0 })
    room.seenTo(11, 11)
    expect(badge()).toBe(1)
    room.markRead()
    expect(badge()).toBe(0)
  })

  it('of a browser that slept is what others left unread meanwhile, and its old position changes nothing', async () => {
    const { room } = await inTheGarden()
    await browser.hears(said(11))
    FakeSocket.newest.drops()
    room.seenTo(11, 11)
    await vi.advanceTimersByTimeAsync(1_000)
    server.rooms = [garden({ head: 11, read: 10, turn: 9, unread: 1 })]
    await browser.comes()
    await vi.advanceTimersByTimeAsync(1_000)
    expect([badge(), room.firstUnread]).toEqual([1, 11])
    expect(browser.said()).not.toContainEqual(expect.objectContaining({ type: 'read', turn: 9 }))
  })

  it('counts nothing twice that is repeated after a reconnect', async () => {
    const { leave } = await inTheGarden()
    leave()
    await browser.hears(said(11))
    FakeSocket.newest.drops()
    server.rooms = [garden({ head: 13, read: 10, unread: 3 })]
    await vi.advanceTimersByTimeAsync(1_000)
    await browser.comes()
    await browser.hears(said(12), said(13))
    expect(badge()).toBe(3)
    await vi.advanceTimersByTimeAsync(250)
    await browser.hears(said(14))
    expect(badge()).toBe(4)
  })
})

describe('the list of rooms', () => {
  it('has the default room first and the others by name', async () => {
    server.rooms = [
      garden({ id: '3', name: 'zoo' }),
      garden({ id: '2', name: 'attic' }),
      garden({ id: '1', name: 'lobby', isDefault: true }),
      garden({ id: '4', name: 'open', joined: false, role: null }),
    ]
    await browser.comes()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(browser.rooms.joined.map(({ name }) => name)).toEqual(['lobby', 'attic', 'zoo'])
    expect(browser.rooms.open.map(({ name }) => name)).toEqual(['open'])
  })

  it('loses a private room that is gone, and keeps a public one to be joined', async () => {
    server.rooms = [garden(), garden({ id: '8', kind: 'private' })]
    await browser.comes()
    await browser.hears({ type: 'gone', room: '7' }, { type: 'gone', room: '8' })
    expect(browser.rooms.joined).toEqual([])
    expect(browser.rooms.open.map(({ id }) => id)).toEqual(['7'])
    expect(browser.rooms.byId('8')).toBeUndefined()
  })

  it('takes a new topic from its notice', async () => {
    await browser.comes()
    await browser.hears({
      type: 'notice',
      room: '7',
      seq: 11,
      user: ann,
      at: 0,
      notice: { kind: 'topic', topic: 'roses' },
    })
    expect(browser.rooms.byId('7')?.topic).toBe('roses')
  })

  it('is ready with the welcome alone, while the list cannot be had', async () => {
    browser.closes()
    server.hasNoList = true
    browser = openBrowser(server)
    await settle()
    expect(browser.rooms.status).toBe('failed')
    await browser.comes()
    expect(browser.rooms.status).toBe('ready')
    expect(browser.rooms.joined).toHaveLength(1)
  })
})
