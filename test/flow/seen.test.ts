// Who has seen a message: in small rooms, among those who take part.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import type { SeenAnswer } from '../../server/protocol/seen.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

async function three() {
  const [ann, bob, cho] = [
    await brook.enter(fresh('Ann')),
    await brook.enter(fresh('Bob')),
    await brook.enter(fresh('Cho')),
  ]
  const { id: room } = await brook.meet(ann, bob, cho)
  return { ann, bob, cho, room, seq: (await ann.acked(ann.says('who sees this?'))).seq }
}
const seen = async (who: Person, seq: number): Promise<string[] | null> => {
  const answer = await who.ask<SeenAnswer>('GET', `/api/rooms/${who.room}/messages/${seq}/seen`)
  return answer.body.seen?.map(({ id }) => id) ?? null
}
const reads = (who: Person, seq: number) => who.tells({ type: 'read', room: who.room, seq })
const isSeenBy = (who: Person, seq: number, ...by: Person[]) =>
  until(
    () => seen(who, seq),
    (ids) => String(ids?.toSorted()) === String(by.map(({ user }) => user.id).sort()),
  )
const shows = (who: Person, is: boolean) => who.tries('PUT', '/api/me/seen', { shows: is })

test('those who have read up to it, besides its author and whoever asks', async () => {
  const { ann, bob, cho, seq } = await three()
  expect(await seen(ann, seq)).toEqual([])
  reads(bob, seq - 1)
  reads(cho, seq)
  await isSeenBy(ann, seq, cho)
  reads(bob, seq)
  await isSeenBy(ann, seq, bob, cho)
  await isSeenBy(bob, seq, cho)
  expect(await ann.tries('GET', `/api/rooms/${ann.room}/messages/9999/seen`)).toBe('no_such_message')
  const stranger = await brook.enter(fresh('Stranger'))
  expect(await stranger.tries('GET', `/api/rooms/${ann.room}/messages/${seq}/seen`)).toBe('not_allowed')
})

test('whoever does not take part neither shows nor sees, until they do again', async () => {
  const { ann, bob, cho, seq } = await three()
  for (const one of [bob, cho]) reads(one, seq)
  await isSeenBy(ann, seq, bob, cho)
  expect(await shows(bob, false)).toBe(200)
  await isSeenBy(ann, seq, cho)
  expect(await seen(bob, seq)).toBeNull()
  expect((await bob.ask('GET', '/api/me/seen')).body).toEqual({ shows: false })
  await shows(bob, true)
  await isSeenBy(ann, seq, bob, cho)
  await isSeenBy(bob, seq, cho)
})

test('neither who is invisible, nor whoever blocks or is blocked', async () => {
  const { ann, bob, cho, seq } = await three()
  for (const one of [bob, cho]) reads(one, seq)
  await isSeenBy(ann, seq, bob, cho)
  await brook.db.run(
    "INSERT INTO profiles (user_id, presence, version) VALUES (?, 'invisible', 1) ON DUPLICATE KEY UPDATE presence = 'invisible'",
    [BigInt(cho.user.id)],
  )
  await isSeenBy(ann, seq, bob)
  expect(await ann.tries('PUT', `/api/blocks/${bob.user.id}`)).toBe(204)
  await isSeenBy(ann, seq)
  await isSeenBy(bob, seq)
})

test('a reply that only its thread shows is seen by those who have read it there', async () => {
  const { ann, bob, cho, room, seq } = await three()
  const { body } = await ann.ask<{ seq: number }>('POST', `/api/rooms/${room}/messages`, {
    cid: crypto.randomUUID().replace(/^(.{14})./, '$17'),
    text: 'in the thread',
    thread: seq,
  })
  for (const one of [bob, cho]) reads(one, body.seq)
  await isSeenBy(ann, seq, bob, cho)
  expect(await seen(ann, body.seq)).toEqual([])
  await bob.ask('PUT', `/api/rooms/${room}/threads/${seq}/read`, { seq: body.seq })
  await isSeenBy(ann, body.seq, bob)
})

test('a room with more people than the limit shows it to nobody', async () => {
  const { ann, bob, seq } = await three()
  reads(bob, seq)
  await isSeenBy(ann, seq, bob)
  for (let n = 3; n <= limits.seenBy; n += 1) await (await brook.arrive(fresh('Guest'))).joins(ann.room)
  expect(await seen(ann, seq)).toBeNull()
})
