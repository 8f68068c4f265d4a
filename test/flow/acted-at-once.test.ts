// What was acknowledged can be acted on at once, at the server that acknowledged it: by every way in, however late its tail
// reads the log.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runServer } from '../../server/main.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { redisBetween } from '../fault/between.ts'
import type { Proxy } from '../fault/proxy.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let proxy: Proxy
let ann: Person
/** Ann, at a server that reads the log as ever. */
let elsewhere: Person

beforeAll(async () => {
  brook = await Brook.start()
  const between = await redisBetween(brook.stores)
  proxy = between.proxy
  const server = brook.servers.push(await runServer({ ...brook.config, redis: between.at() })) - 1
  ann = await brook.enter('Ann', server)
  await ann.makes('at once')
  await ann.acked(ann.says('before'))
  await ann.hears('before')
  elsewhere = ann.again()
  elsewhere.address = brook.servers[0]?.address ?? ''
  await elsewhere.connects()
})
// The tail reads everything late; the acknowledgement comes as ever.
beforeEach(() => proxy.set({ delayMs: 150, of: 'xread' }))
afterAll(async () => {
  await proxy.close()
  await brook.stop()
})

/** The number of a message that the server's tail has not read when this resolves. On a busy machine the first may be read. */
async function unread(text: string): Promise<number> {
  const { seq } = await until(
    () => ann.acked(ann.says(text)),
    (said) => ann.messages().every((message) => message.seq !== said.seq),
  )
  return seq
}

const requests: Record<string, (seq: number) => object> = {
  'a reaction': (seq) => ({ type: 'react', seq, emoji: '👍', on: true }),
  'an edit': (seq) => ({ type: 'edit', seq, text: 'better' }),
  'a deletion': (seq) => ({ type: 'delete', seq }),
  'a pin': (seq) => ({ type: 'pin', seq, on: true }),
  'an answer': (replyTo) => ({ type: 'send', text: 'indeed', replyTo }),
  'a reply in its thread': (thread) => ({ type: 'send', text: 'to that', thread }),
}

for (const [act, request] of Object.entries(requests))
  test(`${act} right on the acknowledgement is taken`, async () => {
    const seq = await unread(`for ${act}`)
    const cid = newCid()
    ann.tells({ room: ann.room, cid, ...request(seq) })
    expect((await ann.acked(cid)).seq).toBeGreaterThan(seq)
  })

for (const [act, request] of Object.entries(requests))
  test(`${act} right after another server has told of the message is taken, and is not refused for good`, async () => {
    // Read by the first server at once, by Ann's late, and Ann knows of it as after a move to another server.
    const { seq } = await elsewhere.acked(elsewhere.says(`elsewhere, for ${act}`, { room: ann.room }))
    const cid = newCid()
    ann.tells({ room: ann.room, cid, ...request(seq) })
    expect((await ann.acked(cid)).seq).toBeGreaterThan(seq)
  })

test('what is posted over HTTP can be reacted to, threaded and saved at once', async () => {
  const post = async (): Promise<number> => {
    const path = `/api/rooms/${ann.room}/messages`
    const { body } = await ann.ask<{ seq: number }>('POST', path, { cid: newCid(), text: 'posted' })
    return body.seq
  }
  const reacted = `/api/rooms/${ann.room}/messages/${await post()}/reactions/${encodeURIComponent('👍')}`
  expect((await ann.ask('PUT', reacted, { cid: newCid() })).status).toBe(200)
  expect((await ann.ask('GET', `/api/rooms/${ann.room}/threads/${await post()}/messages`)).status).toBe(200)
  expect((await ann.ask('PUT', `/api/saved/${ann.room}/${await post()}`)).status).toBeLessThan(300)
})

test('what was acknowledged of a change counts at once: a reaction is taken off, a deleted message is deleted', async () => {
  const seq = await unread('and back')
  for (const on of [true, false, true]) {
    const [cid, before] = [newCid(), ann.numbersOf().at(-1) ?? 0]
    ann.tells({ type: 'react', room: ann.room, seq, emoji: '🎉', on, cid })
    // An entry of its own: not the answer that nothing changes.
    expect((await ann.acked(cid)).seq).toBeGreaterThan(Math.max(seq, before))
  }
  const deletion = newCid()
  ann.tells({ type: 'delete', room: ann.room, seq, cid: deletion })
  await ann.acked(deletion)
  const late = newCid()
  ann.tells({ type: 'edit', room: ann.room, seq, text: 'too late', cid: late })
  expect((await ann.refused(late)).code).toBe('message_deleted')
})

test('an act on what nobody has said is refused at once', async () => {
  const began = performance.now()
  const cid = newCid()
  ann.tells({ type: 'react', room: ann.room, seq: 1_000_000, emoji: '👍', on: true, cid })
  expect((await ann.refused(cid)).code).toBe('no_such_message')
  const answered = ann.says('to nothing', { replyTo: 1_000_000 })
  expect((await ann.refused(answered)).code).toBe('bad_reply')
  expect(performance.now() - began).toBeLessThan(limits.readBackMs)
})

test('what is still not read after the wait is refused for now, and taken when it is sent again', async () => {
  proxy.set({ halfOpen: true, of: 'xread' })
  const { seq } = await elsewhere.acked(elsewhere.says('not heard here', { room: ann.room }))
  const react = { type: 'react', room: ann.room, seq, emoji: '👍', on: true, cid: newCid() } as const
  ann.tells(react)
  expect((await ann.refused(react.cid)).code).toBe('unavailable')
  proxy.clear()
  await ann.hears('not heard here')
  ann.tells(react)
  expect((await ann.acked(react.cid)).seq).toBeGreaterThan(seq)
})
