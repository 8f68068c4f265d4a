// Incoming webhooks: what tools post in Slack's format reaches a room, and the answers if it does not.
import { IncomingWebhook } from '@slack/webhook'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HooksAnswer, OpenedAnswer } from '../../server/protocol/hooks.ts'
import { runServer } from '../../server/main.ts'
import { limits } from '../../server/protocol/limits.ts'
import { rates } from '../../server/protocol/rates.ts'
import { cidOf } from '../../server/hook/incoming.ts'
import { isCid } from '../../server/protocol/cid.ts'
import { byteLength } from '../../server/protocol/text.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let room: string

beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  room = (await ann.makes('builds')).id
})
afterAll(() => brook.stop())

async function opens(name = 'CI', who = ann): Promise<OpenedAnswer> {
  const { status, body } = await who.ask<OpenedAnswer>('POST', `/api/rooms/${room}/hooks/incoming`, { name })
  expect(status).toBe(201)
  return body
}
const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(ann.address + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: answer.status, word: await answer.text(), headers: answer.headers }
}
const says = (path: string, payload: object, headers = {}) => post(path, JSON.stringify(payload), headers)

test('a client made for Slack posts text, blocks and attachments to a room', async () => {
  const { path } = await opens('GitHub')
  const client = new IncomingWebhook(ann.address + path)
  expect(await client.send('*构建* <https://ci.example|#12> failed :fire: &amp; stopped')).toMatchObject({
    text: 'ok',
  })
  const plain = await ann.hears('**构建** [#12](https://ci.example) failed 🔥 & stopped')
  expect(plain.user).toMatchObject({ name: 'GitHub', bot: true })
  await client.send({
    username: 'Deploys',
    icon_emoji: ':rocket:',
    text: 'for the notification',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'Shipped' } },
      { type: 'section', text: { type: 'mrkdwn', text: '_api_ to <!here>' } },
    ],
    attachments: [{ color: 'good', title: 'v1.2', title_link: 'https://x.example', text: 'took 3 min' }],
  })
  const rich = await ann.hears('**Shipped**\n_api_ to @here\n\n**[v1.2](https://x.example)**\ntook 3 min')
  expect(rich.user).toEqual({ id: plain.user.id, name: 'Deploys', bot: true, icon: '🚀' })
  await brook.archive()
  const { messages } = await ann.page('limit=1', room)
  expect(messages[0]).toMatchObject({ user: rich.user, text: rich.text })
})

test('a form’s payload is read like JSON, whatever the header says', async () => {
  const { path } = await opens()
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = encodeURIComponent(JSON.stringify({ text: 'from a form & more' }))
  expect(await post(path, `payload=${payload}`, form)).toMatchObject({ status: 200, word: 'ok' })
  await ann.hears('from a form & more')
  expect((await post(path, '{"text":"as plain text"}', { 'content-type': 'text/plain' })).word).toBe('ok')
  await ann.hears('as plain text')
  expect((await post(path, '{"text":"JSON under a form’s name"}', form)).word).toBe('ok')
  await ann.hears('JSON under a form’s name')
  expect((await post(path, 'text=%2Aa%2A+%26+b&username=Cron', form)).word).toBe('ok')
  expect((await ann.hears('**a** & b')).user.name).toBe('Cron')
  const attachments = encodeURIComponent(JSON.stringify([{ text: 'attached' }]))
  expect((await post(path, `attachments=${attachments}`, form)).word).toBe('ok')
  await ann.hears('attached')
  for (const [name, value] of Object.entries({ payload: '{"text":"in parts"}', text: 'alone in a part' })) {
    const parts = new FormData()
    parts.set(name, value)
    parts.set('file', new Blob(['bytes']), 'a.bin')
    expect((await fetch(ann.address + path, { method: 'POST', body: parts })).status).toBe(200)
  }
  await ann.hears('in parts')
  await ann.hears('alone in a part')
  for (const [body, word] of [
    ['payload=%7B', 'invalid_payload'],
    ['payload=7', 'invalid_payload'],
    ['other=1', 'no_text'],
    ['text=', 'no_text'],
  ] as const)
    expect([body, (await post(path, body, form)).word]).toEqual([body, word])
})

test('a card for Teams is posted, and the address says what it is to whoever only looks', async () => {
  const { hook, path } = await opens('Pipelines')
  const facts = [{ name: 'Branch', value: 'main' }]
  expect((await says(path, { '@type': 'MessageCard', title: 'Green', sections: [{ facts }] })).word).toBe(
    'ok',
  )
  await ann.hears('**Green**\n\n**Branch:** main')
  const look = async (to: string, method: string) => {
    const answer = await fetch(ann.address + to, { method })
    return [answer.status, answer.headers.get('allow'), await answer.text()]
  }
  expect(await look(path, 'GET')).toEqual([200, null, expect.stringMatching(/incoming webhook.+POST/s)])
  expect(await look(path, 'HEAD')).toEqual([200, null, ''])
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    expect(await look(path, method)).toEqual([405, 'POST, GET, HEAD', 'method_not_allowed'])
  for (const method of ['GET', 'PUT'])
    expect(await look(`/api/hooks/${hook.id}/${'x'.repeat(43)}`, method)).toEqual([
      403,
      null,
      'invalid_token',
    ])
  expect(await look('/api/hooks/999999/x', 'GET')).toEqual([404, null, 'no_service'])
  expect(await look('/api/hooks/T0/B0', 'HEAD')).toEqual([404, null, ''])
})

test('an invalid payload is refused with Slack’s codes', async () => {
  const { hook, path } = await opens()
  const refusals: [string, string, number, string][] = [
    [path, '{', 400, 'invalid_payload'],
    [path, '[]', 400, 'invalid_payload'],
    [path, '', 400, 'invalid_payload'],
    [path, '{}', 400, 'no_text'],
    [path, '{"text":"  "}', 400, 'no_text'],
    [path, JSON.stringify({ text: 'x'.repeat(limits.hooks.bodyBytes) }), 413, 'invalid_payload'],
    [`/api/hooks/${hook.id}/${'x'.repeat(43)}`, '{"text":"hi"}', 403, 'invalid_token'],
    ['/api/hooks/999999/x', '{"text":"hi"}', 404, 'no_service'],
    ['/api/hooks/T0/B0', '{"text":"hi"}', 404, 'no_service'],
  ]
  for (const [to, body, status, word] of refusals) {
    const answer = await post(to, body)
    expect([to, body.slice(0, 20), answer.status, answer.word]).toEqual([to, body.slice(0, 20), status, word])
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
  }
})

test('a text that is too long is posted up to the limit, with a mark', async () => {
  const { path } = await opens()
  expect((await says(path, { text: '长'.repeat(20_000) })).word).toBe('ok')
  const [{ text } = { text: '' }] = await until(
    () => ann.messages(room).filter((message) => message.text.startsWith('长长')),
    (found) => found.length === 1,
  )
  expect(byteLength(text)).toBeGreaterThan(limits.messageBytes - 4)
  expect(byteLength(text)).toBeLessThanOrEqual(limits.messageBytes)
  expect(text).toMatch(/… \(cut here/)
})

test('the same Idempotency-Key posts once, for each hook, even after the log was archived', async () => {
  const [one, two] = [await opens(), await opens()]
  const key = { 'idempotency-key': 'build 77' }
  for (const path of [one.path, one.path, two.path])
    expect((await says(path, { text: 'keyed' }, key)).word).toBe('ok')
  await brook.archive()
  await says(one.path, { text: 'keyed' }, key)
  await says(one.path, { text: 'after the keyed ones' })
  await ann.hears('after the keyed ones')
  expect(ann.messages(room).filter(({ text }) => text === 'keyed')).toHaveLength(2)
  expect(isCid(cidOf('1', 'build 77'))).toBe(true)
  expect(cidOf('1', 'build 77')).not.toBe(cidOf('2', 'build 77'))
})

test('a renewed address replaces the old one, and a removed hook is gone while its messages stay', async () => {
  const { hook, path } = await opens('Old')
  const at = `/api/rooms/${room}/hooks/incoming/${hook.id}`
  expect((await says(path, { text: 'before' })).word).toBe('ok')
  const renewed = (await ann.ask<OpenedAnswer>('POST', `${at}/secret`)).body
  expect(await says(path, { text: 'old address' })).toMatchObject({ status: 403, word: 'invalid_token' })
  await ann.ask('PATCH', at, { name: 'New' })
  expect((await says(renewed.path, { text: 'renamed' })).word).toBe('ok')
  expect((await ann.hears('renamed')).user.name).toBe('New')
  expect((await ann.ask('DELETE', at)).status).toBe(204)
  expect(await says(renewed.path, { text: 'removed' })).toMatchObject({ status: 404, word: 'no_service' })
  expect(
    (await ann.page('limit=200', room)).messages.some(
      (message) => 'text' in message && message.text === 'renamed',
    ),
  ).toBe(true)
})

test('a secret is shown once and stored as a hash', async () => {
  const { path } = await opens()
  const secret = path.split('/').at(-1) ?? ''
  const listed = await ann.ask<HooksAnswer>('GET', `/api/rooms/${room}/hooks`)
  expect(listed.body.incoming.length).toBeGreaterThan(0)
  expect(JSON.stringify(listed.body)).not.toContain(secret)
  const rows = await brook.db.rows<{ secret_hash: Buffer }>('SELECT * FROM incoming_hooks')
  expect(rows.every((row) => !JSON.stringify(row).includes(secret) && row.secret_hash.length === 32)).toBe(
    true,
  )
})

test('only a room’s owner manages its hooks, and strangers see none of them', async () => {
  const admin = await brook.arrive('Root')
  await brook.makesAdmin(admin)
  const bob = await brook.arrive('Bob')
  await bob.joins(room)
  expect((await bob.ask('GET', `/api/rooms/${room}/hooks`)).status).toBe(403)
  expect((await bob.ask('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'x' })).status).toBe(403)
  const secret = (await ann.makes('hidden', 'private')).id
  for (const who of [bob, admin])
    expect((await who.ask('GET', `/api/rooms/${secret}/hooks`)).status).toBe(404)
  expect((await admin.ask('GET', `/api/rooms/${room}/hooks`)).status).toBe(200)
})

test('a hook posts as long as its maker may manage it, and what they may: not once they are banned, demoted or gone', async () => {
  const admin = await brook.arrive('Rita')
  await brook.makesAdmin(admin)
  const eve = await brook.arrive('Evelyn')
  const own = (await eve.makes('of Eve')).id
  const hooks = `/api/rooms/${own}/hooks/incoming`
  const { hook, path } = (await eve.ask<OpenedAnswer>('POST', hooks, { name: 'CI' })).body
  const link = { text: 'see https://x.example' }
  expect((await says(path, link)).word).toBe('ok')
  await admin.ask('PATCH', '/api/workspace', { newcomers: { postLinks: false } })
  expect(await says(path, link)).toMatchObject({ status: 403, word: 'not_for_newcomers' })
  expect((await says(path, { text: 'no link' })).word).toBe('ok')
  await admin.ask('PATCH', '/api/workspace', { newcomers: { postLinks: true } })
  const { ban } = (
    await admin.ask<{ ban: { id: string } }>('POST', '/api/admin/bans', { user: eve.user.id, reason: 'spam' })
  ).body
  expect(await says(path, { text: 'of somebody banned' })).toMatchObject({ status: 403, word: 'banned' })
  await admin.ask('DELETE', `/api/admin/bans/${ban.id}`)
  expect((await says(path, { text: 'back' })).word).toBe('ok')
  // Their room goes to somebody else: what they made stops, until its new owner makes it theirs.
  await admin.joins(own)
  await admin.ask('PUT', `/api/rooms/${own}/members/${admin.user.id}`, { role: 'owner' })
  await admin.ask('PUT', `/api/rooms/${own}/members/${eve.user.id}`, { role: 'member' })
  expect(await says(path, { text: 'of a member' })).toMatchObject({ status: 403, word: 'not_allowed' })
  const renewed = (await admin.ask<OpenedAnswer>('POST', `${hooks}/${hook.id}/secret`)).body
  expect((await says(renewed.path, { text: 'of its new owner' })).word).toBe('ok')
  await admin.ask('PUT', `/api/rooms/${own}/bans/${eve.user.id}`, {})
  const texts = (await admin.page('limit=50', own)).messages.flatMap((one) => ('text' in one ? one.text : []))
  expect(texts).toEqual(['see https://x.example', 'no link', 'back', 'of its new owner'])
})

test('a room has a limited number of hooks', async () => {
  const other = (await ann.makes('full')).id
  const make = () => ann.ask('POST', `/api/rooms/${other}/hooks/incoming`, { name: 'x' })
  for (let n = 0; n < limits.hooks.perRoom; n += 1) expect((await make()).status).toBe(201)
  expect((await make()).status).toBe(409)
})

test('a hook has Slack’s rate: a burst, then it is told when to come back', async () => {
  const server = brook.servers.push(await runServer({ ...brook.config, pacing: true })) - 1
  const eve = await brook.enter('Eve', server)
  const { id } = await eve.makes('monitor')
  const { body } = await eve.ask<OpenedAnswer>('POST', `/api/rooms/${id}/hooks/incoming`, { name: 'Monitor' })
  const post = (text: string) => fetch(eve.address + body.path, { method: 'POST', body: text })
  // On a busy machine a token comes back meanwhile.
  let taken = 0
  const refused = await until(async () => {
    const answer = await post(`{"text":"${taken}"}`)
    if (answer.status === 200) taken += 1
    return answer.status === 200 ? undefined : answer
  })
  expect(taken).toBeGreaterThanOrEqual(rates.hook.burst)
  expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused?.text()).toBe('rate_limited')
  expect(await brook.metric('brook_hooks_received_total{answer="ok"}', server)).toBe(taken)
  // What cannot be posted is not even read once the rate is used up.
  expect(await until(async () => ((await post('{}')).status === 429 ? 'unread' : undefined))).toBe('unread')
})
