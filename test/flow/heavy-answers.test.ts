// What takes long to answer: one person's are made one at a time, and each is written whole, whatever its length.
import { gunzipSync } from 'node:zlib'
import fastify, { type FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { afterEach, expect, test } from 'vitest'
import type { Session } from '../../server/account/sessions.ts'
import { FairGate } from '../../server/channel/fair-gate.ts'
import { Slices } from '../../server/channel/slices.ts'
import { compressAnswers } from '../../server/compress.ts'
import { heavyAnswers } from '../../server/heavy-answers.ts'
import { Closed } from '../../server/protocol/schema.ts'
import { until } from '../support/until.ts'

const Answer = Closed({ messages: Type.Array(Closed({ text: Type.String() })), more: Type.Boolean() })

let app: FastifyInstance
afterEach(() => app.close())

/** A server with one heavy route, `/page`, whose answers are made when they are let. */
async function serve(answer: object, waiting = 10) {
  const held: (() => void)[] = []
  app = fastify()
  app.decorateRequest('session', undefined)
  app.addHook('onRequest', async (request) => {
    const { name } = request.headers
    if (typeof name === 'string') request.session = { user: { id: name } } as Session
  })
  await compressAnswers(app)
  heavyAnswers(app, {
    gate: new FairGate({ atOnce: 2, ofOne: 1, waiting }),
    slices: new Slices({ sliceMs: 0, restTimes: 0 }),
  })
  app.get(
    '/page',
    { config: { heavy: 'made' }, schema: { response: { 200: Answer } } },
    () => new Promise((done) => held.push(() => done(answer))),
  )
  // Trap: what `inject` returns asks only once it is awaited.
  const asks = async (name: string, headers: Record<string, string> = {}) =>
    app.inject({ url: '/page', headers: { name, ...headers } })
  const lets = async (): Promise<void> => {
    await until(() => held.length > 0)
    held.shift()?.()
  }
  return { held, asks, lets }
}

test('one person waits for their own answers, and nobody else for them', async () => {
  const { held, asks, lets } = await serve({ messages: [], more: false })
  const answered: string[] = []
  const ask = (name: string) => asks(name).then(({ statusCode }) => answered.push(`${name} ${statusCode}`))
  const all = [ask('ann'), ask('ann'), ask('ann'), ask('bob')]
  await until(() => held.length === 2)
  await lets()
  await until(() => answered.length === 1)
  await until(() => held.length === 2)
  held.pop()?.()
  await lets()
  await lets()
  await Promise.all(all)
  expect(answered.filter((one) => one.startsWith('ann'))).toEqual(['ann 200', 'ann 200', 'ann 200'])
  expect(answered).toContain('bob 200')
})

test('whoever has too much waiting is told to come again', async () => {
  const { asks, lets } = await serve({ messages: [], more: false }, 1)
  const all = [asks('ann'), asks('ann'), asks('ann')]
  // One is made and one waits, so the third is answered before them.
  const refused = await Promise.race(all)
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '1'])
  await lets()
  await lets()
  expect((await Promise.all(all)).map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 429])
})

test('a long answer is what its schema says, in pieces, compressed or not', async () => {
  const text = `"a\\b" é 你好 \u2028 `.repeat(500)
  const messages = Array.from({ length: 200 }, (_, seq) => ({ text: `${seq} ${text}`, secret: 'token' }))
  const { asks, lets } = await serve({ messages, more: true, secret: 'token' })
  const expected = { messages: messages.map((message) => ({ text: message.text })), more: true }
  const plain = asks('ann')
  await lets()
  expect((await plain).json()).toEqual(expected)
  expect((await plain).headers['content-type']).toBe('application/json; charset=utf-8')
  const site = { 'accept-encoding': 'gzip', 'sec-fetch-site': 'same-origin' }
  const packed = asks('ann', site)
  await lets()
  expect((await packed).headers['content-encoding']).toBe('gzip')
  expect(JSON.parse(gunzipSync((await packed).rawPayload).toString())).toEqual(expected)
})

test('an answer without anything in its lists is an object', async () => {
  const { asks, lets } = await serve({ messages: [], more: false })
  const answer = asks('ann')
  await lets()
  expect((await answer).json()).toEqual({ messages: [], more: false })
})

test('a refusal gives back the place', async () => {
  const { asks, lets } = await serve({ messages: 'none' })
  const failed = asks('ann')
  await lets()
  expect((await failed).statusCode).toBe(500)
  const next = asks('ann')
  await lets()
  expect((await next).statusCode).toBe(500)
})
