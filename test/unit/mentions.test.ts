// Whom a text mentions: a pure function, once it is known who is in the room.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { spokenKey } from '../../server/protocol/names.ts'
import type { Person } from '../../server/protocol/people.ts'
import { NameIndex } from '../../server/membership/name-index.ts'
import { PeopleInRoom, type RoomRoll } from '../../server/membership/people-in-room.ts'
import { mayNameAll, Mentions, mentionsIn, type MentionDeps } from '../../server/posting/mentions.ts'

const me: Person = { id: '1', name: 'Me' }
const names = [
  'Me',
  'Ann',
  'Anna',
  'Ann Lee',
  '李思',
  '李',
  'José',
  'a_b',
  'room',
  "O'Brien",
  'types',
  'Anna-Lena',
]
const member = (name: string, at: number): RoomRoll['members'][number] => ({
  id: String(at + 1),
  name,
  role: 'member',
})
const circle = (more: Partial<RoomRoll> = {}): PeopleInRoom =>
  new PeopleInRoom({ kind: 'public', members: names.map(member), total: names.length, ...more })
const isHere = (id: string): boolean => Number(id) % 2 === 1
const mentions = (text: string, mayAll = false) => mentionsIn(text, me, { people: circle(), mayAll, isHere })
const found = (text: string, all = false): string[] => mentions(text, all).map(({ name }) => name)

const scripts = [
  'Ann',
  'Straße',
  'ﬀ',
  'José',
  '李',
  '李思',
  '王小明',
  '김철수',
  'สมชาย',
  'ሰላም',
  '👩‍👩‍👧',
  'می‌خواهم',
  'a b c',
]
const odd = [
  '\u0301',
  '\u0308',
  '\u200d',
  '\ufe0f',
  '\u3099',
  ' ',
  '  ',
  ',',
  'x',
  '了',
  'ß',
  'SS',
  'ﬁ',
  '🏽',
]

describe('a group', () => {
  const index = new NameIndex()
  index.add('design', '70')
  index.add('Anna Crew', '71')
  const groups = {
    names: index,
    membersOf: (id: string): string[] => (id === '70' ? ['1', '2', '3', '99'] : ['2']),
  }
  const meant = (text: string) => mentionsIn(text, me, { people: circle(), mayAll: false, isHere, groups })

  it('means those of its people who are in the room, but not who names it', () => {
    expect(meant('hey @Design, look')).toEqual([{ name: 'Design', ids: ['2', '3'], group: '70' }])
    expect(meant('@designer `@design`')).toEqual([])
  })
  it('is told from a person whose name begins it', () => {
    expect(meant('@Anna Crew and @Anna')).toEqual([
      { name: 'Anna Crew', ids: ['2'], group: '71' },
      { name: 'Anna', ids: ['3'] },
    ])
  })
  it('is nobody for whoever may not mention many at once', async () => {
    const known = new Mentions({ people: { of: () => circle() }, presence: { isHere }, groups })
    const by = { person: me, admin: false }
    expect(await known.of(by, '7', '@design')).toHaveLength(1)
    expect(await known.of({ ...by, lacks: ['mentionAll'] }, '7', '@design')).toEqual([])
  })
})

describe('a text mentions', () => {
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
    ['``@Ann`` `` ` @Ann ``', []],
    ['~~~\n@Ann\n~~~', []],
    ['````\n```\n@Ann\n````', []],
    ['> ```\n> @Ann\n> ```', []],
    ['```\n@Ann', []],
    ['https://a.example/?u=@Ann www.a.example/@Ann <https://a.example/@Ann>', []],
    ['[x](https://a.example/@Ann) ann@Ann.example git@Ann:x', []],
    ['npm i @types/node @types/node@20', []],
    ['\\@Ann C:\\x\\@Ann', []],
    ['`open @Ann', ['Ann']],
    ['> - **@Ann**, [@Anna](https://a.example) ||@José||', ['Ann', 'Anna', 'José']],
    ['| a |\n|---|\n| @Ann |', ['Ann']],
    ['@Ann/Bob @Ann/ @李/王 node_modules/@Anna', ['Ann', '李']],
    ['@O’Brien @o‘brien @O＇BRIEN', ['O’Brien', 'o‘brien', 'O＇BRIEN']],
    ['@Jose @JOSÉ @Anna–Lena', ['Jose', 'JOSÉ', 'Anna–Lena']],
    ['@Me', []],
    ['@', []],
  ])('%j: %j', (text, wanted) => expect(found(text)).toEqual(wanted))

  it('the longest name that it begins with, in any script and whatever follows', () => {
    const someNames = fc.uniqueArray(fc.constantFrom(...scripts), { minLength: 1, selector: spokenKey })
    const after = fc.array(fc.constantFrom(...odd, ...scripts), { maxLength: 8 })
    fc.assert(
      fc.property(someNames, after, (all, parts) => {
        const people = circle({ members: [me.name, ...all].map(member), total: all.length + 1 })
        const rest = `${all[0] ?? ''}${parts.join('')}`.slice(0, limits.nameChars)
        const begins = [...rest].map((_, i) => [...rest].slice(0, i + 1).join(''))
        const known = new Set(all.map(spokenKey))
        const [named] = mentionsIn(`@${rest}`, me, { people, mayAll: false, isHere })
        // No beginning that is longer is a name, unless it ends within a word.
        const longer = begins.filter(
          (one) => one.length > (named?.name.length ?? 0) && known.has(spokenKey(one)),
        )
        for (const one of longer) {
          const next = [...rest.slice(one.length)][0] ?? ''
          expect(one.trim() !== one || /[\p{L}\p{N}_]/u.test(next)).toBe(true)
        }
        if (named !== undefined) expect(known).toContain(spokenKey(named.name))
      }),
    )
  })

  it('the one who is called so; of several who read the same, nobody else', () => {
    const two = (text: string) =>
      mentionsIn(text, me, {
        people: circle({ members: ['Me', 'José', 'Jose', 'Zoë', 'Zoé'].map(member) }),
        mayAll: false,
        isHere,
      }).flatMap(({ ids }) => ids)
    expect(two('@José')).toEqual(['2'])
    expect(two('@jose')).toEqual(['3'])
    expect(two('@zoe')).toEqual([])
  })

  it('everybody by @room and those who are here by @here, where that is allowed; else a person who is called so', () => {
    expect(mentions('@room', true)[0]?.ids).toHaveLength(names.length - 1)
    expect(mentions('@here', true)[0]?.ids).toEqual(['3', '5', '7', '9', '11'])
    expect(mentions('@room @here')).toEqual([{ name: 'room', ids: ['9'] }])
  })

  it('a limited number of people, whatever is typed, and always somebody who is there', () => {
    const text = fc.array(
      fc.oneof(fc.constantFrom('@', ...names, ' ', '`', '\n'), fc.string({ unit: 'binary' })),
    )
    fc.assert(
      fc.property(text, fc.boolean(), (parts, all) => {
        const some = mentions(parts.join(''), all)
        expect(some.length).toBeLessThanOrEqual(limits.mentions.names)
        for (const { name, ids } of some) {
          expect(parts.join('')).toContain(`@${name}`)
          for (const id of ids) expect(Number(id)).toBeLessThanOrEqual(names.length)
        }
      }),
    )
    expect(found('@Ann @Anna '.repeat(1000))).toEqual(['Ann', 'Anna'])
  })
})

it('all are mentioned by owners and administrators, in a small private room by everybody, and never by a program', () => {
  expect(mayNameAll(circle(), me, false)).toBe(false)
  expect(mayNameAll(circle(), me, true)).toBe(true)
  expect(mayNameAll(circle({ members: [{ ...member('Me', 0), role: 'owner' }] }), me, false)).toBe(true)
  expect(mayNameAll(circle({ kind: 'private' }), me, false)).toBe(true)
  expect(mayNameAll(circle({ kind: 'private', total: limits.mentions.smallRoom + 1 }), me, false)).toBe(false)
  expect(mayNameAll(circle({ total: limits.mentions.everybody + 1 }), me, true)).toBe(false)
  expect(mayNameAll(circle({ kind: 'private' }), { ...me, bot: true }, true)).toBe(false)
})

it('nobody is mentioned, and nothing is lost, if the room cannot be read', async () => {
  const find = (of: MentionDeps['people']['of']) =>
    new Mentions({ people: { of }, presence: { isHere } }).of({ person: me, admin: false }, '7', '@Ann')
  expect(await find(() => Promise.resolve(circle()))).toHaveLength(1)
  expect(await find(() => circle())).toHaveLength(1)
  expect(await find(() => Promise.resolve(undefined))).toEqual([])
  expect(await find(() => Promise.reject(new Error('away')))).toEqual([])
  expect(await find(() => new Promise(() => undefined))).toEqual([])
})
