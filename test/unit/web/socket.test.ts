import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerEvent, Welcome } from '../../../server/protocol/events.ts'
import type { Request } from '../../../server/protocol/requests.ts'
import { Socket } from '../../../web/wire/socket.ts'
import { FakeSocket } from './fake-socket.ts'

const welcome: Welcome = {
  type: 'welcome',
  user: { id: '1', name: 'Ann', guest: true, admin: false },
  rooms: [],
  epoch: 'e1',
  at: 0,
}
const question: Request = { type: 'resume', rooms: { '7': 4 } }

let heard: ServerEvent[]
let states: string[]
/** How many events had been handed over when the state last changed. */
let heardByThen: number
let doubts: number
let turnedAway: number[]
let hasQuestion: boolean
let socket: Socket

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  FakeSocket.made = []
  heard = []
  states = []
  turnedAway = []
  doubts = 0
  hasQuestion = true
  socket = new Socket({
    url: 'ws://here/api/ws',
    hear: (events) => heard.push(...events),
    changed: (state) => {
      states.push(state)
      heardByThen = heard.length
    },
    doubt: () => (doubts += 1),
    turnedAway: (code) => turnedAway.push(code),
    question: () => (hasQuestion ? question : undefined),
  })
})

afterEach(() => {
  socket.shut()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function comeLive(): void {
  socket.open()
  FakeSocket.newest.says(welcome)
}

describe('a socket', () => {
  it('is given up where the welcome does not come, whatever else does', () => {
    socket.open()
    FakeSocket.newest.says({ type: 'archived', room: '7', seq: 3 } as unknown as ServerEvent)
    expect(states).toEqual(['connecting'])
    vi.advanceTimersByTime(10_000)
    expect(states).toEqual(['connecting', 'waiting'])
  })

  it("is live from the server's welcome on", () => {
    socket.open()
    expect(states).toEqual(['connecting'])
    FakeSocket.newest.says(welcome)
    expect(states).toEqual(['connecting', 'live'])
    expect(heard).toEqual([welcome])
    expect(heardByThen, 'a page that is opened once it is live has missed nothing').toBe(1)
  })

  it('sends everything of one turn in one frame', async () => {
    comeLive()
    expect(socket.tell({ type: 'typing', room: '7' })).toBe(true)
    socket.tell({ type: 'read', room: '7', seq: 3 })
    await vi.advanceTimersByTimeAsync(0)
    expect(FakeSocket.newest.sent).toHaveLength(1)
    expect(FakeSocket.newest.said.map(({ type }) => type)).toEqual(['typing', 'read'])
  })

  it('sends nothing while it is not live, and reports that', () => {
    socket.open()
    expect(socket.tell({ type: 'typing', room: '7' })).toBe(false)
  })

  it('comes back after a wait that doubles with each failure in a row', () => {
    socket.open()
    FakeSocket.newest.drops()
    const waits = [250, 500, 1_000, 2_000]
    for (const wait of waits) {
      const before = FakeSocket.made.length
      expect(socket.state).toBe('waiting')
      vi.advanceTimersByTime(wait - 1)
      expect(FakeSocket.made).toHaveLength(before)
      vi.advanceTimersByTime(1)
      expect(FakeSocket.made).toHaveLength(before + 1)
      FakeSocket.newest.drops()
    }
  })

  it('waits longer for a server that welcomes and closes at once', () => {
    comeLive()
    const failures = [1, 2, 3].map(() => {
      FakeSocket.newest.drops()
      vi.advanceTimersToNextTimer()
      FakeSocket.newest.says(welcome)
      return socket.failures
    })
    expect(failures).toEqual([2, 3, 4])
  })

  it('returns soon after a connection that lasted, and after a return that was cut at once', () => {
    socket.open()
    for (let times = 0; times < 6; times += 1) {
      FakeSocket.newest.drops()
      vi.advanceTimersToNextTimer()
    }
    FakeSocket.newest.says(welcome)
    FakeSocket.newest.drops()
    expect(socket.failures).toBe(2)
    vi.advanceTimersToNextTimer()
    FakeSocket.newest.says(welcome)
    vi.advanceTimersByTime(10_000)
    FakeSocket.newest.drops()
    expect(socket.failures).toBe(1)
  })

  it('tries at once when asked, wherever it waits', () => {
    comeLive()
    FakeSocket.newest.drops()
    socket.retryNow()
    expect(FakeSocket.made).toHaveLength(2)
    expect(socket.state).toBe('connecting')
  })

  it('gives up a handshake that is not answered', () => {
    socket.open()
    vi.advanceTimersByTime(10_000)
    expect(socket.state).toBe('waiting')
    expect(doubts).toBe(1)
  })

  it('doubts the session if a handshake is refused, but not if a connection is cut', () => {
    comeLive()
    FakeSocket.newest.drops()
    expect(doubts).toBe(0)
    vi.advanceTimersToNextTimer()
    FakeSocket.newest.drops()
    expect(doubts).toBe(1)
  })

  it.each([1001, 1006, 1012, 4001, 4002, 4003])('comes back after close code %i', (code) => {
    comeLive()
    FakeSocket.newest.drops(code)
    expect(socket.state).toBe('waiting')
    expect(turnedAway).toEqual([])
  })

  it.each([4501, 4502])('does not come back by itself after close code %i', (code) => {
    comeLive()
    FakeSocket.newest.drops(code)
    vi.advanceTimersByTime(120_000)
    expect(FakeSocket.made).toHaveLength(1)
    expect(socket.state).toBe('shut')
    expect(turnedAway).toEqual([code])
    socket.wake()
    expect(FakeSocket.made).toHaveLength(1)
    socket.retryNow()
    expect(FakeSocket.made).toHaveLength(2)
  })

  it('ignores a connection that it has given up', () => {
    comeLive()
    const old = FakeSocket.newest
    socket.shut()
    old.says(welcome)
    old.drops()
    expect(heard).toHaveLength(1)
    expect(socket.state).toBe('shut')
  })
})

describe('the liveness check', () => {
  it('asks after 25 silent seconds, and any event is an answer', async () => {
    comeLive()
    await vi.advanceTimersByTimeAsync(25_000)
    expect(FakeSocket.newest.said).toEqual([question])
    FakeSocket.newest.says({ type: 'gone', room: '9' })
    await vi.advanceTimersByTimeAsync(24_999)
    expect(socket.state).toBe('live')
    expect(FakeSocket.newest.said).toHaveLength(1)
  })

  it('closes a connection that does not answer', async () => {
    comeLive()
    await vi.advanceTimersByTimeAsync(25_000 + 6_000)
    expect(socket.state).toBe('waiting')
  })

  it('asks nothing while the server sends by itself', async () => {
    comeLive()
    for (let second = 0; second < 100; second += 10) {
      await vi.advanceTimersByTimeAsync(10_000)
      FakeSocket.newest.says({ type: 'gone', room: '9' })
    }
    expect(FakeSocket.newest.said).toEqual([])
  })

  it('asks at once, and waits less, when the tab is looked at again', async () => {
    comeLive()
    await vi.advanceTimersByTimeAsync(4_000)
    socket.retryNow()
    await vi.advanceTimersByTimeAsync(0)
    expect(FakeSocket.newest.said).toEqual([question])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(socket.state).toBe('waiting')
  })

  it('asks at once when the network is reported gone, whatever arrived a moment ago', async () => {
    comeLive()
    socket.suspect()
    await vi.advanceTimersByTimeAsync(0)
    expect(FakeSocket.newest.said).toEqual([question])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(socket.state).toBe('waiting')
  })

  it('asks again at the next look, if the last question was answered', async () => {
    comeLive()
    for (let looks = 1; looks <= 2; looks += 1) {
      await vi.advanceTimersByTimeAsync(4_000)
      socket.retryNow()
      await vi.advanceTimersByTimeAsync(0)
      expect(FakeSocket.newest.said).toHaveLength(looks)
      FakeSocket.newest.says({ type: 'gone', room: '9' })
    }
  })

  it('trusts a connection that has nothing to be asked about', async () => {
    hasQuestion = false
    comeLive()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(socket.state).toBe('live')
  })
})
