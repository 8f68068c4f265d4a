// The sections of somebody's own list of rooms: theirs alone, the same on all of their devices, named and ordered as they like.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Section, SectionAnswer, SectionsAnswer } from '../../server/protocol/sections.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())
let pairs = 0
beforeEach(async () => {
  pairs += 1
  ann = await brook.enter(`Ann ${pairs}`)
  bob = await brook.enter(`Bob ${pairs}`)
})

const at = '/api/me/sections'
const list = async (who: Person): Promise<Section[]> =>
  (await who.ask<SectionsAnswer>('GET', at)).body.sections
const names = async (who: Person) => (await list(who)).map(({ id, name }) => name ?? id)
const makes = async (who: Person, name: string): Promise<string> =>
  (await who.ask<SectionAnswer>('POST', at, { name })).body.section.id
const change = (who: Person, id: string, body: object) => who.tries('PATCH', `${at}/${id}`, body)
const tune = (who: Person, room: string, body: object) =>
  who.tries('PATCH', `/api/rooms/${room}/members/me`, body)

test('everybody has three, and one’s own are after the favourites, in their order', async () => {
  expect(await list(bob)).toEqual([
    { id: 'favourites', name: null, folded: false, sort: 'name', rooms: [] },
    { id: 'directs', name: null, folded: false, sort: 'latest', rooms: [] },
    { id: 'rooms', name: null, folded: false, sort: 'name', rooms: [] },
  ])
  const [product, garden, misc] = [
    await makes(bob, ' Product '),
    await makes(bob, '花园'),
    await makes(bob, 'Misc'),
  ]
  expect(await names(bob)).toEqual(['favourites', 'Product', '花园', 'Misc', 'directs', 'rooms'])
  expect(await change(bob, misc, { place: 0 })).toBe(200)
  expect(await names(bob)).toEqual(['favourites', 'Misc', 'Product', '花园', 'directs', 'rooms'])
  expect(await change(bob, misc, { place: 50, name: 'The rest' })).toBe(200)
  expect(await change(bob, product, { place: 1 })).toBe(200)
  expect(await names(bob)).toEqual(['favourites', '花园', 'Product', 'The rest', 'directs', 'rooms'])
  expect(await bob.tries('DELETE', `${at}/${garden}`)).toBe(204)
  expect(await names(bob)).toEqual(['favourites', 'Product', 'The rest', 'directs', 'rooms'])
  expect(await names(ann)).toEqual(['favourites', 'directs', 'rooms'])
})

test('each is folded and sorted, also those that everybody has, which keep their name and place', async () => {
  const own = await makes(bob, 'Own')
  for (const id of [own, 'rooms', 'favourites']) {
    expect(await change(bob, id, { folded: true })).toBe(200)
    expect(await change(bob, id, { sort: 'hand', rooms: ['9', '7', '9', '8'] })).toBe(200)
    const one = (await list(bob)).find((section) => section.id === id)
    expect(one).toMatchObject({ folded: true, sort: 'hand', rooms: ['9', '7', '8'] })
  }
  for (const body of [{ name: 'mine' }, { place: 1 }])
    expect(await change(bob, 'rooms', body)).toBe('bad_request')
  expect(await bob.tries('DELETE', `${at}/rooms`)).toBe('bad_request')
  const many = Array.from({ length: limits.roomsPerPerson + 1 }, (_, n) => String(n + 1))
  expect(await change(bob, own, { rooms: many.slice(1) })).toBe(200)
  for (const bad of [
    {},
    { rooms: many },
    { sort: 'size' },
    { place: -1 },
    { rooms: ['x'] },
    { colour: 'red' },
  ])
    expect(await change(bob, own, bad)).toBe('bad_request')
})

test('a room is put in one of one’s own, and in none when that is deleted', async () => {
  const { id: room } = await bob.makes(`shed ${pairs}`)
  const seen = async () => (await bob.rooms()).find(({ id }) => id === room)?.section
  const tools = await makes(bob, 'Tools')
  expect(await tune(bob, room, { section: await makes(ann, 'Hers') })).toBe('no_such_section')
  expect(await tune(bob, room, { section: tools })).toBe(200)
  expect(await seen()).toBe(tools)
  expect(await tune(bob, room, { section: null })).toBe(200)
  expect(await seen()).toBeUndefined()
  await tune(bob, room, { section: tools })
  expect(await bob.tries('DELETE', `${at}/${tools}`)).toBe(204)
  expect(await seen()).toBeUndefined()
  expect(await tune(bob, room, { section: tools })).toBe('no_such_section')
  for (const method of ['DELETE', 'PATCH'])
    expect(await bob.tries(method, `${at}/${tools}`, method === 'PATCH' ? { folded: true } : undefined)).toBe(
      'no_such_section',
    )
})

test('nobody changes those of another, who do not even learn that they are there', async () => {
  const hers = await makes(ann, 'Hers')
  expect(await change(bob, hers, { name: 'Mine' })).toBe('no_such_section')
  expect(await bob.tries('DELETE', `${at}/${hers}`)).toBe('no_such_section')
  expect(await names(ann)).toContain('Hers')
})

test('a name is one that can be read, and told from one’s others', async () => {
  await makes(bob, 'Product')
  await makes(ann, 'Product')
  for (const name of ['product', 'Pr\u043educt ', 'Рrоduсt', 'Ｐｒｏｄｕｃｔ'])
    expect([name, await bob.tries('POST', at, { name })]).toEqual([
      name,
      expect.stringMatching(/^(?:section_name_taken|misleading_name)$/),
    ])
  for (const name of ['', ' ', '\u202eevil', 'a\u0000b', 'x'.repeat(33), '#'])
    expect([name, await bob.tries('POST', at, { name })]).toEqual([name, 'bad_section_name'])
  const other = await makes(bob, 'Other')
  expect(await change(bob, other, { name: 'PRODUCT' })).toBe('section_name_taken')
  expect(await change(bob, other, { name: 'OTHER' })).toBe(200)
})

test('at most 50 are one’s own, also if they are made at once', async () => {
  const { own } = limits.sections
  const made = await Promise.all(
    Array.from({ length: own + 3 }, (_, n) => bob.tries('POST', at, { name: `section ${n}` })),
  )
  expect(made.filter((code) => code === 201)).toHaveLength(own)
  expect(made.filter((code) => code === 'too_many_sections')).toHaveLength(3)
  const sections = await list(bob)
  expect(sections).toHaveLength(own + 3)
  expect(await change(bob, sections[own]?.id ?? '', { place: 0 })).toBe(200)
  expect((await list(bob))[1]?.id).toBe(sections[own]?.id)
})

test('of two of one name at once, one is made', async () => {
  const made = await Promise.all([1, 2].map(() => bob.tries('POST', at, { name: 'Twin' })))
  expect(made.sort()).toEqual([201, 'section_name_taken'])
})

test('all devices of the person are told at once, on every server, and nobody else', async () => {
  const phone = bob.again()
  phone.address = brook.servers[1]?.address ?? ''
  await phone.connects()
  const told = () => phone.heard.filter(({ type }) => type === 'sections').length
  const id = await makes(bob, 'Told')
  await until(told, (n) => n === 1)
  await change(bob, id, { folded: true })
  await until(told, (n) => n === 2)
  expect((await list(phone)).find((section) => section.id === id)?.folded).toBe(true)
  await bob.ask('DELETE', `${at}/${id}`)
  await until(told, (n) => n === 3)
  expect(ann.heard.some(({ type }) => type === 'sections')).toBe(false)
  phone.drops()
})

test('what one has arranged is in one’s own export, and goes with the account', async () => {
  const { id: room } = await bob.makes(`last ${pairs}`)
  const tools = await makes(bob, 'Tools')
  await tune(bob, room, { section: tools, favourite: true, level: 'all' })
  const text = await (await fetch(`${bob.address}/api/me/export`, { headers: { cookie: bob.cookie } })).text()
  const lines = text.split('\n').filter((line) => line.includes('"membership"'))
  const line = lines
    .map((one) => JSON.parse(one) as { room: RoomSummary })
    .find((one) => one.room.id === room)
  expect(line).toMatchObject({ level: 'all', favourite: true, section: 'Tools' })
  expect(await bob.tries('DELETE', '/api/me', { messages: 'keep' })).toBe(204)
  expect(await brook.db.rows('SELECT id FROM sections WHERE user_id = ?', [BigInt(bob.user.id)])).toEqual([])
})
