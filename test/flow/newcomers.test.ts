// What guests may do, and people who have only just joined: decided by administrators, the same on every server.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { NewcomerRules } from '../../server/access/newcomers.ts'
import { untouched, WorkspaceSettings } from '../../server/access/workspace.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { careful, free, type Newcomers } from '../../server/protocol/newcomers.ts'
import type { MessageEvent } from '../../server/protocol/events.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())
beforeEach(() => allows(free))

async function allows(newcomers: Partial<Newcomers>): Promise<void> {
  expect((await root.ask('PATCH', '/api/workspace', { newcomers })).status).toBe(200)
}

const posts = (person: Person, room: string, text: string) =>
  person.tries('POST', `/api/rooms/${room}/messages`, { cid: newCid(), text })

/** Somebody with a password, who came just now. */
async function member(): Promise<Person> {
  const name = fresh('Member')
  const guest = await brook.arrive(name)
  await guest.ask('PUT', '/api/session/password', { password: 'nine tall green trees' })
  const one = await Person.signsIn(guest.address, name, 'nine tall green trees')
  brook.people.push(one)
  await one.connects()
  return one
}

/** What somebody can do of all that may be kept from newcomers. */
async function can(person: Person) {
  const { id: room } = await root.makes(fresh('room'))
  await person.joins(room)
  const link = { cid: newCid(), text: 'see [this](https://a.example)' }
  return {
    createRooms: await person.tries('POST', '/api/rooms', { name: fresh('own'), kind: 'public' }),
    setTopics: await person.tries('PATCH', `/api/rooms/${room}`, { topic: 'tea' }),
    postLinks: await person.tries('POST', `/api/rooms/${room}/messages`, link),
    bringIn: await person.tries('POST', `/api/rooms/${room}/members`, { name: root.user.name }),
  }
}
const everything = { createRooms: 201, setTopics: 200, postLinks: 201, bringIn: 204 }
const nothing = {
  createRooms: 'not_for_newcomers',
  setTopics: 'not_for_newcomers',
  postLinks: 'not_for_newcomers',
  bringIn: 'not_for_newcomers',
}

test('guests read, write and react, and do more only where it is allowed; people with a password are not concerned', async () => {
  await allows(careful)
  const guest = await brook.enter(fresh('Guest'))
  expect(await can(guest)).toEqual(nothing)
  expect(await can(await member())).toEqual(everything)
  expect(await posts(guest, guest.room, 'hello')).toBe(201)
  const { messages } = await guest.page()
  const path = `/api/rooms/${guest.room}/messages/${messages.at(-1)?.seq}/reactions/${encodeURIComponent('👍')}`
  expect(await guest.tries('PUT', path, { cid: newCid() })).toBe(200)
  for (const right of ['createRooms', 'setTopics', 'postLinks', 'bringIn'] as const) {
    await allows({ ...careful, [right]: true })
    expect(await can(guest)).toEqual({ ...nothing, [right]: everything[right] })
  }
})

test('a link comes by no way: neither by the socket, nor by an edit, nor into a thread; what is code is no link', async () => {
  await allows(careful)
  const guest = await brook.enter(fresh('Guest'))
  const said = await guest.acked(guest.says('plain words'))
  const cid = newCid()
  expect((await guest.refused(guest.says('https://a.example', { cid }))).code).toBe('not_for_newcomers')
  const edit = newCid()
  guest.tells({ type: 'edit', room: guest.room, seq: said.seq, cid: edit, text: 'www.a.example' })
  expect((await guest.refused(edit)).code).toBe('not_for_newcomers')
  const reply = newCid()
  guest.tells({ type: 'send', room: guest.room, cid: reply, text: 'https://a.example', thread: said.seq })
  expect((await guest.refused(reply)).code).toBe('not_for_newcomers')
  expect(await posts(guest, guest.room, '`https://a.example`')).toBe(201)
  expect(await posts(guest, guest.room, 'see /rooms/7/5')).toBe(201)
})

test('a guest who owns a room notifies everybody only where guests may', async () => {
  const guest = await brook.enter(fresh('Guest'))
  const { id: room } = await guest.makes(fresh('own'))
  const other = await brook.enter(fresh('Other'))
  await other.joins(room)
  const names = async (text: string): Promise<MessageEvent> => {
    await guest.acked(guest.says(text, { room }))
    return other.hears(text)
  }
  expect((await names('@room one')).mentions).toBeDefined()
  await allows({ mentionAll: false })
  expect((await names('@room two')).mentions).toBeUndefined()
})

test('people who have only just joined count as guests for as long as is set, on every server; bots and administrators never', async () => {
  await allows({ ...careful, newForMs: 3_600_000 })
  const one = await member()
  expect(await can(one)).toEqual(nothing)
  const elsewhere = one.again()
  elsewhere.address = brook.servers[1]?.address ?? ''
  await until(
    () => elsewhere.tries('POST', '/api/rooms', { name: fresh('own'), kind: 'public' }),
    (answer) => answer === 'not_for_newcomers',
  )
  expect(await root.tries('POST', '/api/rooms', { name: fresh('own'), kind: 'public' })).toBe(201)
  await allows({ newForMs: 0 })
  expect(await can(one)).toEqual(everything)
})

test('an hour later somebody is new no more; before anything is read, only guests are held back', async () => {
  let now = 0
  const settings = new WorkspaceSettings(brook.db, brook.config)
  const rules = new NewcomerRules({
    settings,
    bus: { publish: () => undefined },
    onError: () => undefined,
    now: () => now,
  })
  const user = { id: '1', name: 'Ann', guest: false, admin: false, since: 0 }
  expect(rules.lackedBy(user)).toBeUndefined()
  expect(rules.lackedBy({ ...user, guest: true })).toContain('postLinks')
  await allows({ ...careful, newForMs: 3_600_000 })
  await rules.changed()
  now = 3_599_999
  expect(rules.lackedBy(user)).toContain('postLinks')
  now = 3_600_000
  expect(rules.lackedBy(user)).toBeUndefined()
  await rules.close()
})

test('what is out of range is refused, and what others can reach begins with care', async () => {
  for (const newcomers of [
    { newForMs: -1 },
    { newForMs: 31 * 86_400_000 },
    { createRooms: 'yes' },
    { fly: true },
  ])
    expect(await root.tries('PATCH', '/api/workspace', { newcomers })).toBe('bad_request')
  const reach = { publicUrl: undefined, allowedHosts: [] }
  expect(untouched({ ...reach, host: '127.0.0.1' }).newcomers).toEqual(free)
  expect(untouched({ ...reach, host: '0.0.0.0' }).newcomers).toEqual(careful)
  const kept = await new WorkspaceSettings(brook.db, { ...reach, host: '0.0.0.0' }).read()
  expect(kept.newcomers).toEqual(free)
})
