// Members of rooms in memory: read once, updated by notices, read again if one may be missing; and names, found fast.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NameIndex } from '../../server/membership/name-index.ts'
import type { PeopleInRoom, RoomRoll } from '../../server/membership/people-in-room.ts'
import { RoomPeople } from '../../server/membership/room-people.ts'
import type { Notice } from '../../server/protocol/events.ts'
import { nameKey } from '../../server/protocol/names.ts'
import { ann, bob, notice } from '../support/entries.ts'

const carl = { id: '3', name: 'Carl' }
const rollOf = (...people: { id: string; name: string }[]): RoomRoll => ({
  kind: 'public',
  members: people.map((person) => ({ ...person, role: 'member' })),
  total: people.length,
})

/** Rooms over a MySQL that answers on demand. */
function open(max = { refreshMs: 1_000, retryMs: 100, people: 10 }) {
  const clock = { now: 0 }
  const asked: { room: string; answer: (roll: RoomRoll | undefined) => void; fail: () => void }[] = []
  const people = new RoomPeople({
    read: (room) =>
      new Promise((resolve, reject) => {
        asked.push({ room, answer: resolve, fail: () => reject(new Error('away')) })
      }),
    now: () => clock.now,
    limits: max,
  })
  /** Reads a room that is not known. */
  const read = async (room: string, roll: RoomRoll): Promise<void> => {
    const reading = people.of(room)
    asked.pop()?.answer(roll)
    await reading
  }
  const happens = (user: typeof ann, what: Notice): void => people.hear([notice(1, what, { user })])
  /** The members if they are known at once; undefined: they must be waited for. */
  const known = (room = '7'): string[] | undefined => {
    const found = people.of(room)
    return found instanceof Promise ? undefined : found.ids()
  }
  return { people, clock, asked, read, happens, known }
}

describe('a room', () => {
  test('is read once, by all who need it, and known from then on', async () => {
    const { people, asked, known } = open()
    const both = [people.of('7'), people.of('7')]
    expect(asked).toHaveLength(1)
    asked[0]?.answer(rollOf(ann, bob))
    for (const one of both) expect((await one)?.ids()).toEqual(['1', '2'])
    expect(known()).toEqual(['1', '2'])
    expect(asked).toHaveLength(1)
  })

  test('is updated by its notices: joins, leaves, additions, removals and roles', async () => {
    const { people, read, happens, known } = open()
    await read('7', rollOf(ann))
    happens(bob, { kind: 'joined' })
    happens(ann, { kind: 'added', person: carl })
    happens(bob, { kind: 'joined' })
    expect(known()).toEqual(['1', '2', '3'])
    happens(ann, { kind: 'role', person: bob, role: 'owner' })
    expect((people.of('7') as PeopleInRoom).roleOf('2')).toBe('owner')
    happens(bob, { kind: 'left' })
    happens(ann, { kind: 'removed', person: carl })
    happens(ann, { kind: 'role', person: carl, role: 'owner' })
    expect(known()).toEqual(['1'])
    expect((people.of('7') as PeopleInRoom).total).toBe(1)
    expect((people.of('7') as PeopleInRoom).names.idOf('bob')).toBeUndefined()
  })

  test('includes what happens while it is read', async () => {
    const { people, asked, happens } = open()
    const reading = people.of('7')
    happens(bob, { kind: 'joined' })
    happens(ann, { kind: 'left' })
    asked[0]?.answer(rollOf(ann))
    expect((await reading)?.ids()).toEqual(['2'])
  })

  test('is read again if a notice may be missing, before it is relied on', async () => {
    const { people, asked, read, known } = open()
    await read('7', rollOf(ann))
    people.doubt(['8'])
    expect(known()).toEqual(['1'])
    people.doubt()
    const again = people.of('7')
    expect(again).toBeInstanceOf(Promise)
    // Doubted once more while it is read: this reading may have been too early.
    people.doubt(['7'])
    asked[0]?.answer(rollOf(ann, bob))
    expect((await again)?.ids()).toEqual(['1', '2'])
    expect(known()).toBeUndefined()
    expect(asked).toHaveLength(2)
  })

  test('is read again at intervals, and nobody waits for that', async () => {
    const { clock, asked, read, known, people } = open()
    await read('7', rollOf(ann))
    clock.now = 999
    expect(known()).toEqual(['1'])
    expect(asked).toHaveLength(0)
    clock.now = 1_000
    expect(known()).toEqual(['1'])
    expect(asked).toHaveLength(1)
    asked[0]?.answer(rollOf(bob))
    await new Promise(setImmediate)
    expect(known()).toEqual(['2'])
    expect(people.of('7')).not.toBeInstanceOf(Promise)
  })

  test('stays as it is known while MySQL is down, which is asked at intervals', async () => {
    const { people, clock, asked, read, known } = open()
    await read('7', rollOf(ann))
    people.doubt()
    const again = people.of('7')
    asked.pop()?.fail()
    expect((await again)?.ids()).toEqual(['1'])
    expect(known()).toEqual(['1'])
    expect(asked).toHaveLength(0)
    clock.now = 100
    expect(known()).toBeUndefined()
    expect(asked).toHaveLength(1)
    const unknown = people.of('8')
    asked.pop()?.fail()
    await expect(unknown).rejects.toThrow('away')
  })

  test('that does not exist has nobody, and is not cached', async () => {
    const { people, asked, known } = open()
    const none = people.of('7')
    asked.pop()?.answer(undefined)
    expect(await none).toBeUndefined()
    expect(known()).toBeUndefined()
  })
})

test('of many rooms the least recently needed are dropped', async () => {
  const { read, known } = open({ refreshMs: 1_000, retryMs: 100, people: 9 })
  await read('1', rollOf(ann, bob, carl))
  await read('2', rollOf(ann, bob))
  expect(known('1')).toEqual(['1', '2', '3'])
  await read('3', rollOf(ann, bob))
  expect(known('2')).toBeUndefined()
  expect(known('1')).toEqual(['1', '2', '3'])
  expect(known('3')).toEqual(['1', '2'])
})

test('an index of names knows whether one begins a text, whoever came and went', () => {
  const name = fc.constantFrom('Ann', 'Anna', 'ann lee', '李', '李思', 'José', 'ＡＮＮ', 'b')
  const steps = fc.array(fc.tuple(name, fc.boolean()))
  fc.assert(
    fc.property(steps, name, fc.string(), (all, first, rest) => {
      const index = new NameIndex()
      const kept = new Map<string, string>()
      for (const [one, comes] of all) {
        // Each name belongs to one person.
        const [key, id] = [nameKey(one), nameKey(one)]
        if (comes) index.add(one, id)
        else index.remove(one, id)
        if (comes) kept.set(key, id)
        else kept.delete(key)
      }
      for (const [key, id] of kept) expect(index.idOf(key)).toBe(id)
      const longest = index.longestIn(`${first} ${rest}`)
      if (kept.has(nameKey(first))) expect(longest).toBeGreaterThanOrEqual(nameKey(first).length)
      if (kept.size === 0) expect(longest).toBe(0)
    }),
  )
})
