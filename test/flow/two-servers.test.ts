// Two server processes on the same stores behave as one.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MembersAnswer } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

test('messages sent on one server arrive on the other, in the same order', async () => {
  const [ann, bob] = [await brook.enter('Ann', 0), await brook.enter('Bob', 1)]
  const { id } = await ann.makes('shared')
  await bob.joins(id)
  await Promise.all([ann.notices('joined'), bob.event('room')])
  for (let i = 0; i < 100; i += 1) {
    ann.says(`a${i}`, { room: id })
    bob.says(`b${i}`, { room: id })
  }
  await until(() => Math.min(ann.messages(id).length, bob.messages(id).length) === 200)
  const told = (person: typeof ann): string[] => person.messages(id).map(({ seq, text }) => `${seq} ${text}`)
  expect(told(ann)).toEqual(told(bob))
})

test('one cid sent to both servers at once is one message', async () => {
  const cho = await brook.enter('Cho', 0)
  const twin = cho.again()
  twin.address = brook.servers[1]?.address ?? ''
  await twin.connects()
  twin.room = cho.room
  const cid = cho.says('from two places')
  twin.says('from two places', { cid })
  const [one, other] = await Promise.all([cho.acked(cid), twin.acked(cid)])
  expect(one.seq).toBe(other.seq)
  expect(cho.messages().filter(({ text }) => text === 'from two places')).toHaveLength(1)
})

test('joining on one server lets in the connection on the other', async () => {
  const [dia, eve] = [await brook.enter('Dia', 0), await brook.enter('Eve', 1)]
  const { id } = await dia.makes('across')
  const elsewhere = eve.again()
  elsewhere.address = brook.servers[0]?.address ?? ''
  await elsewhere.joins(id)
  expect((await eve.event('room')).room).toMatchObject({ id, joined: true })
  dia.says('welcome, Eve', { room: id })
  await eve.hears('welcome, Eve')
})

test('leaving on one server ends delivery on the other', async () => {
  const [fay, gil] = [await brook.enter('Fay', 0), await brook.enter('Gil', 1)]
  const { id } = await fay.makes('left')
  await gil.joins(id)
  await gil.event('room')
  const elsewhere = gil.again()
  elsewhere.address = brook.servers[0]?.address ?? ''
  await elsewhere.ask('DELETE', `/api/rooms/${id}/members/me`)
  await gil.event('gone')
  await fay.acked(fay.says('after', { room: id }))
  expect((await gil.refused(gil.says('x', { room: id }))).code).toBe('not_allowed')
  expect(gil.messages(id)).toEqual([])
})

test('typing, presence and sign-out pass from one server to the other', async () => {
  const [hal, ida] = [await brook.enter('Hal', 0), await brook.enter('Ida', 1)]
  hal.tells({ type: 'typing', room: hal.room })
  expect(await ida.event('typing')).toMatchObject({ user: { name: 'Hal' } })
  const isHere = async (): Promise<boolean | undefined> => {
    const { body } = await hal.ask<MembersAnswer>('GET', `/api/rooms/${hal.room}/members`)
    return body.members.find(({ name }) => name === 'Ida')?.here
  }
  await until(isHere)
  const elsewhere = ida.again()
  elsewhere.address = brook.servers[0]?.address ?? ''
  await elsewhere.ask('DELETE', '/api/session')
  expect(await ida.ends()).toMatchObject({ code: 4501 })
})

test('a reader moves to the other server and misses nothing', async () => {
  const [jon, kim] = [await brook.enter('Jon', 0), await brook.enter('Kim', 0)]
  const { id } = await jon.makes('moving')
  await kim.joins(id)
  await kim.event('room')
  await jon.acked(jon.says('one', { room: id }))
  await kim.hears('one')
  kim.drops()
  await jon.acked(jon.says('two', { room: id }))
  await kim.returns(brook.servers[1]?.address)
  await kim.hears('two')
  await jon.acked(jon.says('three', { room: id }))
  await kim.hears('three')
  expect(kim.numbersOf(id)).toEqual([2, 3, 4, 5])
})

test('the welcome names the newest public room, whichever server made it', async () => {
  const [ann, bob] = [await brook.enter('Ann who makes rooms', 0), await brook.enter('Bob who looks', 1)]
  const newest = async (): Promise<string | undefined> => {
    const tab = bob.again()
    const { newestOpen } = await tab.connects()
    tab.drops()
    return newestOpen
  }
  // A server asks for it when somebody connects.
  await until(newest)
  const made = [(await ann.makes('new')).id]
  // Until their ids are longer: the tenth is newer than the ninth.
  while (made.at(-1)?.length === made[0]?.length) made.push((await ann.makes(`new ${made.length}`)).id)
  await ann.makes('not for all', 'private')
  await until(() => bob.heard.filter(({ type }) => type === 'open').length >= made.length)
  expect(await newest()).toBe(made.at(-1))
})

test('a browser that reconnects to a draining server is refused, and the drain ends all the same', async () => {
  const address = await brook.serve()
  const server = brook.servers.pop()
  const [lea, max] = [await brook.arrive('Lea'), await brook.arrive('Max')]
  for (const person of [lea, max]) person.address = address
  await lea.connects()
  // Her browser does not answer, so the drain waits for her.
  lea.pauses()
  const drained = server?.close()
  await expect(max.connects()).rejects.toThrow('503')
  lea.drops()
  await drained
})
