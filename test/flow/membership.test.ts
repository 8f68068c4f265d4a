// Rooms and membership: every route, the notices in the log, and what strangers cannot see.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureLobby } from '../../server/membership/lobby.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { DirectoryAnswer } from '../../server/protocol/directory.ts'
import type { EntryEvent, Notice } from '../../server/protocol/events.ts'
import type { MembersAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { nameKey } from '../../server/protocol/names.ts'
import type { Member } from '../../server/protocol/people.ts'
import { openTestServer, type Answer, type Browser, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let server: TestServer
const here = new Set<string>()

beforeAll(async () => {
  stores = await privateStores()
  server = await openTestServer(stores, { here })
})
afterAll(async () => {
  await server.close()
  await stores.stop()
})

let count = 0
/** A guest with a name that no other test uses. */
const guest = (name: string): Promise<Browser> => server.enters(`${name} ${(count += 1)}`)
const listed = async (browser: Browser) => (await browser.asks('GET', '/api/rooms')).body.rooms ?? []
const seen = async (browser: Browser, room: string) =>
  (await browser.asks('GET', `/api/rooms/${room}`)).body.room
const join = (browser: Browser, room: string) => browser.asks('PUT', `/api/rooms/${room}/members/me`)
const leave = (browser: Browser, room: string) => browser.asks('DELETE', `/api/rooms/${room}/members/me`)
const add = (browser: Browser, room: string, name: string) =>
  browser.asks('POST', `/api/rooms/${room}/members`, { name })
const says = async (browser: Browser, room: string, text: string): Promise<number> => {
  const { id, name } = browser.me
  const answer = await server.log.append({
    room,
    user: { id, name },
    cid: newCid(),
    body: { type: 'message', text },
  })
  if ('code' in answer) throw new Error(answer.code)
  await until(() => (server.log.heads([room]).get(room)?.seq ?? 0) >= answer.seq)
  return answer.seq
}
const noticesOf = (entries: EntryEvent[]): [string, Notice][] =>
  entries.flatMap((entry) => (entry.type === 'notice' ? [[entry.user.name, entry.notice]] : []))

describe('creating a room', () => {
  test('its creator owns it and is in it, and its log begins with that', async () => {
    const ann = await guest('ann')
    const made = await ann.asks('POST', '/api/rooms', { name: ' #Garden ', kind: 'public', topic: ' roses ' })
    expect(made.status).toBe(201)
    expect(made.body.room).toMatchObject({
      name: 'Garden',
      kind: 'public',
      topic: 'roses',
      isDefault: false,
      joined: true,
      role: 'owner',
    })
    const room = made.body.room?.id ?? ''
    expect(await server.hears(room, 1)).toMatchObject([
      { type: 'notice', seq: 1, user: { id: ann.me.id, name: ann.me.name }, notice: { kind: 'created' } },
    ])
    expect(await seen(ann, room)).toMatchObject({ head: 1, lastAt: expect.any(Number) })
  })

  test('two public rooms have two names; a private name is not reserved', async () => {
    const bob = await guest('bob')
    await bob.makes('Kitchen')
    expect((await bob.asks('POST', '/api/rooms', { name: 'KITCHEN', kind: 'public' })).code).toBe(
      'room_name_taken',
    )
    expect((await bob.makes('kitchen', 'private')).kind).toBe('private')
    expect((await bob.makes('kitchen', 'private')).kind).toBe('private')
    const both = await Promise.all(
      ['Attic', 'attic'].map((name) => bob.asks('POST', '/api/rooms', { name, kind: 'public' })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('a bad name, topic or kind is refused with its own code', async () => {
    const cid = await guest('cid')
    const make = (body: object) => cid.asks('POST', '/api/rooms', body)
    expect((await make({ name: '#', kind: 'public' })).code).toBe('bad_room_name')
    expect((await make({ name: 'x'.repeat(65), kind: 'public' })).code).toBe('bad_room_name')
    expect((await make({ name: 'fine', kind: 'public', topic: 'two\nlines' })).code).toBe('bad_topic')
    expect((await make({ name: 'fine', kind: 'secret' })).code).toBe('bad_request')
    expect((await make({ name: 'fine', kind: 'public', isDefault: true })).code).toBe('bad_request')
  })
})

describe('the list', () => {
  test('a person’s own rooms and the public ones, the default room first, then by name', async () => {
    const dan = await guest('dan')
    const eve = await guest('eve')
    const zoo = await eve.makes('aa zoo')
    const own = await dan.makes('ab own', 'private')
    await eve.makes('ac not yours', 'private')
    const names = (await listed(dan)).map(({ name }) => name)
    expect(names.slice(0, 3)).toEqual(['lobby', 'aa zoo', 'ab own'])
    expect(names).not.toContain('ac not yours')
    expect((await listed(dan)).find(({ id }) => id === zoo.id)).toMatchObject({
      joined: false,
      role: null,
      unread: 0,
    })
    expect((await server.memberships.summaries(dan.me.id)).map(({ id }) => id)).toEqual([
      server.lobby,
      own.id,
    ])
  })

  test('messages before a join are not unread, messages after it are', async () => {
    const fay = await guest('fay')
    const room = await fay.makes(`heads ${count}`)
    await says(fay, room.id, 'before')
    const gus = await guest('gus')
    const came = (await join(gus, room.id)).body.room
    expect(came?.read).toBe(2)
    const seq = await says(fay, room.id, 'after')
    expect(await seen(gus, room.id)).toMatchObject({ head: seq, read: 2, unread: seq - 2 })
  })
})

describe('joining and leaving', () => {
  test('a public room is open to all; the log says who joined and left', async () => {
    const hal = await guest('hal')
    const ida = await guest('ida')
    const room = await hal.makes(`porch ${count}`)
    expect((await join(ida, room.id)).body.room).toMatchObject({ id: room.id, joined: true, role: 'member' })
    expect(await server.memberships.isMember(ida.me.id, room.id)).toBe(true)
    expect((await leave(ida, room.id)).status).toBe(204)
    expect(await server.memberships.isMember(ida.me.id, room.id)).toBe(false)
    expect(noticesOf(await server.hears(room.id, 3))).toEqual([
      [hal.me.name, { kind: 'created' }],
      [ida.me.name, { kind: 'joined' }],
      [ida.me.name, { kind: 'left' }],
    ])
  })

  test('joining many times at once is joining once, with one notice', async () => {
    const jay = await guest('jay')
    const kim = await guest('kim')
    const room = await jay.makes(`pond ${count}`)
    const answers = await Promise.all(Array.from({ length: 5 }, () => join(kim, room.id)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    await join(kim, room.id)
    await says(jay, room.id, 'all here?')
    expect(noticesOf(await server.hears(room.id, 3)).map(([, { kind }]) => kind)).toEqual([
      'created',
      'joined',
    ])
  })

  test('nobody leaves the default room, or a room they are not in', async () => {
    const lea = await guest('lea')
    expect(await leave(lea, server.lobby)).toMatchObject({ status: 409, code: 'last_room' })
    const room = await (await guest('mia')).makes(`den ${count}`)
    expect((await leave(lea, room.id)).code).toBe('not_found')
    expect((await leave(lea, '999999')).code).toBe('not_found')
    expect((await join(lea, '999999')).code).toBe('not_found')
    expect((await join(lea, 'lobby')).code).toBe('bad_request')
  })

  test('a private room whose owner leaves goes to the longest-standing member, and stays when it is empty', async () => {
    const [ned, oda, pia] = [await guest('ned'), await guest('oda'), await guest('pia')]
    const room = await ned.makes('cellar', 'private')
    await add(ned, room.id, oda.me.name)
    await add(ned, room.id, pia.me.name)
    await leave(ned, room.id)
    expect((await seen(oda, room.id))?.role).toBe('owner')
    expect((await seen(pia, room.id))?.role).toBe('member')
    await leave(pia, room.id)
    expect((await seen(oda, room.id))?.role).toBe('owner')
    await leave(oda, room.id)
    expect(await server.db.rows('SELECT id FROM rooms WHERE id = ?', [room.id])).toHaveLength(1)
  })

  test('if its owner and the next in line leave at once, a private room still has an owner', async () => {
    const [quinn, rex, sam] = [await guest('quinn'), await guest('rex'), await guest('sam')]
    for (let n = 0; n < 10; n += 1) {
      const room = await quinn.makes(`stairs ${n}`, 'private')
      await add(quinn, room.id, rex.me.name)
      await add(quinn, room.id, sam.me.name)
      await Promise.all([leave(quinn, room.id), leave(rex, room.id)])
      expect((await seen(sam, room.id))?.role).toBe('owner')
    }
  })
})

describe('a private room', () => {
  test('looks to strangers as if it did not exist, at every endpoint', async () => {
    const ann = await guest('ann')
    const room = await ann.makes('secret', 'private')
    const stranger = await guest('stranger')
    const endpoints = async (id: string): Promise<Answer[]> => [
      await stranger.asks('GET', `/api/rooms/${id}`),
      await stranger.asks('PATCH', `/api/rooms/${id}`, { topic: 'mine' }),
      await stranger.asks('GET', `/api/rooms/${id}/members`),
      await add(stranger, id, stranger.me.name),
      await join(stranger, id),
      await leave(stranger, id),
    ]
    const absent = (await endpoints('987654')).map(({ status, body }) => [status, body])
    expect((await endpoints(room.id)).map(({ status, body }) => [status, body])).toEqual(absent)
    expect(absent.map(([status]) => status)).toEqual([404, 404, 404, 404, 404, 404])
    expect((await listed(stranger)).map(({ id }) => id)).not.toContain(room.id)
    expect(await server.memberships.find(stranger.me.id, room.id)).toBeUndefined()
    // Guard: the same endpoints work for its members.
    expect((await seen(ann, room.id))?.id).toBe(room.id)
  })

  test('only its owner adds somebody; somebody who left is a stranger again', async () => {
    const [bob, cid, dan] = [await guest('bob'), await guest('cid'), await guest('dan')]
    const room = await bob.makes('vault', 'private')
    expect((await add(bob, room.id, cid.me.name.toUpperCase())).status).toBe(204)
    expect((await add(bob, room.id, cid.me.name)).status).toBe(204)
    expect((await seen(cid, room.id))?.role).toBe('member')
    expect(await add(cid, room.id, dan.me.name)).toMatchObject({ status: 403, code: 'not_allowed' })
    expect((await seen(dan, room.id)) === undefined).toBe(true)
    expect(await add(bob, room.id, 'nobody at all')).toMatchObject({ status: 404, code: 'no_such_person' })
    await leave(cid, room.id)
    expect((await cid.asks('GET', `/api/rooms/${room.id}`)).status).toBe(404)
    expect((await join(cid, room.id)).status).toBe(404)
    expect(noticesOf(await server.hears(room.id, 3))).toEqual([
      [bob.me.name, { kind: 'created' }],
      [bob.me.name, { kind: 'added', person: { id: cid.me.id, name: cid.me.name } }],
      [cid.me.name, { kind: 'left' }],
    ])
  })
})

describe('a public room', () => {
  test('any member adds others and sets the topic; non-members do neither', async () => {
    const [eve, fay, gus] = [await guest('eve'), await guest('fay'), await guest('gus')]
    const room = await eve.makes(`yard ${count}`)
    const setTopic = (browser: Browser, topic: string) =>
      browser.asks('PATCH', `/api/rooms/${room.id}`, { topic })
    expect((await setTopic(fay, 'no')).code).toBe('not_allowed')
    expect((await add(fay, room.id, gus.me.name)).code).toBe('not_allowed')
    await join(fay, room.id)
    expect((await add(fay, room.id, gus.me.name)).status).toBe(204)
    expect((await setTopic(gus, ' Regen? ')).body.room?.topic).toBe('Regen?')
    expect((await setTopic(gus, 'Regen?')).status).toBe(200)
    expect((await setTopic(gus, 'two\nlines')).code).toBe('bad_topic')
    expect((await setTopic(gus, 'regen?')).body.room?.topic).toBe('regen?')
    expect((await setTopic(gus, '')).body.room?.topic).toBe('')
    expect((await seen(eve, room.id))?.topic).toBe('')
    expect(noticesOf(await server.hears(room.id, 6)).slice(2)).toEqual([
      [fay.me.name, { kind: 'added', person: { id: gus.me.id, name: gus.me.name } }],
      [gus.me.name, { kind: 'topic', topic: 'Regen?' }],
      [gus.me.name, { kind: 'topic', topic: 'regen?' }],
      [gus.me.name, { kind: 'topic', topic: '' }],
    ])
  })

  test('lists its members by name, with who is online, and their number', async () => {
    const [hal, ida] = [await guest('zz hal'), await guest('za ida')]
    const room = await hal.makes(`terrace ${count}`)
    await join(ida, room.id)
    here.add(ida.me.id)
    const stranger = await guest('jay')
    expect((await stranger.asks('GET', `/api/rooms/${room.id}/members`)).body).toEqual({
      members: [
        { ...person(ida), role: 'member', here: true, guest: true },
        { ...person(hal), role: 'owner', here: false, guest: true },
      ],
      total: 2,
      next: null,
    })
  })
})

test('a person who is not signed in sees no room at all', async () => {
  const stranger = server.browser()
  const endpoints = [
    ['GET', '/api/rooms'],
    ['POST', '/api/rooms', { name: 'x', kind: 'public' }],
    ['GET', `/api/rooms/${server.lobby}`],
    ['PATCH', `/api/rooms/${server.lobby}`, { topic: 'x' }],
    ['GET', `/api/rooms/${server.lobby}/members`],
    ['POST', `/api/rooms/${server.lobby}/members`, { name: 'x' }],
    ['PUT', `/api/rooms/${server.lobby}/members/me`],
    ['DELETE', `/api/rooms/${server.lobby}/members/me`],
  ] as const
  for (const [method, url, body] of endpoints)
    expect(await stranger.asks(method, url, body)).toMatchObject({ status: 401, code: 'signed_out' })
})

test('processes that start at once create one default room', async () => {
  await server.db.run('DELETE FROM rooms WHERE is_default = 1')
  const made = await Promise.all(Array.from({ length: 8 }, () => ensureLobby(server.db)))
  expect(new Set(made).size).toBe(1)
  expect(await server.db.rows('SELECT id FROM rooms WHERE is_default = 1')).toHaveLength(1)
  await server.db.run('UPDATE rooms SET id = ? WHERE is_default = 1', [server.lobby])
})

test('nobody is in more rooms than allowed', async () => {
  const kim = await guest('kim')
  const ids = Array.from({ length: 999 }, (_, n) => 1_000_000 + n)
  await server.db.run('INSERT INTO rooms (id, name, kind, topic, created_at) VALUES ?', [
    ids.map((id) => [id, `room ${id}`, 'private', '', new Date()]),
  ])
  const rows = ids.map((id) => [kim.me.id, id, 'member', 0, new Date()])
  await server.db.run('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at) VALUES ?', [
    rows,
  ])
  const lea = await guest('lea')
  const room = await lea.makes(`one too many ${count}`)
  expect((await join(kim, room.id)).code).toBe('too_many_rooms')
  expect((await join(kim, server.lobby)).status).toBe(200)
  expect((await add(lea, room.id, kim.me.name)).code).toBe('too_many_rooms')
  expect((await kim.asks('POST', '/api/rooms', { name: 'mine', kind: 'private' })).code).toBe(
    'too_many_rooms',
  )
})

const person = ({ me }: Browser) => ({ id: me.id, name: me.name })

describe('the directory', () => {
  const found = async (browser: Browser, query = '') =>
    (await browser.asks('GET', `/api/directory?${query}`)).body as unknown as DirectoryAnswer

  test('names every public room with its topic, people and activity, and no private one', async () => {
    const [ann, bo] = [await guest('ann'), await guest('bo')]
    const make = async (name: string, kind: string, topic = '') =>
      String((await ann.asks('POST', '/api/rooms', { name, kind, topic })).body.room?.id)
    const id = await make('Directory Gärten', 'public', 'Rosen und Äpfel')
    await make('Directory secret', 'private', 'Rosen')
    await join(bo, id)
    await says(ann, id, 'hi')
    const { rooms } = await found(ann, 'query=garten')
    expect(rooms).toEqual([
      {
        id,
        name: 'Directory Gärten',
        topic: 'Rosen und Äpfel',
        joined: true,
        people: 2,
        lastAt: expect.any(Number),
      },
    ])
    expect((await found(bo, 'query=ROSEN')).rooms.map((room) => room.id)).toEqual([id])
    expect((await found(await guest('cy'), 'query=directory')).rooms).toMatchObject([{ id, joined: false }])
    expect((await found(ann)).rooms[0]?.name, 'everybody is there').toBe('lobby')
  })

  test('comes page by page, each room once', async () => {
    const ann = await guest('ann')
    for (const n of [3, 1, 4, 2, 5])
      await ann.asks('POST', '/api/rooms', { name: `Pages ${n}`, kind: 'public' })
    const names: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page = await found(ann, `query=pages&limit=2${after && `&after=${after}`}`)
      names.push(...page.rooms.map(({ name }) => name))
      after = page.next
    }
    expect(names).toEqual([1, 2, 3, 4, 5].map((n) => `Pages ${n}`))
  })

  test('has every room, however many there are, and finds the last of them', async () => {
    const ann = await guest('ann')
    const { rooms: perRead } = limits.directory
    const numbers = Array.from({ length: perRead + 100 }, (_, n) => String(n).padStart(4, '0'))
    const rows = numbers.map((n) => [`Bulk ${n}`, nameKey(`Bulk ${n}`), 'public', '', new Date()])
    const columns = '(name, public_key, kind, topic, created_at)'
    await server.db.run(`INSERT INTO rooms ${columns} VALUES ?`, [rows])
    const names: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page = await found(ann, `limit=200${after && `&after=${after}`}`)
      names.push(...page.rooms.map(({ name }) => name))
      after = page.next
    }
    expect(names.filter((name) => name.startsWith('Bulk'))).toEqual(numbers.map((n) => `Bulk ${n}`))
    expect(new Set(names).size).toBe(names.length)
    const last = `Bulk ${numbers.at(-1)}`
    expect(await found(ann, `query=${last}`)).toMatchObject({ rooms: [{ name: last }], next: null })
    await server.db.run('DELETE FROM rooms WHERE name LIKE ?', ['Bulk %'])
  })

  test('is for those who are signed in, and its limits are said', async () => {
    const ann = await guest('ann')
    expect((await ann.asks('GET', '/api/directory?limit=0')).status).toBe(400)
    expect((await ann.asks('GET', `/api/directory?query=${'x'.repeat(251)}`)).status).toBe(400)
    expect((await server.browser().asks('GET', '/api/directory')).status).toBe(401)
  })
})

test('the members of a room come page by page, each once, with the total of the room', async () => {
  const nia = await guest('nia')
  const made = await nia.asks('POST', '/api/rooms', { name: 'a room of many', kind: 'public' })
  const id = made.body.room?.id ?? ''
  for (const name of ['zoe', 'Åsa', 'bob', 'Cem', '王芳', 'dan']) await join(await guest(name), id)
  const pageOf = async (query: string) =>
    (await nia.asks('GET', `/api/rooms/${id}/members?${query}`)).body as unknown as MembersAnswer
  const all = await pageOf('')
  expect([all.total, all.members.length, all.next]).toEqual([7, 7, null])
  const paged: Member[] = []
  let after: string | null = ''
  while (after !== null) {
    const page = await pageOf(`limit=2${after && `&after=${after}`}`)
    expect([page.total, page.members.length <= 2]).toEqual([7, true])
    paged.push(...page.members)
    after = page.next
  }
  expect(paged).toEqual(all.members)
  // Somebody who has left is still a place to go on from; somebody who never was is none.
  const leaver = paged.at(3)
  await nia.asks('DELETE', `/api/rooms/${id}/members/${leaver?.id}`)
  expect((await pageOf(`after=${leaver?.id}`)).members).toEqual(paged.slice(4))
  expect((await pageOf('after=999999')).members).toHaveLength(6)
  expect((await nia.asks('GET', `/api/rooms/${id}/members?limit=2001`)).status).toBe(400)
})
