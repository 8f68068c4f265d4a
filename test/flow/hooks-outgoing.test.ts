// Outgoing webhooks: a receiver gets everything, in order, whatever happens to it or to the servers.
import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type {
  HookFilter,
  HooksAnswer,
  OutgoingAnswer,
  OutgoingHook,
  SignedAnswer,
} from '../../server/protocol/hooks.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
const receivers: Receiver[] = []

beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  await brook.serve()
  ann = await brook.enter('Ann')
})
afterAll(() => brook.stop())
afterEach(async () => {
  await brook.db.run('DELETE FROM outgoing_hooks')
  for (const receiver of receivers.splice(0)) await receiver.goesDown()
})

interface Ears {
  room: string
  receiver: Receiver
  hook: OutgoingHook
  secret: string
  state: () => Promise<OutgoingHook>
  change: (method: string, path: string, body?: object) => Promise<{ status: number; body: OutgoingAnswer }>
}

let count = 0
/** A room of its own, a receiver, and a webhook between them. */
async function listens(filter?: HookFilter): Promise<Ears> {
  const receiver = await Receiver.up()
  receivers.push(receiver)
  const room = (await ann.makes(`room ${(count += 1)}`)).id
  const body = { url: receiver.url, ...(filter === undefined ? {} : { filter }) }
  const made = await ann.ask<SignedAnswer>('POST', `/api/rooms/${room}/hooks/outgoing`, body)
  expect(made.status).toBe(201)
  const { hook, secret } = made.body
  const list = async () => (await ann.ask<HooksAnswer>('GET', `/api/rooms/${room}/hooks`)).body.outgoing
  return {
    room,
    receiver,
    hook,
    secret,
    state: async () => {
      const [found] = (await list()).filter(({ id }) => id === hook.id)
      if (found === undefined) throw new Error('the webhook is gone')
      return found
    },
    change: (method, path, change) =>
      ann.ask<OutgoingAnswer>(method, `/api/rooms/${room}/hooks/outgoing/${hook.id}${path}`, change),
  }
}
const say = async (room: string, ...texts: string[]): Promise<number> => {
  let seq = 0
  for (const text of texts) ({ seq } = await ann.acked(ann.says(text, { room })))
  return seq
}
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `m${from + n}`)
const delivers = (receiver: Receiver, texts: string[]) =>
  until(
    () => receiver.texts,
    (seen) => seen.length >= texts.length,
  ).then((seen) => expect(seen).toEqual(texts))

test('messages are delivered in order, once, signed, with an id that never changes', async () => {
  const { room, receiver, hook, secret, state } = await listens()
  const last = await say(room, ...numbered(1, 20))
  await delivers(receiver, numbered(1, 20))
  const [first] = receiver.posted
  expect(receiver.posted.map(({ id }) => id)).toEqual(
    numbered(1, 20).map((_, n) => `${hook.id}-${room}-${n + 2}`),
  )
  expect(JSON.parse(first?.body ?? '')).toMatchObject({
    type: 'message',
    room,
    seq: 2,
    text: 'm1',
    user: { name: 'Ann' },
  })
  // Checked as docs/webhooks.md tells receivers to do.
  const [, time = '', given = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(first?.headers['x-brook-signature'])) ?? []
  expect(createHmac('sha256', secret).update(`${time}.${first?.body}`).digest('hex')).toBe(given)
  expect(Math.abs(Date.now() / 1_000 - Number(time))).toBeLessThan(300)
  expect(await until(state, ({ behind }) => behind === 0)).toMatchObject({
    cursor: last,
    lastStatus: 200,
    delivered: 20,
  })
})

test('a receiver that was down gets everything once it is back, in order and once', async () => {
  const { room, receiver, state, change } = await listens()
  await say(room, 'm1')
  await delivers(receiver, ['m1'])
  await receiver.goesDown()
  await say(room, ...numbered(2, 30))
  const behind = await until(state, ({ failures }) => failures >= 2)
  expect(behind).toMatchObject({
    behind: 29,
    paused: null,
    lastStatus: null,
    lastError: 'nobody listens there',
  })
  expect(behind.retryAt).toBeGreaterThan(0)
  expect(behind.behindSince).toBeGreaterThan(0)
  // Part of it from MySQL, below what memory has.
  await brook.archive()
  await receiver.returns()
  await change('PATCH', '', { paused: false })
  await delivers(receiver, numbered(1, 30))
  expect(new Set(receiver.posted.map(({ id }) => id)).size).toBe(30)
})

test('a message that the receiver refuses is retried, and nothing overtakes it', async () => {
  const { room, receiver, state } = await listens()
  let refusals = 2
  receiver.answers = (_request, response, { text }) => {
    response.statusCode = text === 'm2' && refusals-- > 0 ? 500 : 204
    response.end()
  }
  await say(room, ...numbered(1, 3))
  await delivers(receiver, ['m1', 'm2', 'm2', 'm2', 'm3'])
  expect(await until(state, ({ behind }) => behind === 0)).toMatchObject({
    failures: 0,
    lastStatus: 204,
    delivered: 3,
  })
})

test('410 stops a webhook until a person resumes it', async () => {
  const { room, receiver, state, change } = await listens()
  receiver.answers = (_request, response) => {
    response.statusCode = 410
    response.end()
  }
  await say(room, 'm1', 'm2')
  expect(await until(state, ({ paused }) => paused !== null)).toMatchObject({
    paused: 'gone',
    lastStatus: 410,
    behind: 2,
  })
  receiver.answers = (_request, response) => void response.end()
  await change('PATCH', '', { paused: false })
  await delivers(receiver, ['m1', 'm1', 'm2'])
})

test('one that has failed for a day is paused and says why', async () => {
  const { room, receiver, state } = await listens()
  receiver.answers = (_request, response) => {
    response.statusCode = 302
    response.setHeader('location', receiver.url)
    response.end()
  }
  await say(room, 'm1')
  await until(state, ({ failures }) => failures > 0)
  expect(await state()).toMatchObject({ paused: null, lastError: 'redirects are not followed' })
  await brook.db.run('UPDATE outgoing_hooks SET failing_since = ? , retry_at = NULL', [
    new Date(Date.now() - limits.hooks.giveUpMs),
  ])
  expect(await until(state, ({ paused }) => paused !== null)).toMatchObject({
    paused: 'failing',
    lastStatus: 302,
  })
})

test('a huge answer is not read to its end', async () => {
  const { room, receiver, state } = await listens()
  let written = 0
  receiver.answers = (_request, response) => {
    const more = (): void => {
      for (let open = true; open && !response.destroyed;) {
        written += 64 * 1024
        open = response.write(Buffer.alloc(64 * 1024))
      }
    }
    response.on('drain', more)
    more()
  }
  await say(room, 'm1')
  expect(await until(state, ({ delivered }) => delivered === 1)).toMatchObject({ lastStatus: 200 })
  expect(written).toBeLessThan(64 * 1024 * 1024)
})

test('a slow receiver delays nobody else, and the next message waits for its answer', async () => {
  const slow = await listens()
  const quick = await listens()
  const held: (() => void)[] = []
  slow.receiver.answers = (_request, response) => void held.push(() => response.end())
  await say(slow.room, 'm1', 'm2')
  await until(() => held.length === 1)
  await say(quick.room, ...numbered(1, 5))
  await delivers(quick.receiver, numbered(1, 5))
  expect(slow.receiver.texts).toEqual(['m1'])
  held.shift()?.()
  await delivers(slow.receiver, ['m1', 'm2'])
  held.shift()?.()
})

test('a guest with eighty webhooks whose receiver does not answer holds up nobody else’s', async () => {
  const held: ServerResponse[] = []
  const silent = await Receiver.up()
  receivers.push(silent)
  silent.answers = (_request, response) => void held.push(response)
  const guest = await brook.enter('Guest with many')
  for (let many = 0; many < 4; many += 1) {
    const { id: room } = await guest.makes(`many ${many}`)
    const create = () => guest.ask('POST', `/api/rooms/${room}/hooks/outgoing`, { url: silent.url })
    await Promise.all(Array.from({ length: limits.hooks.perRoom }, create))
    await guest.acked(guest.says('held', { room }))
  }
  const open = () => held.filter(({ destroyed }) => !destroyed).length
  await until(() => open() > 3)
  const { room, receiver } = await listens()
  await say(room, ...numbered(1, 5))
  await delivers(receiver, numbered(1, 5))
  expect(open()).toBeLessThanOrEqual(limits.hooks.perRoom)
  silent.answers = (_request, response) => void response.end()
  for (const response of held) response.end()
  await until(() => silent.posted.length >= 80)
})

test('replay from a number sends everything from there again, under ids of its own', async () => {
  const { room, receiver, hook, state, change } = await listens()
  const last = await say(room, ...numbered(1, 6))
  await delivers(receiver, numbered(1, 6))
  await until(state, ({ behind }) => behind === 0)
  await brook.archive()
  expect((await change('POST', '/replay', { from: last - 1 })).status).toBe(200)
  await delivers(receiver, [...numbered(1, 6), 'm5', 'm6'])
  const ids = receiver.posted.map(({ id }) => id)
  expect(ids.slice(4)).toEqual(
    ['', '', '-1', '-1'].map((end, place) => `${hook.id}-${room}-${last - 1 + (place % 2)}${end}`),
  )
  expect(receiver.posted.every(({ headers }) => headers['x-brook-hook'] === hook.id)).toBe(true)
  expect((await change('POST', '/replay', { from: last + 9 })).status).toBe(400)
})

test('two webhooks of one room at one receiver have deliveries of their own', async () => {
  const { room, receiver, hook } = await listens()
  const second = await ann.ask<SignedAnswer>('POST', `/api/rooms/${room}/hooks/outgoing`, {
    url: receiver.url,
  })
  const seq = await say(room, 'to both')
  await until(
    () => receiver.posted,
    (posted) => posted.length === 2,
  )
  const hooks = [hook.id, second.body.hook.id]
  expect(receiver.posted.map(({ id }) => id).sort()).toEqual(hooks.map((id) => `${id}-${room}-${seq}`).sort())
})

test('while paused, nothing is sent; what was posted meanwhile is sent afterwards', async () => {
  const { room, receiver, state, change } = await listens()
  expect((await change('PATCH', '', { paused: true })).body.hook.paused).toBe('asked')
  const witness = await listens()
  await say(room, 'm1', 'm2')
  await say(witness.room, 'heard')
  await delivers(witness.receiver, ['heard'])
  expect(receiver.texts).toEqual([])
  expect(await state()).toMatchObject({ behind: 2, paused: 'asked' })
  await change('PATCH', '', { paused: false })
  await delivers(receiver, ['m1', 'm2'])
})

test('one whose maker manages the room no more is paused, until somebody who does sets it going for themselves', async () => {
  const bob = await brook.enter('Bob')
  const { room, receiver } = await listens()
  await bob.joins(room)
  await say(room, 'm1')
  await delivers(receiver, ['m1'])
  expect((await ann.ask('PUT', `/api/rooms/${room}/members/${bob.user.id}`, { role: 'owner' })).status).toBe(
    204,
  )
  expect((await bob.ask('PUT', `/api/rooms/${room}/members/${ann.user.id}`, { role: 'member' })).status).toBe(
    204,
  )
  const hooks = async () => (await bob.ask<HooksAnswer>('GET', `/api/rooms/${room}/hooks`)).body.outgoing
  await until(async () => (await hooks())[0]?.paused === 'unowned')
  await say(room, 'm2')
  const [hook] = await hooks()
  const resumed = await bob.ask('PATCH', `/api/rooms/${room}/hooks/outgoing/${hook?.id}`, { paused: false })
  expect(resumed.status).toBe(200)
  await delivers(receiver, ['m1', 'm2'])
  expect((await hooks())[0]?.paused).toBe(null)
})

test('a filter passes only its messages, and the others cause no wait', async () => {
  const { room, receiver, state } = await listens({ kind: 'starts', word: '!deploy' })
  const mentioned = await listens({ kind: 'mentions', word: 'ops' })
  const texts = ['hello', '!deploy api', '!deployed', ' !DEPLOY web', '@ops help', '@opsy', '请@ops看一下']
  await say(room, ...texts)
  await say(mentioned.room, ...texts)
  await delivers(receiver, ['!deploy api', ' !DEPLOY web'])
  await delivers(mentioned.receiver, ['@ops help', '请@ops看一下'])
  expect((await until(state, ({ behind }) => behind === 0)).delivered).toBe(2)
})

test('messages of the room’s incoming webhooks are not delivered, so two tools cannot loop', async () => {
  const { room, receiver } = await listens()
  const opened = await ann.ask<{ path: string; hook: { id: string } }>(
    'POST',
    `/api/rooms/${room}/hooks/incoming`,
    {
      name: 'Echo',
    },
  )
  receiver.answers = (_request, response) => {
    void fetch(ann.address + opened.body.path, { method: 'POST', body: '{"text":"echo"}' }).then(() =>
      response.end(),
    )
  }
  await say(room, 'm1')
  await ann.hears('echo')
  await ann.ask('DELETE', `/api/rooms/${room}/hooks/incoming/${opened.body.hook.id}`)
  receiver.answers = (_request, response) => void response.end()
  await say(room, 'm2')
  await delivers(receiver, ['m1', 'm2'])
})

test('an address that is not a web address, or contains a password, is refused', async () => {
  const { room } = await listens()
  for (const url of ['ftp://x.example', 'nothing', 'http://ann:pw@x.example/'])
    expect(
      (await ann.ask<{ error: { code: string } }>('POST', `/api/rooms/${room}/hooks/outgoing`, { url })).body
        .error.code,
    ).toBe('bad_url')
})
