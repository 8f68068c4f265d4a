// Messages are received by everybody, in one order, once: the path from the socket to the log and back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

test('what one person says, another hears, and the sender gets its number', async () => {
  const ann = await brook.enter('Ann')
  const bob = await brook.enter('Bob')
  const cid = ann.says('你好 👋🏽')
  const heard = await bob.hears('你好 👋🏽')
  const ack = await ann.acked(cid)
  expect(heard).toMatchObject({ seq: ack.seq, at: ack.at, cid, user: { name: 'Ann' } })
  expect((await ann.hears('你好 👋🏽')).seq).toBe(ack.seq)
})

test('the welcome comes first and names the rooms, their heads and the epoch', async () => {
  const cho = await brook.arrive('Cho')
  const welcome = await cho.connects()
  expect(cho.heard[0]).toBe(welcome)
  expect(welcome.user).toEqual(cho.user)
  expect(welcome.epoch).not.toBe('')
  expect(welcome.rooms).toMatchObject([{ name: 'lobby', joined: true, isDefault: true }])
})

test('numbers are dense, and everybody receives them in one order', async () => {
  const [dia, eve] = await Promise.all([brook.enter('Dia'), brook.enter('Eve')])
  const { id } = await dia.makes('dense')
  await eve.joins(id)
  await eve.event('room')
  for (let i = 0; i < 50; i += 1) {
    dia.says(`d${i}`, { room: id })
    eve.says(`e${i}`, { room: id })
  }
  // 1 created, 2 joined, then 100 messages.
  await until(() => dia.numbersOf(id).length === 102 && eve.numbersOf(id).length === 101)
  expect(dia.numbersOf(id)).toEqual(Array.from({ length: 102 }, (_, i) => i + 1))
  expect(eve.numbersOf(id)).toEqual(Array.from({ length: 101 }, (_, i) => i + 2))
})

test('the same cid is one message with one number, however often it is sent', async () => {
  const fay = await brook.enter('Fay')
  const { id } = await fay.makes('once')
  const cid = newCid()
  for (let i = 0; i < 5; i += 1) fay.says('only once', { cid, room: id })
  await until(() => fay.heard.filter((event) => event.type === 'ack').length === 5)
  const acks = fay.heard.flatMap((event) => (event.type === 'ack' ? [event.seq] : []))
  expect(new Set(acks).size).toBe(1)
  expect((await fay.page()).messages.filter(({ kind }) => kind === 'message')).toHaveLength(1)
})

test('a burst on one connection is slowed down, not refused', async () => {
  const [gil, hal] = [await brook.enter('Gil'), await brook.enter('Hal')]
  const { id } = await gil.makes('burst')
  await hal.joins(id)
  await hal.event('room')
  for (let i = 0; i < 500; i += 1) gil.says(`f${i}`, { room: id })
  await hal.hears('f499')
  expect(hal.messages(id).map(({ text }) => text)).toEqual(Array.from({ length: 500 }, (_, i) => `f${i}`))
})

test('a message over HTTP takes the same path as one over the socket', async () => {
  const ida = await brook.enter('Ida')
  const cid = newCid()
  const said = () =>
    ida.ask<{ seq: number }>('POST', `/api/rooms/${ida.room}/messages`, { cid, text: 'by post' })
  const [first, second] = [await said(), await said()]
  expect(first.status).toBe(201)
  expect(second.body).toEqual(first.body)
  expect((await ida.hears('by post')).seq).toBe(first.body.seq)
})

test.each([
  ['an empty text', { text: '  \n ' }, 'empty_message'],
  ['a text over 16 KiB', { text: '长'.repeat(5_462) }, 'message_too_long'],
  ['a NUL', { text: 'a\0b' }, 'bad_text'],
  ['a lone surrogate', { text: 'a\ud800b' }, 'bad_text'],
  ['a reply to nothing', { text: 'x', replyTo: 999_999 }, 'bad_reply'],
  ['a cid that is no UUIDv7', { text: 'x', cid: 'c0ffee' }, 'bad_cid'],
  ['a field nobody knows', { text: 'x', colour: 'red' }, 'bad_request'],
  ['a room one is not in', { text: 'x', room: '999' }, 'not_found'],
])('%s is refused under its cid, and the socket stays open', async (_what, wrong, code) => {
  const jon = brook.people.find(({ user }) => user.name === 'Jon') ?? (await brook.enter('Jon'))
  const cid = newCid()
  const command = { type: 'send', room: jon.room, cid, ...wrong }
  jon.tells(command)
  expect((await jon.refused(command.cid)).code).toBe(code)
  await jon.acked(jon.says('still here'))
})

test('exactly 16 KiB is a message', async () => {
  const kim = await brook.enter('Kim')
  const text = `${'长'.repeat(5_461)}a`
  expect(Buffer.byteLength(text)).toBe(16_384)
  await kim.acked(kim.says(text))
})

test('one bad line does not affect the others of its frame', async () => {
  const lea = await brook.enter('Lea')
  const good = { type: 'send', room: lea.room, cid: newCid(), text: 'good line' }
  lea.tells(`nonsense\n${JSON.stringify({ type: 'sing' })}\n${JSON.stringify(good)}`)
  await lea.hears('good line')
  expect(lea.heard.flatMap((event) => (event.type === 'error' ? [event.code] : []))).toEqual([
    'bad_frame',
    'unknown_type',
  ])
})

test('a frame over 64 KiB is refused with a reason; a client that keeps sending nonsense is closed for good', async () => {
  const max = await brook.enter('Max')
  max.tells('x'.repeat(70_000))
  expect(await max.event('error')).toMatchObject({ code: 'frame_too_large' })
  for (let i = 0; i < 60; i += 1) max.tells('{')
  expect(await max.ends()).toMatchObject({ code: 4502 })
})

test('a message right after joining is accepted, before the notice has arrived', async () => {
  const [pia, quin] = [await brook.enter('Pia'), await brook.enter('Quin')]
  for (let round = 0; round < 10; round += 1) {
    const { id } = await pia.makes(`quick ${round}`)
    await quin.joins(id)
    await quin.acked(quin.says('here already', { room: id }))
  }
})

test('typing and reading are sent and have no number', async () => {
  const [ned, oda] = [await brook.enter('Ned'), await brook.enter('Oda')]
  ned.tells({ type: 'typing', room: ned.room })
  expect(await oda.event('typing')).toMatchObject({ user: { name: 'Ned' } })
  ned.tells({ type: 'typing', room: ned.room, thread: 5 })
  await until(() => oda.heard.some((event) => event.type === 'typing' && event.thread === 5))
  const { seq } = await ned.acked(ned.says('read me'))
  await oda.hears('read me')
  const phone = oda.again()
  await phone.connects()
  oda.tells({ type: 'read', room: oda.room, seq })
  expect(await phone.event('read')).toMatchObject({ room: oda.room, seq, unread: 0 })
})
