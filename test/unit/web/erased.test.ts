// @vitest-environment happy-dom
// Everything that somebody had said is deleted, as a browser hears of it; and restored, for which it reads the room again.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EffectEvent, EntryEvent } from '../../../server/protocol/events.ts'
import { useQuotes } from '../../../web/conversation/pages/quotes.ts'
import { toRows } from '../../../web/conversation/lines/rows.ts'
import { fromPage, withNews, withOlder, type Window } from '../../../web/conversation/pages/window.ts'
import { sinceMs } from '../../../web/bans/since.ts'
import { Feed } from '../../../web/wire/feed.ts'
import type { FeedEvent } from '../../../web/wire/feed-events.ts'
import { ann, bob, message, numbers, said, welcome } from './said.ts'

const erased = (seq: number, more: object = {}) =>
  ({
    type: 'erased',
    room: '7',
    seq,
    target: 0,
    cid: 'c',
    user: bob,
    person: ann,
    from: 2,
    to: 3,
    at: 99,
    ...more,
  }) as EntryEvent & EffectEvent

describe('the messages on screen', () => {
  const window: Window = {
    messages: numbers(1, 4).map((seq) => message(seq, { user: seq === 3 ? bob : ann })),
    hasBefore: false,
    hasAfter: false,
  }
  const texts = ({ messages }: Window) => messages.map((one) => ('text' in one ? one.text : undefined))

  it('lose what is covered, in the order of all changes', () => {
    const edited = { ...erased(19), type: 'edited', target: 1, text: 'better' } as unknown as EffectEvent
    const next = withNews(window, { messages: [], changes: [edited, erased(20)] })
    expect(texts(next)).toEqual(['better', '', 'words 3', 'words 4'])
    expect(next.messages[1]).toMatchObject({ deletedAt: 99, updatedSeq: 20 })
  })

  it('begin after what is deleted because it was old', () => {
    const old = erased(20, { person: undefined, days: 30, from: 1, to: 2 })
    const next = withNews({ ...window, hasBefore: true }, { messages: [], changes: [old] })
    expect(texts(next)).toEqual(['words 3', 'words 4'])
    expect(next).toMatchObject({ hasBefore: false, expired: 30 })
    // A page that reaches back to it ends there.
    const gone = message(1, { deletedAt: 99, text: '', expired: 30 })
    const page = { messages: [gone, message(2)], hasBefore: true, hasAfter: false, upTo: 4 }
    expect(fromPage(page, [])).toMatchObject({ messages: [{ seq: 2 }], hasBefore: false, expired: 30 })
    expect(withOlder({ messages: [message(3)], hasBefore: true, hasAfter: false }, page)).toMatchObject({
      messages: [{ seq: 2 }, { seq: 3 }],
      hasBefore: false,
      expired: 30,
    })
    expect(toRows([], { firstUnread: undefined, began: true, expired: 30, dayOf: String })[0]).toMatchObject({
      kind: 'began',
      expired: 30,
    })
  })

  it('and so do quotes, also one that is being loaded', async () => {
    let answer: () => void = () => undefined
    const page = { messages: [message(2, { user: ann })], hasBefore: true, hasAfter: true, upTo: 2 }
    vi.stubGlobal(
      'fetch',
      () => new Promise<Response>((resolve) => (answer = () => resolve(Response.json(page)))),
    )
    const quotes = useQuotes('7')
    void quotes.look(2)
    quotes.hear({ messages: [], changes: [erased(20)] })
    answer()
    await vi.waitFor(() => expect(quotes.find(2)).toMatchObject({ text: '', deletedAt: 99 }))
    vi.unstubAllGlobals()
  })
})

describe('a room that is followed', () => {
  let told: FeedEvent[]
  let feed: Feed
  let anew: boolean
  beforeEach(() => {
    vi.useFakeTimers()
    localStorage.clear()
    told = []
    anew = false
    vi.stubGlobal('fetch', () =>
      Promise.resolve(Response.json({ messages: [], head: 20, more: false, ...(anew ? { anew } : {}) })),
    )
    feed = new Feed(() => undefined)
    feed.listen((one) => told.push(one))
    feed.hear([welcome(10)])
    feed.open('7')
    feed.keep('7', 10)
  })
  afterEach(() => {
    feed.forget()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const restarts = () => told.filter(({ type }) => type === 'restart').length

  it('goes on after a deletion, and is read again after a restoration', () => {
    feed.hear([erased(11)])
    expect(told.some((one) => one.type === 'entries' && one.changes.length === 1)).toBe(true)
    expect(restarts()).toBe(0)
    feed.hear([erased(12, { undoes: 11 })])
    expect(restarts()).toBe(1)
  })

  it('is read again when either was missed', async () => {
    anew = true
    feed.hear([said(15)])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(restarts()).toBe(1)
  })
})

it('a time is so far back, and all time begins with the first message', () => {
  expect([sinceMs('hour', 10_000_000), sinceMs('all', 10_000_000)]).toEqual([6_400_000, 0])
})
