import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoomSummary } from '../../../server/protocol/people.ts'
import { choicesFor, type Known } from '../../../web/switcher/choices.ts'
import { fit } from '../../../web/switcher/fit.ts'
import { garden } from './said.ts'

/** The name with the matches in brackets; undefined if it does not match. */
const shown = (name: string, typed: string): string | undefined => {
  const found = fit(name, typed)
  if (found === undefined) return undefined
  return found.marks
    .toReversed()
    .reduce((text, [from, to]) => `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}`, name)
}
const ranked = (typed: string, ...names: string[]): string[] =>
  names
    .flatMap((name) => {
      const found = fit(name, typed)
      return found === undefined ? [] : [{ name, score: found.score }]
    })
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name)

describe('a name matches the typed text', () => {
  it('if it contains it, in any case and width', () => {
    expect(shown('reading-club', 'CLUB')).toBe('reading-[club]')
    expect(shown('Straße', 'strasse')).toBe('[Straße]')
    expect(shown('team', 'ｔｅａ')).toBe('[tea]m')
    expect(shown('team', 'tower')).toBeUndefined()
  })

  it('without the accents of letters that have them, but never without marks that are letters', () => {
    expect(shown('Café Zoë', 'cafe zoe')).toBe('[Café Zoë]')
    expect(shown('naïve', 'naïve')).toBe('[naïve]')
    expect(shown('กี', 'กิ')).toBeUndefined()
  })

  it('in Chinese by a character inside, by several, and by separate ones', () => {
    expect(shown('产品讨论', '讨论')).toBe('产品[讨论]')
    expect(shown('产品讨论', '品')).toBe('产[品]讨论')
    expect(shown('产品讨论', '产论')).toBe('[产]品讨[论]')
    expect(shown('产品讨论', '论产')).toBeUndefined()
    expect(shown('2026年 预算', '预算')).toBe('2026年 [预算]')
  })

  it('by the first letters of its words, and letter by letter from the beginning of one', () => {
    expect(shown('reading-club', 'rc')).toBe('[r]eading-[c]lub')
    expect(shown('designReviews', 'dr')).toBe('[d]esign[R]eviews')
    expect(shown('deploys', 'dpl')).toBe('[d]e[pl]oys')
    expect(shown('reading-club', 'eac')).toBeUndefined()
  })

  it('if each of several words matches, in any order', () => {
    expect(shown('Team Alpha', 'al te')).toBe('[Te]am [Al]pha')
    expect(shown('Team Alpha', 'al x')).toBeUndefined()
  })

  it('better the closer it is: whole, beginning, beginning of a word, inside, scattered', () => {
    const names = ['my-steam', 'tally-eats-a-melon', 'team-2', 'a-team', 'team']
    expect(ranked('team', ...names)).toEqual(['team', 'team-2', 'a-team', 'my-steam', 'tally-eats-a-melon'])
    expect(ranked('讨论', '产品讨论', '讨论', '讨论组')).toEqual(['讨论', '讨论组', '产品讨论'])
  })

  it('always by a part of itself, and the highlighted part is as long as the typed text', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcXYZ-_ 产品讨论🎉éß'), minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(name, fc.nat(), fc.nat(), (whole, a, b) => {
        const letters = [...whole]
        const from = a % letters.length
        const part = letters.slice(from, from + 1 + (b % (letters.length - from))).join('')
        const found = fit(whole, part)
        expect(found, `"${part}" in "${whole}"`).toBeDefined()
        const marked = found?.marks.map(([start, end]) => whole.slice(start, end)).join('') ?? ''
        expect([...marked].length).toBeGreaterThanOrEqual(part.trim() === '' ? 0 : 1)
        expect(found?.score).toBeLessThanOrEqual(100)
      }),
    )
  })
})

const room = (name: string, more: Partial<RoomSummary> = {}): RoomSummary =>
  garden({ id: name, name, unread: 0, lastAt: 0, ...more })
const known = (more: Partial<Known> = {}): Known => ({
  joined: [
    room('lobby', { isDefault: true }),
    room('deploys', { unread: 48, lastAt: 2 }),
    room('garden', { unread: 1, lastAt: 1, mentions: 1 }),
    room('reading-club'),
    room('产品讨论'),
  ],
  open: [room('music', { joined: false, role: null }), room('game-night', { joined: false, role: null })],
  here: 'lobby',
  recent: ['lobby', '产品讨论'],
  people: ['Mara', '李思', 'Garrett'],
  places: [
    { key: 'date', words: 'Go to a date in this room' },
    { key: 'mentions', words: 'Mentions of you' },
  ],
  ...more,
})
const offered = (typed: string, more: Partial<Known> = {}) =>
  choicesFor(typed, known(more)).map(({ title, choices }) => [
    title,
    ...choices.map(({ kind, name }) => `${kind} ${name}`),
  ])

describe('the quick switcher offers', () => {
  it('unread rooms, mentions first, then recent ones, then the rest, and never the current room', () => {
    expect(offered(' ')).toEqual([
      ['unread', 'room garden', 'room deploys'],
      ['rooms', 'room 产品讨论', 'room reading-club'],
      ['open', 'join music', 'join game-night'],
      ['more', 'place Go to a date in this room', 'place Mentions of you'],
    ])
  })

  it('matching rooms, own ones first for equal matches, then people, pages, and actions on the text', () => {
    expect(offered('ga')).toEqual([
      ['rooms', 'room garden', 'join game-night'],
      ['people', 'person Garrett'],
      ['more', 'search ga', 'create ga'],
    ])
    expect(offered('论')[0]).toEqual(['rooms', 'room 产品讨论'])
    expect(offered('men').at(-1)).toEqual(['more', 'place Mentions of you', 'search men', 'create men'])
  })

  it('rooms by names that they had of late, after those that are called so now, and never such a name for a new room', () => {
    const more = {
      open: [room('orchard', { joined: false, role: null, formerly: ['garage', 'garden-two'] })],
    }
    const [found] = choicesFor('garden', known(more))
    expect(found?.choices).toMatchObject([
      { name: 'garden' },
      { name: 'orchard', was: 'garden-two', marks: [] },
    ])
    expect(offered('Garage', more)).toEqual([
      ['rooms', 'join orchard'],
      ['more', 'search Garage'],
    ])
  })

  it('whoever there is a conversation of two with once, as that conversation', () => {
    const people = [{ id: '7', name: 'Garrett' }]
    const joined = [room('Garrett', { kind: 'direct', people })]
    expect(offered('ga', { joined, open: [] })).toEqual([
      ['rooms', 'room Garrett'],
      ['more', 'search ga', 'create ga'],
    ])
    expect(offered('@ga', { joined })).toEqual([['people', 'person Garrett']])
  })

  it('only rooms after #, only people after @', () => {
    expect(offered('#ga')).toEqual([
      ['rooms', 'room garden', 'join game-night'],
      ['more', 'create ga'],
    ])
    expect(offered('@ga')).toEqual([['people', 'person Garrett']])
    expect(offered('@nobody')).toEqual([])
  })

  it('no second room with a name that is taken, however it is written', () => {
    expect(offered('ＧＡＲＤＥＮ').flat()).not.toContain('create ＧＡＲＤＥＮ')
    expect(offered('#Garden').flat()).toContain('room garden')
    expect(offered('tower')).toEqual([['more', 'search tower', 'create tower']])
  })
})
