// A room in somebody's list, while every part is there and while one is down.
import { describe, expect, test } from 'vitest'
import { newSettings } from '../../server/membership/settings.ts'
import type { SeenRoom } from '../../server/membership/roster.ts'
import { summarize, type Positions } from '../../server/membership/summaries.ts'

const room = (id: string, name: string, more: Partial<SeenRoom> = {}): SeenRoom => ({
  id,
  name,
  kind: 'public',
  topic: '',
  isDefault: false,
  role: 'member',
  settings: newSettings(0),
  ...more,
})
const away = (): Promise<never> => Promise.reject(new Error('away'))
const awayHistory = { unread: away, mentions: away, threadMentions: away }
const positions = (heads: Record<string, number>, unread: Record<string, number> = {}): Positions => ({
  log: { heads: () => new Map(Object.entries(heads).map(([id, seq]) => [id, { seq, at: 1_000 + seq }])) },
  history: {
    unread: async () => new Map(Object.entries(unread)),
    mentions: async () => new Map(),
    threadMentions: async () => new Map(),
  },
})

describe('a list of rooms', () => {
  test('has the default room first and the others by name, case aside', async () => {
    const rooms = [
      room('1', 'beta'),
      room('2', 'Alpha'),
      room('3', 'zulu', { isDefault: true }),
      room('4', 'alpha'),
    ]
    const list = await summarize('9', rooms, positions({}))
    expect(list.map(({ id }) => id)).toEqual(['3', '2', '4', '1'])
  })

  test('shows the head of the log and the unread count', async () => {
    const [one] = await summarize(
      '9',
      [room('7', 'garden', { settings: newSettings(5) })],
      positions({ 7: 12 }, { 7: 3 }),
    )
    expect(one).toMatchObject({ head: 12, read: 5, unread: 3, lastAt: 1_012, joined: true, role: 'member' })
  })

  test('queries the unread count of joined rooms that have any, and of no others', async () => {
    const asked: unknown[] = []
    const rooms = [
      room('1', 'read', { settings: newSettings(4) }),
      room('2', 'behind'),
      room('3', 'outside', { role: null }),
    ]
    const { log, history } = positions({ 1: 4, 2: 4, 3: 4 })
    const unread: typeof history.unread = async (user, marks) => {
      asked.push(user, ...marks)
      return new Map()
    }
    const list = await summarize('9', rooms, { log, history: { ...history, unread } })
    expect(asked).toMatchObject(['9', { room: '2', read: 0 }])
    expect(list.find(({ id }) => id === '3')).toMatchObject({
      joined: false,
      role: null,
      head: 4,
      read: 4,
      unread: 0,
    })
  })

  test('never shows a read position above the head', async () => {
    const [one] = await summarize(
      '9',
      [room('7', 'garden', { settings: newSettings(50) })],
      positions({ 7: 12 }),
    )
    expect(one).toMatchObject({ head: 12, read: 12, unread: 0 })
  })

  test('is shown while the log is not read yet', async () => {
    const rooms = [room('7', 'garden', { settings: newSettings(50) })]
    for (const heads of [() => new Map(), () => new Map([['7', { seq: 0, at: null }]])])
      expect(await summarize('9', rooms, { log: { heads }, history: awayHistory })).toMatchObject([
        { head: 50, read: 50, unread: 0, lastAt: null },
      ])
  })

  test('estimates the unread count from the numbers while history is down, up to what a badge shows', async () => {
    const rooms = [room('1', 'near', { settings: newSettings(5) }), room('2', 'far')]
    const { log } = positions({ 1: 12, 2: 5_000 })
    const list = await summarize('9', rooms, { log, history: awayHistory })
    expect(list.map(({ unread }) => unread)).toEqual([1_000, 7])
  })
})
