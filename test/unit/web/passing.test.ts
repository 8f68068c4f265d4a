// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useMembers } from '../../../web/people/members.ts'
import { useTyping } from '../../../web/conversation/composer/typing.ts'
import { ann, bob, message, notice } from './said.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('who is typing', () => {
  const types = (who = bob) => ({ type: 'typing', room: '7', user: who }) as const
  let told: number
  let typing: ReturnType<typeof useTyping>
  beforeEach(() => {
    told = 0
    typing = useTyping(ann.id, () => (told += 1))
  })

  it('disappears if it is not repeated', () => {
    typing.hear(types())
    vi.advanceTimersByTime(4_000)
    typing.hear(types())
    vi.advanceTimersByTime(4_000)
    expect(typing.typing.value).toEqual([bob])
    vi.advanceTimersByTime(1_000)
    expect(typing.typing.value).toEqual([])
  })

  it('ends with their message', () => {
    typing.hear(types())
    typing.said([message(11)])
    expect(typing.typing.value).toEqual([])
  })

  it('is never oneself', () => {
    typing.hear(types(ann))
    expect(typing.typing.value).toEqual([])
  })

  it('is reported to others at intervals, not at each key', () => {
    for (let key = 0; key < 50; key += 1) {
      typing.tellTyping()
      vi.advanceTimersByTime(100)
    }
    expect(told).toBe(2)
    typing.sent()
    typing.tellTyping()
    expect(told).toBe(3)
  })
})

describe('members', () => {
  const member = (id: string, name: string, here = false) => ({ id, name, role: 'member' as const, here })
  let answers: () => Response
  let members: ReturnType<typeof useMembers>
  const names = () => members.members.value.map(({ name, here }) => (here ? `${name}*` : name))

  beforeEach(async () => {
    answers = () =>
      Response.json({ members: [member('1', 'Ann', true), member('2', 'Bob')], total: 2, next: null })
    vi.stubGlobal('fetch', () => Promise.resolve().then(answers))
    members = useMembers('7')
    members.look()
    await vi.advanceTimersByTimeAsync(0)
  })

  it('are loaded once, and again after something was missed', async () => {
    const asked = vi.fn(answers)
    answers = asked
    members.look()
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).not.toHaveBeenCalled()
    members.missed()
    members.look()
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveBeenCalledOnce()
  })

  it('of a large room come page by page, and as many again when the list is loaded anew', async () => {
    const pages: Record<string, object> = {
      '/api/rooms/7/members': { members: [member('1', 'Ann')], total: 3, next: '1' },
      '/api/rooms/7/members?after=1': { members: [member('2', 'Bob')], total: 3, next: '2' },
      '/api/rooms/7/members?after=2': { members: [member('3', 'Carl')], total: 3, next: null },
    }
    vi.stubGlobal('fetch', (path: string) => Promise.resolve(Response.json(pages[path] ?? {})))
    members.missed()
    members.look()
    await vi.advanceTimersByTimeAsync(0)
    expect([names(), members.total.value]).toEqual([['Ann'], 3])
    members.loadMore()
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['Ann', 'Bob'])
    members.missed()
    members.look()
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['Ann', 'Bob'])
    members.loadMore()
    await vi.advanceTimersByTimeAsync(0)
    expect([names(), members.total.value]).toEqual([['Ann', 'Bob', 'Carl'], 3])
  })

  it('come and go with events', () => {
    members.present({ type: 'presence', room: '7', here: ['2'], away: ['1'] })
    expect(names()).toEqual(['Ann', 'Bob*'])
  })

  it('that came while the list was loading are not forgotten', async () => {
    members.missed()
    members.look()
    members.present({ type: 'presence', room: '7', here: ['2'], away: [] })
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['Ann*', 'Bob*'])
  })

  it('that join or leave while the list is loading are not forgotten', async () => {
    members.missed()
    members.look()
    members.hear([
      notice(11, { user: { id: '3', name: 'Carl' } }),
      notice(12, { user: bob, notice: { kind: 'left' } }),
    ])
    await vi.advanceTimersByTimeAsync(0)
    expect(names()).toEqual(['Ann*', 'Carl'])
  })

  it('join and leave by notices, each once', () => {
    const carl = { id: '3', name: 'aCarl' }
    members.hear([
      notice(11, { user: carl }),
      notice(12, { user: ann, notice: { kind: 'added', person: carl } }),
    ])
    expect(names()).toEqual(['aCarl', 'Ann*', 'Bob'])
    expect(members.total.value).toBe(3)
    members.hear([notice(13, { user: bob, notice: { kind: 'left' } })])
    members.hear([notice(11, { user: bob })])
    expect(names()).toEqual(['aCarl', 'Ann*'])
    expect(members.total.value).toBe(2)
  })

  it('are online with a connection, and not by joining over HTTP, whichever news comes first', () => {
    const [carl, dora] = [
      { id: '3', name: 'Carl' },
      { id: '4', name: 'Dora' },
    ]
    members.present({ type: 'presence', room: '7', here: ['4'], away: [] })
    members.hear([notice(11, { user: carl }), notice(12, { user: dora })])
    expect(names()).toEqual(['Ann*', 'Bob', 'Carl', 'Dora*'])
    members.present({ type: 'presence', room: '7', here: ['3'], away: ['4'] })
    expect(names()).toEqual(['Ann*', 'Bob', 'Carl*', 'Dora'])
  })

  it('change their role, or are gone, as notices say', () => {
    members.hear([notice(11, { user: ann, notice: { kind: 'role', person: bob, role: 'moderator' } })])
    expect(members.members.value.map(({ role }) => role)).toEqual(['member', 'moderator'])
    members.hear([notice(12, { user: ann, notice: { kind: 'removed', person: bob } })])
    expect([names(), members.total.value]).toEqual([['Ann*'], 1])
  })

  it('that cannot be loaded are reported as such, and loaded on a retry', async () => {
    const good = answers
    answers = () => new Response('no', { status: 502 })
    members = useMembers('7')
    members.look()
    await vi.advanceTimersByTimeAsync(0)
    expect(members.status.value).toBe('failed')
    answers = good
    members.look()
    await vi.advanceTimersByTimeAsync(0)
    expect(members.status.value).toBe('ready')
  })
})
