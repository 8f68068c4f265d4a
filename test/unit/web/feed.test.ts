// @vitest-environment happy-dom
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Resume } from '../../../server/protocol/requests.ts'
import { Feed } from '../../../web/wire/feed.ts'
import type { FeedEvent } from '../../../web/wire/feed-events.ts'
import { garden, message, numbers, said, unheardOf, welcome } from './said.ts'

/** The log of the garden, as the server answers `changes`: everything up to `head`. */
let head: number
let isAway: boolean
let asked: string[]
let told: FeedEvent[]
let resumed: Resume[]
let feed: Feed

function answer(url: string): Response {
  asked.push(url)
  if (isAway) throw new Error('no network')
  const query = new URL(url, 'http://here').searchParams
  const after = Number(query.get('after'))
  const limit = Number(query.get('limit'))
  const reached = Math.min(head, after + limit)
  const messages = numbers(after + 1, reached).map((seq) => message(seq))
  return Response.json({ messages, head: reached, more: reached < head })
}

const open = () => {
  const opened = new Feed((resume) => resumed.push(resume))
  opened.listen((one) => told.push(one))
  return opened
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  localStorage.clear()
  head = 10
  isAway = false
  asked = []
  told = []
  resumed = []
  vi.stubGlobal('fetch', (url: string) => new Promise((resolve) => resolve(answer(url))))
  feed = open()
})
afterEach(() => {
  feed.forget()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const seqsTold = () =>
  told.flatMap((one) => (one.type === 'entries' ? one.messages.map(({ seq }) => seq) : []))

/** Ann has the garden on screen, complete up to 10. */
function inTheGarden(): void {
  feed.hear([welcome(10)])
  feed.open('7')
  feed.keep('7', 10)
  told = []
  resumed = []
}

describe('live events', () => {
  it('move the cursor and are passed on, a run of one room at once', () => {
    inTheGarden()
    feed.hear([said(11), said(12), { type: 'typing', room: '7', user: { id: '2', name: 'Bob' } }, said(13)])
    expect(told.map(({ type }) => type)).toEqual(['entries', 'upTo', 'typing', 'entries', 'upTo'])
    expect(feed.upTo('7')).toBe(13)
  })

  it('of an unknown kind count, and show nothing', () => {
    inTheGarden()
    feed.hear([unheardOf(11), said(12)])
    expect(feed.upTo('7')).toBe(12)
    expect(seqsTold()).toEqual([12])
  })

  it('begin a room with its first event, whichever that is', () => {
    feed.hear([welcome(10, { rooms: [] })])
    feed.hear([said(5)])
    expect(feed.upTo('7')).toBe(5)
  })
})

describe('a hole', () => {
  it('is healed within two seconds, only with what is missing', async () => {
    inTheGarden()
    head = 13
    feed.hear([said(13)])
    await pass(999)
    expect(asked).toEqual([])
    await pass(1)
    expect(asked).toEqual(['/api/rooms/7/changes?after=10&limit=200'])
    expect(feed.upTo('7')).toBe(13)
    expect(seqsTold()).toEqual([13, 11, 12, 13])
  })

  it('whose server is away is asked about again at a time that new entries do not push back', async () => {
    inTheGarden()
    isAway = true
    head = 12
    feed.hear([said(12)])
    await pass(1_000)
    expect(asked.length).toBe(1)
    isAway = false
    for (let i = 0; i < 10; i += 1) {
      head += 1
      feed.hear([said(head)])
      await pass(300)
    }
    expect(asked.length).toBe(2)
    expect(feed.upTo('7')).toBe(head)
  })

  it('that closes by itself causes no request', async () => {
    inTheGarden()
    feed.hear([said(12)])
    await pass(500)
    feed.hear([said(11)])
    await pass(60_000)
    expect(asked).toEqual([])
    expect(feed.upTo('7')).toBe(12)
  })

  it('stays known, and is requested again, while the server is down', async () => {
    inTheGarden()
    isAway = true
    head = 12
    feed.hear([said(12)])
    await pass(10_000)
    expect(asked.length).toBeGreaterThan(2)
    expect(feed.upTo('7')).toBe(10)
    isAway = false
    await pass(20_000)
    expect(feed.upTo('7')).toBe(12)
  })

  it('is not closed by a server that is behind', async () => {
    inTheGarden()
    head = 11
    feed.hear([said(13)])
    await pass(1_500)
    expect(feed.upTo('7')).toBe(11)
    head = 13
    await pass(20_000)
    expect(feed.upTo('7')).toBe(13)
  })

  it('shows when a number is archived, or acknowledged, that never arrived', async () => {
    inTheGarden()
    head = 12
    feed.hear([{ type: 'archived', room: '7', seq: 11 }])
    await pass(1_000)
    expect(feed.upTo('7')).toBe(12)
    head = 15
    feed.know('7', 15)
    await pass(1_000)
    expect(feed.upTo('7')).toBe(15)
  })

  it('of any shape heals to everything, in whatever order the rest came', async () => {
    const orders = fc
      .uniqueArray(fc.integer({ min: 11, max: 40 }), { minLength: 1 })
      .chain((seqs) => fc.shuffledSubarray(seqs, { minLength: seqs.length }))
    await fc.assert(
      fc.asyncProperty(orders, async (seqs) => {
        feed.forget()
        feed = open()
        localStorage.clear()
        inTheGarden()
        head = Math.max(...seqs)
        for (const seq of seqs) feed.hear([said(seq)])
        await pass(2_000)
        expect(feed.upTo('7')).toBe(head)
        expect(new Set(seqsTold())).toEqual(new Set(numbers(11, head)))
      }),
      { numRuns: 50 },
    )
  })
})

describe('reconnecting', () => {
  it('resumes the rooms whose messages are in memory, and no other', () => {
    const rooms = (head: number, other: number) => [garden({ head }), garden({ id: '8', head: other })]
    feed.hear([welcome(10, { rooms: rooms(10, 50) })])
    expect(resumed).toEqual([{ type: 'resume', rooms: {} }])
    feed.open('7')
    feed.keep('7', 10)
    feed.hear([said(11)])
    feed.hear([welcome(20, { rooms: rooms(20, 60) })])
    expect(resumed.at(-1)).toEqual({ type: 'resume', rooms: { '7': 11 } })
    expect([feed.upTo('7'), feed.upTo('8')]).toEqual([11, 60])
  })

  it('gives the server time to send what was missed, and heals what it did not', async () => {
    inTheGarden()
    head = 14
    feed.hear([welcome(14)])
    feed.hear([said(11), said(12)])
    await pass(2_900)
    expect(asked).toEqual([])
    await pass(100)
    expect(asked).toEqual(['/api/rooms/7/changes?after=12&limit=200'])
    expect(feed.upTo('7')).toBe(14)
  })

  it('pages a gap at once, until nothing more is missing', async () => {
    inTheGarden()
    head = 510
    feed.hear([welcome(510), { type: 'gap', room: '7', from: 11, to: 510 }])
    await pass(0)
    expect(asked.map((url) => new URL(url, 'http://here').searchParams.get('after'))).toEqual([
      '10',
      '210',
      '410',
    ])
    expect(feed.upTo('7')).toBe(510)
    expect(new Set(seqsTold())).toEqual(new Set(numbers(11, 510)))
  })

  it('starts again at the newest page if more was missed than anybody reads', async () => {
    inTheGarden()
    head = 20_000
    feed.hear([welcome(20_000), { type: 'gap', room: '7', from: 11, to: 20_000 }])
    await pass(0)
    expect(told.some(({ type }) => type === 'restart')).toBe(true)
    expect(asked).toHaveLength(25)
    feed.hear([welcome(20_000)])
    expect(resumed.at(-1)).toEqual({ type: 'resume', rooms: {} })
  })

  it('takes nothing for granted in a new epoch', () => {
    inTheGarden()
    feed.hear([welcome(4, { epoch: 'e2' })])
    expect(told.some(({ type }) => type === 'restart')).toBe(true)
    expect(feed.upTo('7')).toBe(4)
    expect(resumed.at(-1)).toEqual({ type: 'resume', rooms: {} })
  })

  it('forgets a room that the person is no longer in', () => {
    inTheGarden()
    feed.hear([welcome(10, { rooms: [] })])
    expect(resumed.at(-1)).toEqual({ type: 'resume', rooms: {} })
    expect(feed.upTo('7')).toBe(0)
  })
})

describe('opening a room', () => {
  it('finds a hole if the page does not reach earlier events', async () => {
    feed.hear([welcome(10)])
    feed.hear([said(11), said(12)])
    feed.open('7')
    feed.hear([said(13)])
    head = 13
    feed.keep('7', 11)
    expect(feed.upTo('7')).toBe(11)
    await pass(1_000)
    expect(asked).toEqual(['/api/rooms/7/changes?after=11&limit=200'])
    expect(feed.upTo('7')).toBe(13)
  })

  it('is complete at once if the page and the events meet', async () => {
    feed.hear([welcome(10)])
    feed.open('7')
    feed.hear([said(11), said(12)])
    feed.keep('7', 10)
    expect(feed.upTo('7')).toBe(12)
    await pass(10_000)
    expect(asked).toEqual([])
  })

  it('finds a hole if the connection was lost while the page was loading', async () => {
    feed.hear([welcome(10)])
    feed.open('7')
    head = 20
    feed.hear([welcome(20)])
    feed.keep('7', 15)
    expect(feed.upTo('7')).toBe(15)
    await pass(1_000)
    expect(feed.upTo('7')).toBe(20)
  })

  it('works before the first connection, and resumes from the page', () => {
    feed.open('7')
    feed.keep('7', 9)
    feed.hear([welcome(12)])
    expect(resumed).toEqual([{ type: 'resume', rooms: { '7': 9 } }])
  })

  it('after a reload shows no less than this browser has shown before', async () => {
    inTheGarden()
    head = 12
    feed.hear([said(11), said(12)])
    await pass(1_000)
    feed = open()
    told = []
    // Another server, a moment behind: its head and its page end at 11.
    feed.hear([welcome(11)])
    feed.open('7')
    feed.keep('7', 11)
    expect(feed.upTo('7')).toBe(11)
    await pass(1_000)
    expect(feed.upTo('7')).toBe(12)
  })

  it('after a reload never continues from a stored cursor: nothing is claimed that was not loaded', async () => {
    inTheGarden()
    feed.hear([said(11), said(12)])
    await pass(1_000)
    feed = open()
    feed.hear([welcome(12)])
    expect(resumed.at(-1)).toEqual({ type: 'resume', rooms: {} })
  })

  it('does not apply what an earlier epoch had', async () => {
    inTheGarden()
    feed.hear([said(11), said(12)])
    await pass(1_000)
    feed = open()
    feed.hear([welcome(5, { epoch: 'e2' })])
    feed.open('7')
    feed.keep('7', 5)
    await pass(60_000)
    expect(asked).toEqual([])
  })
})

describe('the question that must be answered', () => {
  it('asks again for the newest known entry', () => {
    inTheGarden()
    expect(feed.question()).toEqual({ type: 'resume', rooms: { '7': 9 } })
  })

  it('does not exist for rooms of which the server sends nothing', () => {
    feed.hear([welcome(10, { rooms: [] })])
    feed.open('9')
    feed.keep('9', 30)
    expect(feed.question()).toBeUndefined()
  })
})
