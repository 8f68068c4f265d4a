// A room in somebody's list, while every part is there and while one is away.
import { describe, expect, test } from 'vitest'
import type { SeenRoom } from '../../server/membership/roster.ts'
import { summarize, type Positions } from '../../server/membership/summaries.ts'

const room = (id: string, name: string, more: Partial<SeenRoom> = {}): SeenRoom => ({
  id,
  name,
  kind: 'public',
  topic: '',
  isDefault: false,
  turn: 0,
  role: 'member',
  read: 0,
  ...more,
})
const away = (): Promise<never> => Promise.reject(new Error('away'))
const positions = (heads: Record<string, number>, unread: Record<string, number> = {}): Positions => ({
  heads: async () => new Map(Object.entries(heads).map(([id, seq]) => [id, { seq, at: 1_000 + seq }])),
  unread: async () => new Map(Object.entries(unread)),
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

  test('tells where the log is and what is unread', async () => {
    const [one] = await summarize('9', [room('7', 'garden', { read: 5 })], positions({ 7: 12 }, { 7: 3 }))
    expect(one).toMatchObject({ head: 12, read: 5, unread: 3, lastAt: 1_012, joined: true, role: 'member' })
  })

  test('asks for the unread of joined rooms that have any, and of no other', async () => {
    const asked: unknown[] = []
    const rooms = [room('1', 'read', { read: 4 }), room('2', 'behind'), room('3', 'outside', { role: null })]
    const list = await summarize('9', rooms, {
      ...positions({ 1: 4, 2: 4, 3: 4 }),
      unread: async (user, marks) => {
        asked.push(user, ...marks)
        return new Map()
      },
    })
    expect(asked).toEqual(['9', { room: '2', read: 0, head: 4 }])
    expect(list.find(({ id }) => id === '3')).toMatchObject({
      joined: false,
      role: null,
      head: 4,
      read: 4,
      unread: 0,
    })
  })

  test('never says that somebody has read more than there is', async () => {
    const [one] = await summarize('9', [room('7', 'garden', { read: 50 })], positions({ 7: 12 }))
    expect(one).toMatchObject({ head: 12, read: 12, unread: 0 })
  })

  test('is shown while the log is away, or has yet to be read', async () => {
    const rooms = [room('7', 'garden', { read: 50 })]
    for (const heads of [away, async () => new Map(), async () => new Map([['7', { seq: 0, at: null }]])])
      expect(await summarize('9', rooms, { heads, unread: away })).toMatchObject([
        { head: 50, read: 50, unread: 0, lastAt: null },
      ])
  })

  test('guesses the unread from the numbers while history is away, up to what a badge shows', async () => {
    const rooms = [room('1', 'near', { read: 5 }), room('2', 'far')]
    const { heads } = positions({ 1: 12, 2: 5_000 })
    expect((await summarize('9', rooms, { heads, unread: away })).map(({ unread }) => unread)).toEqual([
      1_000, 7,
    ])
  })
})
