// Pins: by right, sent to all, stored, counted, and gone with the message.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { PinsAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob', 1)
})
beforeEach(() => brook.meet(ann, bob))
afterAll(() => brook.stop())

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
function pins(who: Person, seq: number, on = true, room = who.room, cid = newCid()): string {
  who.tells({ type: 'pin', room, seq, on, cid })
  return cid
}
const list = async (who: Person, room = ann.room): Promise<SpokenMessage[]> =>
  (await who.ask<PinsAnswer>('GET', `/api/rooms/${room}/pins`)).body.pins
const seqs = async (who: Person, room = ann.room) => (await list(who, room)).map(({ seq }) => seq)
const seen = async (who: Person, seq: number) =>
  (await who.page('limit=200', ann.room)).messages.find((message) => message.seq === seq) as SpokenMessage

test('a pin reaches everybody under its own number, and is in the list and on the message, before and after it is archived', async () => {
  const [first, second] = [await says(ann, 'the plan'), await says(bob, 'the numbers')]
  await ann.hears('the numbers')
  const { seq } = await ann.acked(pins(ann, first))
  expect(await bob.change('pinned', first)).toMatchObject({ seq, on: true, user: { id: ann.user.id } })
  await ann.acked(pins(ann, second))
  await until(
    () => seqs(bob),
    (found) => found.length === 2,
  )
  expect(await seqs(ann), 'the last pinned first').toEqual([second, first])
  const one = await seen(bob, first)
  expect(one).toMatchObject({ pinnedBy: { id: ann.user.id, name: 'Ann' }, updatedSeq: seq })
  expect(one.pinnedAt).toBeGreaterThan(0)
  const before = await list(bob)
  await brook.archive()
  const address = await brook.serve()
  const fresh = brook.servers.findIndex((server) => server.address === address)
  const carl = await brook.enter('Carl', fresh)
  expect(await list(carl), 'from MySQL alone, and from outside').toEqual(before)
  expect(await seen(carl, first)).toEqual(one)
  await ann.acked(pins(ann, second, false))
  await until(
    () => seqs(carl),
    (found) => found.length === 1,
  )
  expect(await seqs(carl), 'memory takes off what MySQL has').toEqual([first])
  await brook.archive()
  expect(await seqs(carl)).toEqual([first])
  expect(await seen(carl, second)).not.toHaveProperty('pinnedAt')
})

test('moderators pin in a public room, all members in a private one; strangers see nothing', async () => {
  const seq = await says(bob, 'mine')
  expect((await bob.refused(pins(bob, seq))).code).toBe('not_allowed')
  await ann.ask('PUT', `/api/rooms/${ann.room}/members/${bob.user.id}`, { role: 'moderator' })
  await bob.acked(pins(bob, seq))
  await ann.ask('PUT', `/api/rooms/${ann.room}/members/${bob.user.id}`, { role: 'member' })
  const before = ann.room
  const { id } = await ann.makes('small', 'private')
  await ann.ask('POST', `/api/rooms/${id}/members`, { name: 'Bob' })
  await until(() => bob.heard.some((event) => event.type === 'room' && event.room.id === id))
  const { seq: inside } = await bob.acked(bob.says('inside', { room: id }))
  await bob.acked(pins(bob, inside, true, id))
  expect(await seqs(bob, id)).toEqual([inside])
  const dora = await brook.enter('Dora')
  expect((await dora.refused(pins(dora, inside, true, id))).code).toBe('not_found')
  expect((await dora.ask('GET', `/api/rooms/${id}/pins`)).status).toBe(404)
  expect((await dora.ask('PUT', `/api/rooms/${before}/pins/${seq}`, { cid: newCid() })).status).toBe(403)
})

test('the same cid gives the same number, a change without effect makes no entry, and HTTP works like the socket', async () => {
  const seq = await says(ann, 'again')
  const cid = newCid()
  const path = `/api/rooms/${ann.room}/pins/${seq}`
  const { body } = await ann.ask<{ seq: number }>('PUT', path, { cid })
  expect(body.seq).toBe(seq + 1)
  await until(
    () => seqs(ann),
    (found) => found.includes(seq),
  )
  expect((await ann.ask<{ seq: number }>('PUT', path, { cid })).body.seq).toBe(seq + 1)
  expect((await ann.ask<{ seq: number }>('PUT', path, { cid: newCid() })).body.seq).toBe(seq + 1)
  expect((await ann.page()).upTo).toBe(seq + 1)
  expect((await ann.ask('DELETE', path, { cid: newCid() })).status).toBe(200)
  const gone = await ann.ask<{ error: { code: string } }>('PUT', `/api/rooms/${ann.room}/pins/1`, {
    cid: newCid(),
  })
  expect(gone.body.error.code, 'a notice is no message').toBe('no_such_message')
})

test('a deleted message is no longer pinned, from memory and from the archive, whatever comes later', async () => {
  const [kept, archived] = [await says(ann, 'to go from memory'), await says(ann, 'to go from the archive')]
  for (const seq of [kept, archived]) await ann.acked(pins(ann, seq))
  await brook.archive()
  const del = (seq: number) => ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${seq}`, { cid: newCid() })
  await del(kept)
  await until(
    () => seqs(bob),
    (found) => !found.includes(kept),
  )
  expect((await ann.refused(pins(ann, kept))).code).toBe('message_deleted')
  await del(archived)
  await brook.archive()
  expect(await seqs(bob)).not.toContain(archived)
  const rows = await brook.db.rows('SELECT 1 FROM pins WHERE room_id = ? AND target IN (?)', [
    ann.room,
    [kept, archived],
  ])
  expect(rows).toEqual([])
})

test('a room at an earlier time shows the pins of that time', async () => {
  const seq = await says(ann, 'for a while')
  await ann.acked(pins(ann, seq))
  const { upTo } = await until(
    () => ann.page(),
    (page) => page.messages.some((one) => one.kind === 'message' && one.pinnedAt !== undefined),
  )
  await ann.acked(pins(ann, seq, false))
  await brook.archive()
  const then = (await bob.page(`asOf=${upTo}`, ann.room)).messages.find((one) => one.seq === seq)
  expect(then).toHaveProperty('pinnedAt')
  expect(await seen(bob, seq)).not.toHaveProperty('pinnedAt')
})

test('a room has a limited number of pins', async () => {
  const room = await ann.makes('many')
  const said: number[] = []
  for (let n = 0; n <= limits.pins; n += 1) said.push(await says(ann, `pin ${n}`))
  for (const seq of said.slice(0, limits.pins)) await ann.acked(pins(ann, seq))
  await until(
    () => seqs(ann, room.id),
    (found) => found.length === limits.pins,
  )
  const [first = 0, last = 0] = [said[0], said.at(-1)]
  expect((await ann.refused(pins(ann, last))).code).toBe('too_many_pins')
  await ann.acked(pins(ann, first, false))
  await ann.acked(pins(ann, last))
})
