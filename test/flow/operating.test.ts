// What a server answers people and probes while a store refuses to work, while it is leaving, and under a foreign name.
import http from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { Db } from '../../server/db.ts'
import { runServer } from '../../server/main.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let admin: Db
let ann: Person
beforeAll(async () => {
  brook = await Brook.start({
    publicUrl: new URL('https://chat.example'),
    allowedHosts: ['brook.internal'],
  })
  admin = new Db(brook.stores.admin, 1)
  // Others can reach it, so nobody comes in until somebody has said so.
  await brook.db.run('INSERT INTO workspace (one, name, sign_up, guests) VALUES (?)', [
    [1, 'Brook', 'open', 1],
  ])
  ann = await brook.arrive('Ann')
  // Guests make no rooms there.
  await ann.ask('PUT', '/api/session/password', { password: 'nine tall green trees' })
  await ann.connects()
  await ann.makes('operating')
})
afterAll(async () => {
  await admin.close()
  await brook.stop()
})

interface Ready {
  ready: boolean
  reasons: string[]
  redis: string
  mysql: string
}

const readiness = async (address = ann.address): Promise<Ready & { status: number }> => {
  const answer = await fetch(`${address}/readyz`)
  return { status: answer.status, ...((await answer.json()) as Ready) }
}
const well = { status: 200, ready: true, reasons: [], redis: 'ok', mysql: 'ok' }
const isWell = async (): Promise<void> => {
  await until(readiness, ({ ready, reasons }) => ready && reasons.length === 0)
  expect(await readiness()).toMatchObject(well)
}
interface Answer {
  status: number
  body: { error?: { code: string } }
}
const says = (): Promise<Answer> =>
  ann.ask('POST', `/api/rooms/${ann.room}/messages`, { cid: newCid(), text: 'hello' })
const enters = (name: string): Promise<Answer> => ann.ask('POST', '/api/guests', { name })
const refusal = async (answer: Promise<Answer>): Promise<unknown> => {
  const { status, body } = await answer
  return [status, body.error?.code]
}

test.each([
  [
    'a read-only replica',
    ['REPLICAOF', '127.0.0.1', '1'],
    ['REPLICAOF', 'NO', 'ONE'],
    'Redis is a read-only replica',
  ],
  [
    'without the right to scripts',
    ['ACL', 'SETUSER', '-eval', '-evalsha'],
    ['ACL', 'SETUSER', '+eval', '+evalsha'],
    'the user in Redis has no right to EVAL',
  ],
])('while Redis is %s, sends are refused for now and probes are told why', async (_what, begin, end, why) => {
  const user = 'username' in brook.config.redis ? 'brook' : 'default'
  const calls = async ([name = '', ...words]: string[]): Promise<unknown> =>
    brook.redis.call(name, ...(name === 'ACL' ? ['SETUSER', user, ...words.slice(1)] : words))
  await isWell()
  await calls(begin)
  expect(await refusal(says())).toEqual([503, 'log_unavailable'])
  const told = await until(readiness, ({ redis }) => redis === 'refusing')
  expect(told).toMatchObject({ status: 503, ready: false, reasons: [why] })
  await calls(end)
  await isWell()
  await until(says, ({ status }) => status === 201)
})

test('while MySQL is read-only, people talk on, what it must keep is refused for now, and probes are told why', async () => {
  await isWell()
  await admin.run('SET GLOBAL read_only = 1')
  expect(await refusal(enters('Bob'))).toEqual([503, 'unavailable'])
  expect((await says()).status).toBe(201)
  const why = 'MySQL is read-only'
  expect(await readiness()).toMatchObject({ status: 200, ready: true, mysql: 'refusing', reasons: [why] })
  await admin.run('SET GLOBAL read_only = 0')
  await isWell()
  expect((await enters('Bob')).status).toBe(201)
})

test('a MySQL that has another password refuses for now, and probes are told why', async () => {
  await isWell()
  const { user, password } = brook.config.mysql
  const account = `'${user}'@'${user === 'brook' ? 'localhost' : '%'}'`
  await admin.run(`ALTER USER ${account} IDENTIFIED BY 'another'`)
  const open = await admin.rows<{ id: number }>(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?',
    [user],
  )
  for (const { id } of open) await admin.run(`KILL ${id}`)
  await until(
    () => enters('Cid').then(({ body }) => body.error?.code),
    (code) => code === 'unavailable',
  )
  expect((await says()).status).toBe(201)
  const why = 'MySQL rejects the account or its password'
  expect(await readiness()).toMatchObject({ status: 200, mysql: 'refusing', reasons: [why] })
  await admin.run(`ALTER USER ${account} IDENTIFIED BY '${password}'`)
  await isWell()
})

/** The status of a guest's arrival under this name, from a page that has the same. */
async function arrivesUnder(host: string, scheme = 'http'): Promise<number | undefined> {
  const request = http.request(`${ann.address}/api/guests`, {
    method: 'POST',
    headers: { host, origin: `${scheme}://${host}`, 'content-type': 'application/json' },
  })
  request.end(JSON.stringify({ name: `from ${host.slice(0, 20)}` }))
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage]
  answer.resume()
  return answer.statusCode
}

test('a name that is not this Brook’s is refused, whatever page the request comes from', async () => {
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'chat.example.evil.example',
    '127.0.0.1.evil.example',
  ])
    expect(await arrivesUnder(host), host).toBe(403)
  for (const host of [
    'localhost:3000',
    'x.localhost',
    '10.1.2.3',
    '[::1]:3000',
    'brook.internal',
    'chat.example',
  ])
    expect(await arrivesUnder(host), host).toBe(201)
  const probe = http.get(`${ann.address}/readyz`, { headers: { host: 'evil.example' } })
  const [probed] = (await once(probe, 'response')) as [http.IncomingMessage]
  expect(probed.resume().statusCode).toBe(200)
})

test('a socket under a foreign name is refused, and one under its own is not', async () => {
  const opens = async (host: string): Promise<unknown> => {
    const headers = { host, origin: `http://${host}`, cookie: ann.cookie }
    const socket = new WebSocket(`${ann.address.replace('http', 'ws')}/api/ws`, { headers })
    socket.on('error', () => undefined)
    const how = await Promise.race([
      once(socket, 'open').then(() => 'open'),
      once(socket, 'unexpected-response').then(([, answer]) => (answer as http.IncomingMessage).statusCode),
    ])
    socket.terminate()
    return how
  }
  expect(await opens('evil.example')).toBe(403)
  expect(await opens('chat.example')).toBe('open')
})

test('a server that is leaving says so at /readyz, and serves on for the time of the drain', async () => {
  const leaving = await runServer({ ...brook.config, drainSeconds: 1 })
  brook.servers.push(leaving)
  await until(
    () => readiness(leaving.address),
    ({ ready }) => ready,
  )
  const closed = leaving.close()
  const why = 'this server is stopping'
  expect(await readiness(leaving.address)).toMatchObject({ status: 503, ready: false, reasons: [why] })
  const here = ann.again()
  here.address = leaving.address
  const { status } = await here.ask('POST', `/api/rooms/${ann.room}/messages`, { cid: newCid(), text: 'on' })
  expect(status).toBe(201)
  await closed
  brook.servers.pop()
  await expect(fetch(`${leaving.address}/readyz`)).rejects.toThrow()
})
