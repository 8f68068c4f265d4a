// Saved messages: visible only to their owner, on all their devices, with the message in its current state.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { SavedAnswer, SavedMarksAnswer } from '../../server/protocol/saved.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
})
let pairs = 0
beforeEach(async () => {
  pairs += 1
  ann = await brook.enter(`Ann ${pairs}`)
  bob = await brook.enter(`Bob ${pairs}`)
  await brook.meet(ann, bob)
})
afterAll(() => brook.stop())

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const save = (who: Person, seq: number, room = ann.room) => who.ask('PUT', `/api/saved/${room}/${seq}`)
const forget = (who: Person, seq: number, room = ann.room) => who.ask('DELETE', `/api/saved/${room}/${seq}`)
const list = async (who: Person, query = '') =>
  (await who.ask<SavedAnswer>('GET', `/api/saved?${query}`)).body
const marks = async (who: Person) =>
  (await who.ask<SavedMarksAnswer>('GET', '/api/saved/marks')).body.rooms[ann.room] ?? []
const change = async (who: Person, command: object): Promise<void> => {
  const cid = newCid()
  who.tells({ room: who.room, ...command, cid })
  await who.acked(cid)
}

test('saved messages are private, last saved first, page by page, and in their current state', async () => {
  const first = await says(ann, 'one')
  const second = await says(ann, 'two')
  const third = await says(ann, 'three')
  for (const seq of [third, first, second]) expect((await save(bob, seq)).status).toBe(204)
  const page = await list(bob, 'limit=2')
  expect(page.saved.map(({ seq }) => seq)).toEqual([second, first])
  const rest = await list(bob, `limit=2&before=${page.next}`)
  expect(rest.saved.map(({ seq }) => seq)).toEqual([third])
  expect(rest.next).toBeNull()
  expect((await list(ann)).saved).toEqual([])
  expect((await marks(bob)).sort((a, b) => a - b)).toEqual([first, second, third])
  await change(ann, { type: 'edit', seq: second, text: 'two, better' })
  await change(ann, { type: 'delete', seq: first })
  const now = (await list(bob)).saved
  expect(now[0]?.message).toMatchObject({ text: 'two, better' })
  expect(now[1]?.message).toMatchObject({ text: '', deletedAt: expect.any(Number) as number })
  // The same from the archive.
  await brook.archive()
  expect((await list(bob)).saved).toEqual(now)
})

test('saving twice is saving once, and removing twice as well', async () => {
  const seq = await says(ann, 'again')
  await save(bob, seq)
  const at = (await list(bob)).saved[0]?.savedAt
  await says(ann, 'time goes on')
  expect((await save(bob, seq)).status).toBe(204)
  expect((await list(bob)).saved[0]).toMatchObject({ seq, savedAt: at })
  for (const _ of [1, 2]) expect((await forget(bob, seq)).status).toBe(204)
  expect(await marks(bob)).not.toContain(seq)
})

test('the other devices of the same person are told, and nobody else', async () => {
  const phone = bob.again()
  await phone.connects()
  const seq = await says(ann, 'for both')
  await save(bob, seq)
  expect(await phone.event('saved')).toEqual({ type: 'saved', room: ann.room, seq, on: true })
  await forget(bob, seq)
  await until(
    () => phone.heard,
    (heard) => heard.some((event) => event.type === 'saved' && event.seq === seq && !event.on),
  )
  expect(ann.heard.some(({ type }) => type === 'saved')).toBe(false)
  phone.drops()
})

test('only a readable message is saved; of a private room that was left nothing is shown', async () => {
  const { id: den } = await ann.makes('den', 'private')
  await ann.ask('POST', `/api/rooms/${den}/members`, { name: bob.user.name })
  const seq = await says(ann, 'inside')
  expect((await save(bob, seq, den)).status).toBe(204)
  const code = async (asked: ReturnType<typeof save>) =>
    ((await asked).body as { error: { code: string } }).error.code
  expect(await code(save(bob, 99_999, den))).toBe('no_such_message')
  expect(await code(save(bob, 1, den))).toBe('no_such_message')
  const gone = await says(ann, 'gone soon')
  await change(ann, { type: 'delete', seq: gone })
  expect(await code(save(bob, gone, den))).toBe('message_deleted')
  await bob.ask('DELETE', `/api/rooms/${den}/members/me`)
  expect((await list(bob)).saved[0]).toMatchObject({ room: den, seq, message: null })
  expect(await code(save(bob, seq, den))).toBe('not_found')
  expect((await forget(bob, seq, den)).status).toBe(204)
  expect((await bob.ask('GET', '/api/saved?before=x')).status).toBe(400)
})

test('a person saves a limited number of messages, and those already saved stay', async () => {
  const seq = await says(bob, 'one too many')
  const rows = Array.from({ length: limits.saved }, (_, n) => [BigInt(ann.user.id), 1n, n + 1, n + 1])
  await brook.db.run('INSERT INTO saved (user_id, room_id, seq, saved_ms) VALUES ?', [rows])
  const refused = await save(ann, seq, bob.room)
  expect([refused.status, refused.body]).toMatchObject([409, { error: { code: 'too_many_saved' } }])
  await forget(ann, 1, '1')
  expect((await save(ann, seq, bob.room)).status).toBe(204)
  expect((await save(ann, seq, bob.room)).status).toBe(204)
})
