// Names that rooms had: each leads to its room for a month, and is no other public room's in that time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRoom } from '../../server/history/find-room.ts'
import type { DirectoryAnswer } from '../../server/protocol/directory.ts'
import type { RoomsAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

/** A name without spaces. */
const named = (name: string): string => fresh(name).replace(' ', '-')
const renames = (who: Person, room: string, name: string) =>
  who.tries('PATCH', `/api/rooms/${room}`, { name })
const makes = (who: Person, name: string, kind = 'public') => who.tries('POST', '/api/rooms', { name, kind })
/** The rooms that hits of a search are in. */
async function found(who: Person, q: string): Promise<string[]> {
  const { body } = await who.ask<{ hits: { room: string }[] }>(
    'GET',
    `/api/search?q=${encodeURIComponent(q)}`,
  )
  return body.hits.map(({ room }) => room)
}
const listed = async (who: Person, id: string): Promise<RoomSummary | undefined> =>
  (await who.ask<RoomsAnswer>('GET', '/api/rooms')).body.rooms.find((room) => room.id === id)

test('a former name leads to the room in lists, the directory, search and at the command line, for 30 days', async () => {
  const [was, is] = [named('Gallery'), named('Museum')]
  const owner = await brook.enter(fresh('Owner'))
  const other = await brook.enter(fresh('Other'), 1)
  const room = await owner.makes(was)
  await owner.says('a rare word: numbat')
  await owner.hears('a rare word: numbat')
  expect(await renames(owner, room.id, is)).toBe(200)
  await brook.sync().run()

  for (const who of [owner, other]) {
    expect(await listed(who, room.id)).toMatchObject({ name: is, formerly: [was] })
    const { body } = await who.ask<DirectoryAnswer>('GET', `/api/directory?query=%23${was}`)
    expect(body.rooms.map(({ id }) => id)).toEqual([room.id])
    expect(await found(who, `numbat in:${was.toUpperCase()}`)).toEqual([room.id])
  }
  expect(await findRoom(brook.db, `#${was}`)).toBe(room.id)

  // Nobody else may have it meanwhile, in whatever spelling; another private room may.
  expect(await makes(other, was.toUpperCase())).toBe('room_name_taken')
  expect(await makes(other, was.replace('l', 'I'))).toBe('room_name_alike')
  const second = await other.makes(fresh('second'))
  expect(await renames(other, second.id, was)).toBe('room_name_taken')
  expect(await makes(other, was, 'private')).toBe(201)

  const past = new Date(Date.now() - limits.names.leadMs - 1_000)
  await brook.db.run('UPDATE former_room_names SET ended_at = ? WHERE room_id = ?', [past, BigInt(room.id)])
  expect(await listed(owner, room.id)).not.toHaveProperty('formerly')
  expect(await findRoom(brook.db, is)).toBe(room.id)
  expect(await renames(other, second.id, was)).toBe(200)
})

test('a room that has the name now is meant, not one that had it; a private room holds no name back', async () => {
  const [was, is] = [named('Harbour'), named('Quay')]
  const owner = await brook.enter(fresh('Owner'))
  const other = await brook.enter(fresh('Other'), 1)
  const first = await owner.makes(was)
  await owner.says('a rare word: dugong')
  expect(await renames(owner, first.id, is)).toBe(200)
  expect(await owner.tries('PATCH', `/api/rooms/${first.id}`, { kind: 'private' })).toBe(200)
  await brook.sync().run()
  // Only who is in a private room finds it by its former name.
  expect(await found(owner, `dugong in:${was}`)).toEqual([first.id])
  expect(await other.tries('GET', `/api/search?q=dugong%20in:${was}`)).toBe('not_found')
  const second = await other.makes(was)
  await other.says('again dugong')
  await brook.sync().run()
  expect(await found(owner, `dugong in:${was}`)).toEqual([second.id])
  expect(await findRoom(brook.db, was)).toBe(second.id)
})

test('a room may go back to a former name; one that is renamed all the time holds a few names back', async () => {
  const owner = await brook.enter(fresh('Owner'))
  const other = await brook.enter(fresh('Other'), 1)
  const first = named('Meadow')
  const name = (n: number): string => `${first}-${n}`
  const { id } = await owner.makes(name(0))
  expect(await renames(owner, id, name(1))).toBe(200)
  expect(await renames(owner, id, name(0))).toBe(200)
  expect(await listed(owner, id)).toMatchObject({ name: name(0), formerly: [name(1)] })
  expect(await renames(owner, id, name(0).toUpperCase())).toBe(200)
  expect(await listed(owner, id)).toMatchObject({ formerly: [name(1)] })
  for (let n = 2; n <= limits.names.ofRoom + 2; n += 1) expect(await renames(owner, id, name(n))).toBe(200)
  expect((await listed(owner, id))?.formerly).toHaveLength(limits.names.ofRoom)
  expect(await makes(other, name(1))).toBe(201)
  expect(await makes(other, name(3))).toBe('room_name_taken')
})
