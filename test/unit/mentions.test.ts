// Whom a text names: a pure question, once it is known who is in the room.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import type { Member, Person } from '../../server/protocol/people.ts'
import { findMentions, mayNameAll, mentionsIn, type Circle } from '../../server/room/mentions.ts'

const me: Person = { id: '1', name: 'Me' }
const names = ['Me', 'Ann', 'Anna', 'Ann Lee', '李思', '李', 'José', 'a_b', 'room']
const member = (name: string, at: number): Member => ({
  id: String(at + 1),
  name,
  role: 'member',
  here: at % 2 === 0,
})
const circle = (more: Partial<Circle> = {}): Circle => ({
  kind: 'public',
  members: names.map(member),
  total: names.length,
  ...more,
})
const found = (text: string, all = false): string[] =>
  mentionsIn(text, circle(), me, all).map(({ name }) => name)

describe('a text names', () => {
  it.each([
    ['@Ann', ['Ann']],
    ['@ann, and (@ANNA)!', ['ann', 'ANNA']],
    ['@Ann Lee is here', ['Ann Lee']],
    ['你好@李思，@李再见', ['李思', '李']],
    ['@José', ['José']],
    ['@a_b.', ['a_b']],
    ['@Ann @Ann', ['Ann']],
    ['@Annabel @Bob a@Ann @@Ann x.@Ann', []],
    ['`@Ann` and\n```\n@Anna\n```\n', []],
    ['@Me', []],
    ['@', []],
  ])('%j: %j', (text, wanted) => expect(found(text)).toEqual(wanted))

  it('everybody by @room and those who are here by @here, where that is allowed; else a person who is called so', () => {
    expect(mentionsIn('@room', circle(), me, true)[0]?.ids).toHaveLength(names.length - 1)
    expect(mentionsIn('@here', circle(), me, true)[0]?.ids).toEqual(['3', '5', '7', '9'])
    expect(mentionsIn('@room @here', circle(), me, false)).toEqual([{ name: 'room', ids: ['9'] }])
  })

  it('at most so many, whatever is typed, and always somebody who is there', () => {
    const text = fc.array(
      fc.oneof(fc.constantFrom('@', ...names, ' ', '`', '\n'), fc.string({ unit: 'binary' })),
    )
    fc.assert(
      fc.property(text, fc.boolean(), (parts, all) => {
        const mentions = mentionsIn(parts.join(''), circle(), me, all)
        expect(mentions.length).toBeLessThanOrEqual(limits.mentions.names)
        for (const { name, ids } of mentions) {
          expect(parts.join('')).toContain(`@${name}`)
          for (const id of ids) expect(Number(id)).toBeLessThanOrEqual(names.length)
        }
      }),
    )
    expect(found('@Ann @Anna '.repeat(1000))).toEqual(['Ann', 'Anna'])
  })
})

it('all are named by owners and administrators, in a small private room by everybody, and never by a program', () => {
  expect(mayNameAll(circle(), me, false)).toBe(false)
  expect(mayNameAll(circle(), me, true)).toBe(true)
  expect(mayNameAll(circle({ members: [{ ...member('Me', 0), role: 'owner' }] }), me, false)).toBe(true)
  expect(mayNameAll(circle({ kind: 'private' }), me, false)).toBe(true)
  expect(mayNameAll(circle({ kind: 'private', total: limits.mentions.smallRoom + 1 }), me, false)).toBe(false)
  expect(mayNameAll(circle({ total: limits.mentions.everybody + 1 }), me, true)).toBe(false)
  expect(mayNameAll(circle({ kind: 'private' }), { ...me, bot: true }, true)).toBe(false)
})

it('nobody is named, and nothing is lost, when the room cannot be looked up', async () => {
  const find = (circleOf: () => Promise<Circle | undefined>) =>
    findMentions({ circleOf, isAdministrator: () => false })(me, '7', '@Ann')
  expect(await find(() => Promise.resolve(circle()))).toHaveLength(1)
  expect(await find(() => Promise.reject(new Error('away')))).toEqual([])
  expect(await find(() => new Promise(() => undefined))).toEqual([])
})
