// A direct room becomes a private one when everybody in it agrees: its numbers go on, all of them own it, and others can be added.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConversionAnswer } from '../../server/protocol/directs.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

const opens = async (person: Person, ...people: Person[]): Promise<RoomSummary> => {
  const body = { people: people.map(({ user }) => user.id) }
  return (await person.ask<{ room: RoomSummary }>('POST', '/api/directs', body)).body.room
}
const at = (room: string): string => `/api/directs/${room}/conversion`
const agrees = (person: Person, room: string, name?: string) =>
  person.ask<ConversionAnswer & { error?: { code: string } }>(
    'PUT',
    at(room),
    name === undefined ? {} : { name },
  )
const lists = async (person: Person, room: string): Promise<RoomSummary | undefined> =>
  (await person.rooms()).find(({ id }) => id === room)
const told = (person: Person, room: string): RoomSummary | undefined =>
  person.heard
    .flatMap((event) => (event.type === 'room' && event.room.id === room ? [event.room] : []))
    .at(-1)

test('once all have agreed it is a private room that all own, on every server; nothing is lost', async () => {
  const [ann, bob, carl] = [await brook.enter('Ann'), await brook.enter('Bob', 1), await brook.enter('Carl')]
  const { id: room } = await opens(ann, bob, carl)
  const { seq } = await ann.acked(ann.says('what was said before', { room }))
  const asked = await agrees(ann, room, '  garden ')
  expect(asked.body.conversion).toMatchObject({ name: 'garden' })
  expect(asked.body.conversion?.missing.map(({ id }) => id)).toEqual([bob.user.id, carl.user.id])
  await agrees(bob, room)
  expect((await lists(carl, room))?.kind).toBe('direct')
  expect((await agrees(carl, room)).body.conversion).toBeNull()
  for (const person of [ann, bob, carl]) {
    await until(() => told(person, room)?.kind === 'private')
    expect(await lists(person, room)).toMatchObject({ kind: 'private', name: 'garden', role: 'owner' })
    expect((await lists(person, room))?.people).toBeUndefined()
  }
  const next = await bob.acked(bob.says('what is said after it', { room }))
  // Asked, made; nothing in between is missing.
  expect(next.seq).toBe(seq + 3)
  // Another one comes in, as into every private room, and reads all of it.
  const dora = await brook.enter('Dora')
  expect(await bob.tries('POST', `/api/rooms/${room}/members`, { name: 'Dora' })).toBeLessThan(300)
  const { body } = await dora.ask<{ messages: { text?: string }[] }>('GET', `/api/rooms/${room}/messages`)
  expect(body.messages.map(({ text }) => text)).toEqual(expect.arrayContaining(['what was said before']))
  // The same people talk among themselves again somewhere else.
  expect((await opens(ann, bob, carl)).id).not.toBe(room)
})

test('asked for at once by all, it is done once', async () => {
  const [eve, finn] = [await brook.enter('Eve'), await brook.enter('Finn', 1)]
  const { id: room } = await opens(eve, finn)
  await Promise.all([agrees(eve, room, 'both'), agrees(finn, room, 'both')])
  await until(async () => (await lists(finn, room))?.kind === 'private')
  const made = await brook.db.rows(
    "SELECT 1 FROM audit WHERE JSON_EXTRACT(about, '$.room.id') = ? AND kind = 'room_changed'",
    [room],
  )
  expect(made).toHaveLength(1)
})

test('one who declines ends it; another name is asked for anew; whoever has left need not agree', async () => {
  const [gus, hana, ivo] = [await brook.enter('Gus'), await brook.enter('Hana'), await brook.enter('Ivo')]
  const { id: room } = await opens(gus, hana, ivo)
  await agrees(gus, room, 'first')
  expect(await hana.tries('DELETE', at(room))).toBe(204)
  expect((await agrees(ivo, room)).body.error?.code).toBe('bad_room_name')
  await agrees(gus, room, 'second')
  await agrees(hana, room)
  const anew = await agrees(ivo, room, 'third')
  expect(anew.body.conversion?.agreed.map(({ id }) => id)).toEqual([ivo.user.id])
  await agrees(gus, room)
  expect(await hana.tries('DELETE', `/api/rooms/${room}/members/me`)).toBe(204)
  expect((await agrees(gus, room)).body.conversion).toBeNull()
  expect((await lists(gus, room))?.name).toBe('third')
})

test('nobody else can ask for it or tell that it is asked for; a name is a name of a room', async () => {
  const [jon, kim, lea] = [await brook.enter('Jon'), await brook.enter('Kim'), await brook.enter('Lea')]
  const { id: room } = await opens(jon, kim)
  for (const method of ['GET', 'PUT', 'DELETE'] as const)
    expect(await lea.tries(method, at(room), method === 'PUT' ? { name: 'mine' } : undefined)).toBe(
      'not_found',
    )
  expect((await agrees(jon, room, '   ')).body.error?.code).toBe('bad_room_name')
  const { id: other } = await jon.makes('plain')
  expect((await agrees(jon, other, 'name')).status).toBe(404)
})
