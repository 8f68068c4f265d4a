// What an operator types: brook doctor, brook user and brook config check.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DoctorReport } from '../../server/doctor/doctor.ts'
import { lookFromOutside, type Finding } from '../../server/doctor/outside/outside.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { Person } from '../support/person.ts'

let brook: Brook
let line: CommandLine
let root: Person
let ann: Person
beforeAll(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
  ann = await brook.enter('Ann')
  await ann.ask('PUT', '/api/session/password', { password: 'nine tall green trees' })
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

test('doctor says that all is well, then what is wrong and where, and repairs it; 0, 1, 0, and 2 for what it does not understand', async () => {
  const { id } = await ann.makes('garden')
  await ann.acked(ann.says('hello'))
  await brook.archive()
  const well = await line.type('doctor')
  expect([well.code, well.said, well.printed.at(-1)]).toEqual([
    0,
    expect.anything(),
    expect.stringMatching(/^All is well\. 18 checks/),
  ])
  await brook.db.run('UPDATE memberships SET read_seq = 99 WHERE room_id = ?', [id])
  const wrong = await line.type('doctor', '--room', 'garden')
  expect(wrong.code).toBe(1)
  expect(wrong.printed.join('\n')).toMatch(
    /read-markers +1 wrong .*\n {2}garden \(room \d+\): person \d+ has read up to #99, and the room ends at #2\n {2}--repair moves them back to the newest number\./,
  )
  const json = await line.type('doctor', '--json')
  const report = JSON.parse(json.printed.join('')) as DoctorReport
  expect([json.code, report.ok, report.names]).toEqual([1, false, { [id]: 'garden' }])
  const repaired = await line.type('doctor', '--repair')
  expect([repaired.code, repaired.printed.at(-1)]).toEqual([0, expect.stringContaining('1 repaired')])
  for (const words of [['--room', 'nowhere'], ['--url', 'chat'], ['--url', 'http://x', '--repair'], ['what']])
    expect([words, (await line.type('doctor', ...words)).code]).toEqual([words, 2])
})

const audit = async (kind: string): Promise<string[]> => {
  const { body } = await root.ask<AuditAnswer>('GET', `/api/admin/audit?kind=${kind}`)
  return body.entries.map(({ about }) => about.person?.name ?? '')
}

test('user lists accounts, disables and enables one, signs somebody out, and makes a link for a password', async () => {
  const listed = async (): Promise<string | undefined> =>
    (await line.type('user', 'list')).printed.find((one) => one.startsWith('Ann '))
  expect(await listed()).toMatch(/^Ann {2}1 session, last seen /)
  expect((await line.type('user', 'disable', 'Ann', '--reason', 'gone')).code).toBe(0)
  expect(await listed()).toContain('disabled')
  await ann.ends()
  expect((await ann.ask('GET', '/api/rooms')).status).toBe(403)
  expect((await line.type('user', 'enable', 'Ann')).printed).toEqual(['Ann is no longer suspended.'])
  const again = await Person.signsIn(ann.address, 'Ann', 'nine tall green trees')
  expect((await line.type('user', 'end-sessions', 'ann')).printed[0]).toMatch(
    /^ann is signed out of \d sessions?\.$/,
  )
  expect((await again.ask('GET', '/api/rooms')).status).toBe(401)
  const reset = await line.type('user', 'reset', 'Ann')
  expect(reset.printed[0]).toMatch(/\/reset#[\w-]{20,}$/)
  for (const kind of ['suspended', 'unsuspended', 'sessions_ended', 'reset_made'])
    expect([kind, await audit(kind)]).toEqual([kind, ['Ann']])
  for (const words of [
    ['disable', 'Nobody'],
    ['disable', 'Root'],
    ['enable', 'Ann'],
    ['end-sessions'],
    ['dance', 'Ann'],
  ])
    expect([words, (await line.type('user', ...words)).code]).toEqual([words, 2])
})

test('config check says each wrong and unknown setting in one line, and asks the stores', async () => {
  const well = await line.type('config', 'check')
  expect([well.code, well.printed.join('\n')]).toEqual([0, expect.stringContaining('DATA_DIR')])
  const other = await commandLine(
    { ...brook.stores, folder: `${brook.stores.folder}/redis` },
    {
      PORT: 'many',
      PUBLIC_URL: 'chat',
      OIDC_ISSUER: 'https://id.example',
      SIGNUP_LIMIT: '3',
      REDIS_URL: 'redis://127.0.0.1:1',
      MYSQL_URL: 'mysql://brook:secret@127.0.0.1:1/brook',
    },
  )
  const { code, printed } = await other.type('config', 'check')
  await other.close()
  expect(code).toBe(1)
  const of = (what: string): string | undefined => printed.find((one) => one.startsWith(`wrong  ${what} `))
  expect(of('PORT')).toContain('must be a whole number from 0 to 65535, not "many"')
  expect(of('PUBLIC_URL')).toContain('https://chat.example')
  expect(of('OIDC_ISSUER')).toContain('but not OIDC_CLIENT_ID')
  expect(of('SIGNUP_LIMIT')).toContain('is SIGN_UP_LIMIT meant?')
  expect(of('REDIS_URL')).toContain('127.0.0.1:1')
  expect(of('MYSQL_URL')).toContain('127.0.0.1:1')
  expect(printed.join()).not.toContain('secret')
})

/** In front of the Brook: what it changes of requests and answers. */
async function proxied(
  change: {
    host?: string
    without?: string
    proto?: string
    upgrades?: false
    cache?: string
    maxBytes?: number
  },
  look: (findings: Map<string, Finding>) => void,
): Promise<void> {
  const target = new URL(ann.address)
  const server = http.createServer((request, reply) => {
    if (Number(request.headers['content-length'] ?? 0) > (change.maxBytes ?? Infinity)) {
      reply.writeHead(413).end('<html>')
      return
    }
    const headers: http.OutgoingHttpHeaders = { ...request.headers }
    if (change.host !== undefined) headers.host = change.host
    // As a proxy that speaks of one connection and not of the next.
    delete headers.upgrade
    delete headers.connection
    if (change.proto !== undefined) headers['x-forwarded-proto'] = change.proto
    const passed = http.request(
      {
        host: target.hostname,
        port: target.port,
        method: request.method,
        path: request.url,
        headers,
        agent: false,
      },
      (answer) => {
        const cache = change.cache === undefined ? {} : { 'cache-control': change.cache }
        reply.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...cache })
        answer.pipe(reply)
      },
    )
    passed.on('error', () => reply.destroy())
    request.pipe(passed)
  })
  if (change.upgrades !== false)
    server.on('upgrade', (request, socket) => {
      const passed = http.request({
        ...{ host: target.hostname, port: target.port, path: request.url },
        headers: { ...request.headers, ...(change.host === undefined ? {} : { host: change.host }) },
      })
      passed.on('response', (answer) => {
        socket.write(
          `HTTP/1.1 ${answer.statusCode} x\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n`,
        )
        answer.pipe(socket)
      })
      passed.on('error', () => socket.destroy()).end()
    })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const found = await lookFromOutside(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    look(new Map(found.map((finding) => [finding.name, finding])))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('doctor --url finds nothing wrong with a proxy that passes everything on, and what one does wrong', async () => {
  const wrong = (findings: Map<string, Finding>): string[] =>
    [...findings.values()].flatMap((one) => (one.wrong === undefined ? [] : one.name))
  const finds =
    (...names: string[]) =>
    (findings: Map<string, Finding>): void =>
      expect(wrong(findings)).toEqual(names)
  // At once, for each waits to see whether a large piece of a file is refused.
  await Promise.all([
    proxied({}, finds()),
    proxied({ host: 'inside.example' }, finds('host', 'websocket')),
    proxied({ host: 'localhost' }, finds('origin', 'websocket')),
    proxied({ upgrades: false }, finds('websocket')),
    proxied({ proto: 'https' }, finds('forwarded')),
    proxied({ cache: 'public, max-age=600' }, finds('caching')),
    proxied({ maxBytes: 1_048_576 }, finds('body-size')),
  ])
  const straight = await line.type('doctor', '--url', ann.address)
  expect([straight.printed.at(-1), straight.code]).toEqual(['All is well.', 0])
  const nobody = await line.type('doctor', '--url', 'http://127.0.0.1:1')
  expect([nobody.code, nobody.printed[0]]).toEqual([1, expect.stringContaining('no answer')])
})
