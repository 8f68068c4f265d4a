// What administrators see of people and of the audit log, and what they do by both: by HTTP and on the command line.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AdminPeopleAnswer, AdminPerson } from '../../server/protocol/admin-people.ts'
import type { AuditAnswer, AuditEntry } from '../../server/protocol/audit.ts'
import { closes } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { BansAnswer } from '../../server/protocol/moderation.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { fresh } from '../support/fresh.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let line: CommandLine
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

const address = () => brook.servers[0]?.address ?? ''

async function people(query: Record<string, string | number> = {}): Promise<AdminPeopleAnswer> {
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
  return (await root.ask<AdminPeopleAnswer>('GET', `/api/admin/people?${search.toString()}`)).body
}
const named = async (name: string): Promise<AdminPerson | undefined> =>
  (await people({ query: name })).people.find((one) => one.name === name)
const audit = async (query: string): Promise<AuditEntry[]> =>
  (await root.ask<AuditAnswer>('GET', `/api/admin/audit?${query}`)).body.entries

test('everybody is listed, the newest first, with what administrators want to know', async () => {
  const before = Date.now() - 1_000
  const ann = await brook.arrive(fresh('Ann'))
  await ann.ask('PUT', '/api/session/password', { password: 'nine tall green trees' })
  brook.people.push(await Person.signsIn(address(), ann.user.name, 'nine tall green trees'))
  const gus = await brook.arrive(fresh('Gus'))
  const [newest, second] = (await people()).people
  expect(newest).toMatchObject({
    id: gus.user.id,
    guest: true,
    bot: false,
    admin: false,
    sessions: 1,
    ban: null,
  })
  expect(second).toMatchObject({ id: ann.user.id, guest: false, sessions: 2 })
  for (const at of [newest?.createdAt, newest?.lastSeen]) {
    expect(at).toBeGreaterThan(before)
    expect(at).toBeLessThan(Date.now() + 1_000)
  }
  expect(await named('Root')).toMatchObject({ admin: true })
  const name = fresh('robot')
  const bot = new Bot((await line.type('bot', 'add', name)).printed[0] ?? '', address())
  expect(await named(name)).toMatchObject({ bot: true, guest: false })
  expect((await bot.ask('GET', '/api/admin/people')).code).toBe('not_found')
})

test('a search finds a part of a name in any form, and whoever has exactly this name first', async () => {
  const exact = await brook.arrive('Zoë')
  for (let n = 0; n < 5; n += 1) await brook.arrive(`Big ZOË ${n}`)
  await brook.arrive('100%_sure')
  const found: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const page = await people({ query: ' zoë ', limit: 2, ...(after === undefined ? {} : { after }) })
    found.push(...page.people.map(({ name }) => name))
    after = page.next
  }
  expect(found).toEqual([exact.user.name, ...[4, 3, 2, 1, 0].map((n) => `Big ZOË ${n}`)])
  expect((await people({ query: '%_' })).people.map(({ name }) => name)).toEqual(['100%_sure'])
  expect(await people({ query: 'nobody has this' })).toEqual({ people: [], next: null })
})

test('pages of all people meet without a hole, and are bounded', async () => {
  const [row] = await brook.db.rows<{ people: number }>('SELECT COUNT(*) AS people FROM users')
  const ids: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const page = await people({ limit: 3, ...(after === undefined ? {} : { after }) })
    expect(page.people.length).toBeLessThanOrEqual(3)
    ids.push(...page.people.map(({ id }) => id))
    after = page.next
  }
  expect(ids).toHaveLength(row?.people ?? 0)
  expect(new Set(ids).size).toBe(ids.length)
  const { max } = limits.people.page
  expect(await root.tries('GET', `/api/admin/people?limit=${max + 1}`)).toBe('bad_request')
  expect(await root.tries('GET', '/api/admin/people?after=x')).toBe('bad_request')
})

test('nobody else finds any of it', async () => {
  const eve = await brook.arrive(fresh('Eve'))
  expect(await eve.tries('GET', '/api/admin/people')).toBe('not_found')
  expect(await eve.tries('DELETE', `/api/admin/people/${root.user.id}/sessions`)).toBe('not_found')
  expect((await fetch(`${address()}/api/admin/people`)).status).toBe(401)
})

test('an administrator signs somebody out everywhere; the audit log says whom', async () => {
  const ann = await brook.enter(fresh('Ann'))
  const path = `/api/admin/people/${ann.user.id}/sessions`
  expect(await root.tries('DELETE', path)).toBe(204)
  expect((await ann.ends()).code).toBe(closes.signedOut.code)
  expect(await ann.tries('GET', '/api/rooms')).toBe('signed_out')
  expect(await named(ann.user.name)).toMatchObject({ sessions: 0, lastSeen: null })
  const [entry] = await until(
    () => audit(`kind=sessions_ended&person=${ann.user.id}`),
    (entries) => entries.length === 1,
  )
  expect(entry).toMatchObject({
    by: { id: root.user.id },
    about: { person: { id: ann.user.id, name: ann.user.name } },
  })
  expect(await root.tries('DELETE', '/api/admin/people/999999999/sessions')).toBe('no_such_person')
})

test('somebody’s ban is listed with them; a second ban replaces it, and bans come page by page', async () => {
  const eve = await brook.arrive(fresh('Eve'))
  const bans = (body: object) => root.tries('POST', '/api/admin/bans', body)
  await bans({ user: eve.user.id, reason: 'first' })
  await bans({ user: eve.user.id, reason: 'second', expiresInMs: 3_600_000 })
  const { ban } = (await named(eve.user.name)) ?? {}
  expect(ban).toMatchObject({ reason: 'second', by: { name: 'Root' } })
  await bans({ address: '198.51.100.1' })
  await bans({ address: '198.51.100.1', reason: 'again' })
  const list = async (query: string) => (await root.ask<BansAnswer>('GET', `/api/admin/bans?${query}`)).body
  const first = await list('limit=1')
  expect(first.bans).toMatchObject([{ address: '198.51.100.1', reason: 'again' }])
  const second = await list(`limit=1&before=${first.next ?? ''}`)
  expect(second).toMatchObject({ bans: [{ user: { id: eve.user.id }, reason: 'second' }], next: null })
  for (const { id } of [...first.bans, ...second.bans])
    expect(await root.tries('DELETE', `/api/admin/bans/${id}`)).toBe(204)
  expect(await eve.tries('GET', '/api/rooms')).toBe(200)
})

test('whoever is banned can still sign out, and is signed out on the server too', async () => {
  const eve = await brook.arrive(fresh('Eve'))
  await root.ask('POST', '/api/admin/bans', { user: eve.user.id })
  expect(await eve.tries('DELETE', '/api/session')).toBe(204)
  expect(await named(eve.user.name)).toMatchObject({ sessions: 0 })
})

test('the audit log is read by kind and by person, page by page, and names rooms', async () => {
  const ann = await brook.enter(fresh('Ann'))
  const eve = await brook.arrive(fresh('Eve'))
  const garden = fresh('garden')
  const { id: room } = await ann.makes(garden)
  for (const name of ['one', 'two', 'three'])
    expect(await ann.tries('POST', `/api/rooms/${room}/hooks/incoming`, { name })).toBe(201)
  const made = await until(
    () => audit(`kind=hook_made&person=${ann.user.id}`),
    (entries) => entries.length === 3,
  )
  expect(made.map(({ about }) => about.room)).toEqual(made.map(() => ({ id: room, name: garden })))
  const [, second] = made
  expect(await audit(`kind=hook_made&before=${made[2]?.seq}&limit=1`)).toEqual([second])
  expect(await audit(`person=${ann.user.id}&after=${made[0]?.seq}&limit=1`)).toEqual([second])
  await root.ask('POST', '/api/admin/bans', { user: eve.user.id })
  // What they did, and what was done to them.
  expect((await audit(`person=${eve.user.id}`)).map(({ kind }) => kind)).toEqual(['came_as_guest', 'banned'])
  expect(await root.tries('GET', '/api/admin/audit?kind=unheard_of')).toBe('bad_request')
})

test('an entry of a kind that this version does not know, and of a room that is gone, is read too', async () => {
  await brook.db.transaction(async (tx) => {
    await tx.run('UPDATE audit_head SET seq = seq + 1')
    await tx.run('INSERT INTO audit (seq, at, kind, about) SELECT seq, NOW(3), ?, ? FROM audit_head', [
      'of_tomorrow',
      '{"room":{"id":"999999999"}}',
    ])
  })
  expect((await audit('')).at(-1)).toMatchObject({
    kind: 'of_tomorrow',
    about: { room: { id: '999999999' } },
  })
})

test('brook admin ban, unban and bans: with the rules of administrators, at once on a running server', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const type = (...words: string[]) => line.type('admin', ...words)
  const banned = await type('ban', eve.user.name.toUpperCase(), '--for', '7d', '--reason', 'Too loud')
  expect(banned.code).toBe(0)
  expect(banned.printed[0]).toMatch(
    /^Banned: Eve \d+, until \d{4}-\d\d-\d\d \d\d:\d\d UTC, on the command line: Too loud$/,
  )
  expect((await eve.ends()).code).toBe(closes.signedOut.code)
  const [entry] = (await audit(`kind=banned&person=${eve.user.id}`)).slice(-1)
  expect(entry).toMatchObject({ by: null, address: null, about: { reason: 'Too loud' } })
  const lasts = (await named(eve.user.name))?.ban?.expiresAt ?? 0
  expect(Math.abs(lasts - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000)
  expect((await type('ban', '203.0.113.7/24')).printed).toEqual([
    'Banned: 203.0.113.7/24, for good, on the command line',
  ])
  expect((await type('bans')).printed).toEqual([
    expect.stringMatching(/^203\.0\.113\.7\/24, /),
    expect.stringMatching(/^Eve /),
    ...(await type('bans')).printed.slice(2),
  ])
  expect((await type('unban', '203.0.113.7/24')).printed).toEqual(['203.0.113.7/24 is no longer banned.'])
  expect((await type('unban', eve.user.name)).printed).toEqual([`${eve.user.name} is no longer banned.`])
  await until(
    () => eve.tries('GET', '/api/rooms'),
    (answer) => answer === 200,
  )
})

test('brook admin suspend: until it is lifted, or for so long; unban lifts it', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const type = (...words: string[]) => line.type('admin', ...words)
  expect((await type('suspend', eve.user.name, '--reason', 'On leave')).printed).toEqual([
    `Suspended: ${eve.user.name}, until lifted, on the command line: On leave`,
  ])
  expect((await eve.ends()).code).toBe(closes.signedOut.code)
  expect((await named(eve.user.name))?.ban).toMatchObject({ suspended: true, expiresAt: null })
  expect((await type('bans')).printed[0]).toMatch(/^suspended: Eve \d+, until lifted, /)
  expect((await type('unban', eve.user.name)).printed).toEqual([`${eve.user.name} is no longer suspended.`])
  const kinds = (await audit(`person=${eve.user.id}`)).map(({ kind }) => kind)
  expect(kinds.slice(-2)).toEqual(['suspended', 'unsuspended'])
})

test('brook admin says what it cannot ban', async () => {
  const said = async (...words: string[]) => {
    const { code, said: lines } = await line.type('admin', ...words)
    expect(code).toBe(2)
    return lines.at(-1)
  }
  expect(await said('ban', 'Root')).toBe('brook: An administrator cannot be banned or suspended.')
  expect(await said('suspend', 'Root')).toBe('brook: An administrator cannot be banned or suspended.')
  expect(await said('ban', 'Nobody Here')).toBe('brook: there is nobody with the name "Nobody Here"')
  expect(await said('unban', 'Root')).toBe('brook: Root is not banned')
  expect(await said('unban', '192.0.2.1')).toBe('brook: 192.0.2.1 is not banned')
  expect(await said('ban')).toContain('who? For example: brook admin ban ann')
  for (const time of ['7', 'd', '0d', '1y', '9999d'])
    expect(await said('ban', '192.0.2.1', '--for', time)).toContain('--for takes a time such as 30m')
  expect(await said('ban', '192.0.2.1', '--reason', 'x'.repeat(251))).toContain('at most 250 characters')
})
