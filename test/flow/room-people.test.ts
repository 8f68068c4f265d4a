// Mentions follow the members of the room, on every server, and work while MySQL does not answer.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MessageEvent } from '../../server/protocol/events.ts'
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
afterAll(() => brook.stop())

let count = 0
/** Whom Ann's message mentions, by their ids. */
async function names(text: string, room = ann.room): Promise<string[]> {
  const words = `${text} ${(count += 1)}`
  ann.says(words, { room })
  const { mentions = [] }: MessageEvent = await ann.hears(words)
  return mentions.flatMap(({ ids }) => ids)
}
/** Ann has received this notice `many` times. */
const hears = (kind: string, many = 1): Promise<unknown> =>
  until(
    () => ann.heard.filter((event) => event.type === 'notice' && event.notice.kind === kind).length,
    (times) => times >= many,
  )

test('a person who joins by another server can be mentioned once the notice arrives, and one who leaves cannot', async () => {
  const { id } = await ann.makes('comings and goings')
  expect(await names('@Bob')).toEqual([])
  await bob.joins(id)
  await hears('joined')
  expect(await names('@Bob')).toEqual([bob.user.id])
  await bob.ask('DELETE', `/api/rooms/${id}/members/me`)
  await hears('left')
  expect(await names('@Bob')).toEqual([])
})

test('a new owner can mention everybody from then on', async () => {
  const { id } = await bob.makes('owners')
  await ann.joins(id)
  await ann.event('room')
  expect(await names('@room', id)).toEqual([])
  const made = await bob.ask('PUT', `/api/rooms/${id}/members/${ann.user.id}`, { role: 'owner' })
  expect(made.status).toBeLessThan(300)
  await hears('role')
  expect(await names('@room', id)).toEqual([bob.user.id])
})

test('a person who joins by the same server can be mentioned at once', async () => {
  const { id } = await ann.makes('at once')
  expect(await names('@Carl')).toEqual([])
  const carl = await brook.enter('Carl')
  await carl.joins(id)
  expect(await names('@Carl')).toEqual([carl.user.id])
})

test('after the log is started anew a room is read again, because notices may be lost', async () => {
  const { id } = await ann.makes('started anew')
  const dan = await brook.enter('Dan')
  await dan.joins(id)
  expect(await names('@Dan')).toEqual([dan.user.id])
  // No notice is sent for this.
  await brook.db.run('DELETE FROM memberships WHERE room_id = ? AND user_id = ?', [id, dan.user.id])
  expect(await names('@Dan')).toEqual([dan.user.id])
  await brook.archive()
  await brook.redis.flushall()
  // On both servers, because Bob's may not have processed it yet.
  for (const person of [ann, bob]) {
    await person.ends()
    await until(() =>
      person.returns().then(
        () => true,
        () => false,
      ),
    )
  }
  expect(await names('@Dan', id)).toEqual([])
})

test('while MySQL is down, a known room has its names, and messages in any other are posted all the same', async () => {
  const known = await ann.makes('known')
  await bob.joins(known.id)
  await hears('joined')
  expect(await names('@Bob', known.id)).toEqual([bob.user.id])
  const other = await ann.makes('not looked at')
  await bob.joins(other.id)
  await brook.stores.mariadbProcess.kill('SIGKILL')
  expect(await names('@Bob', known.id)).toEqual([bob.user.id])
  expect(await names('@Bob', other.id)).toEqual([])
  await brook.stores.mariadbProcess.start()
  await until(async () => (await names('@Bob', other.id)).length > 0)
})
