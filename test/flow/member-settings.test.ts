// What a member sets for a room: theirs alone, the same on all of their devices and servers at once, and known while MySQL is
// down.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { untilTurnedOff } from '../../server/protocol/member-settings.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { privateStores } from '../support/stores.ts'
import { openTestServer } from '../support/test-server.ts'
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
  await brook.meet(ann, bob)
})

const tune = (who: Person, settings: object, room = who.room) =>
  who.ask<{ room: RoomSummary }>('PATCH', `/api/rooms/${room}/members/me`, settings)
const tries = (who: Person, settings: object, room = who.room) =>
  who.tries('PATCH', `/api/rooms/${room}/members/me`, settings)
const seen = async (who: Person, room = who.room) => (await who.rooms()).find(({ id }) => id === room)

test('a room has what is usual until its member sets something, which is theirs alone and stays', async () => {
  const usual = { level: 'mentions', favourite: false }
  expect(await seen(bob)).toMatchObject(usual)
  const mutedUntil = Date.now() + 3_600_000
  const { status, body } = await tune(bob, { level: 'all', mutedUntil })
  expect([status, body.room]).toMatchObject([
    200,
    { id: bob.room, level: 'all', mutedUntil, favourite: false },
  ])
  expect((await tune(bob, { favourite: true })).body.room).toMatchObject({ level: 'all', favourite: true })
  expect(await seen(bob)).toMatchObject({ level: 'all', mutedUntil, favourite: true, unread: 0 })
  expect(await seen(ann)).toMatchObject(usual)
  expect((await bob.returns()).rooms.find(({ id }) => id === bob.room)).toMatchObject({
    level: 'all',
    mutedUntil,
    favourite: true,
  })
})

test('all devices of the person hear of it at once, on every server, and nobody else', async () => {
  const phone = bob.again()
  phone.address = brook.servers[1]?.address ?? ''
  await phone.connects()
  const settings = { level: 'nothing', mutedUntil: untilTurnedOff }
  await tune(bob, settings)
  for (const device of [phone, bob])
    expect(await device.event('settings')).toEqual({ type: 'settings', room: bob.room, settings })
  expect(ann.heard.some(({ type }) => type === 'settings')).toBe(false)
  expect(await seen(phone, bob.room)).toMatchObject(settings)
  phone.drops()
})

test('setting the same again changes nothing, and null turns the sound on', async () => {
  for (const _ of [1, 2])
    expect((await tune(bob, { mutedUntil: untilTurnedOff })).body.room.mutedUntil).toBe(untilTurnedOff)
  expect((await tune(bob, { mutedUntil: null })).body.room.mutedUntil).toBeUndefined()
})

test('a mute that is over is not shown', async () => {
  await brook.db.run('UPDATE memberships SET muted_until_ms = ? WHERE user_id = ? AND room_id = ?', [
    Date.now() - 1,
    BigInt(bob.user.id),
    BigInt(bob.room),
  ])
  expect((await seen(bob))?.mutedUntil).toBeUndefined()
})

test('a room is muted until a time within a year or until it is turned off, and set only by who is in it', async () => {
  const now = Date.now()
  for (const mutedUntil of [now - 1, 0, -1, now + limits.muteMs + 60_000, untilTurnedOff - 1])
    expect([mutedUntil, await tries(bob, { mutedUntil })]).toEqual([mutedUntil, 'bad_mute'])
  expect(await tries(bob, { mutedUntil: now + limits.muteMs - 60_000 })).toBe(200)
  for (const bad of [{}, { level: 'loud' }, { mutedUntil: 'noon' }, { mutedUntil: 1.5 }, { colour: 'red' }])
    expect([bad, await tries(bob, bad)]).toEqual([bad, 'bad_request'])
  expect(await tries(bob, { section: '1' })).toBe('no_such_section')
  const open = await ann.makes(`open ${pairs}`)
  const secret = await ann.makes(`secret ${pairs}`, 'private')
  expect(await tries(bob, { favourite: true }, open.id)).toBe('not_allowed')
  expect(await tries(bob, { favourite: true }, secret.id)).toBe('not_found')
})

test('who leaves a room and comes back begins anew', async () => {
  await tune(bob, { level: 'nothing', favourite: true })
  await bob.ask('DELETE', `/api/rooms/${bob.room}/members/me`)
  expect(await seen(bob)).toMatchObject({ joined: false, level: 'mentions', favourite: false })
  await bob.joins(bob.room)
  expect(await seen(bob)).toMatchObject({ joined: true, level: 'mentions', favourite: false })
})

test('a deleted room that is restored has them again', async () => {
  await tune(bob, { level: 'all', favourite: true })
  const { name = '' } = (await seen(ann)) ?? {}
  await ann.ask('POST', `/api/rooms/${ann.room}/deletion`, { name })
  await until(
    () => bob.heard,
    (heard) => heard.some(({ type }) => type === 'gone'),
  )
  await brook.makesAdmin(ann)
  expect(await ann.tries('POST', `/api/admin/rooms/${ann.room}/restore`, {})).toBe(204)
  await until(
    () => seen(bob),
    (room) => room?.joined === true,
  )
  expect(await seen(bob)).toMatchObject({ level: 'all', favourite: true })
})

test('while MySQL is down, they are known as they were set last', async () => {
  const stores = await privateStores()
  const server = await openTestServer(stores)
  const one = await server.enters('one')
  const { id } = await one.makes('garden')
  await one.asks('GET', '/api/rooms')
  await one.asks('PATCH', `/api/rooms/${id}/members/me`, { level: 'all', favourite: true })
  await stores.mariadbProcess.kill()
  expect((await one.asks('GET', `/api/rooms/${id}`)).body.room).toMatchObject({
    level: 'all',
    favourite: true,
  })
  await server.close()
  await stores.stop()
})
