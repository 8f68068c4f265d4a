// Who may come in: open, by invitation or not at all; guests or none; and the links that invite.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Invites } from '../../server/access/invites.ts'
import { OwnerLinks } from '../../server/access/owner-links.ts'
import { Passes } from '../../server/access/passes.ts'
import { untouched, WorkspaceSettings } from '../../server/access/workspace.ts'
import { limits } from '../../server/protocol/limits.ts'
import { free } from '../../server/protocol/newcomers.ts'
import type { Invite, InviteSeen, Workspace } from '../../server/protocol/workspace.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())
beforeEach(() => opens({ name: 'Brook', signUp: 'open', guests: true, newcomers: free }))

let count = 0
const fresh = (): string => `person ${(count += 1)}`

type Failed = { error?: { code: string } } | undefined

async function opens(change: Partial<Workspace>): Promise<void> {
  expect((await root.ask('PATCH', '/api/workspace', change)).status).toBe(200)
}

async function invites(body: object = {}): Promise<Invite> {
  const answer = await root.ask<{ invite: Invite }>('POST', '/api/invites', body)
  expect(answer.status).toBe(201)
  return answer.body.invite
}

/** Without a session. Answers 201, or the code of the refusal. */
async function comes(
  way: 'guests' | 'users',
  { invite, name = fresh() }: { invite?: string; name?: string } = {},
) {
  const body = {
    name,
    ...(way === 'users' ? { password: 'nine tall green trees' } : {}),
    ...(invite === undefined ? {} : { invite }),
  }
  const answer = await fetch(`${brook.servers[0]?.address}/api/${way}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return answer.ok ? answer.status : ((await answer.json()) as Failed)?.error?.code
}

const both = async (invite?: string) => [
  await comes('guests', invite === undefined ? {} : { invite }),
  await comes('users', invite === undefined ? {} : { invite }),
]

async function looks<Answer>(path: string): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(`${brook.servers[0]?.address}${path}`)
  return { status: answer.status, body: (await answer.json()) as Answer }
}

test('open, by invitation, closed; with guests and without', async () => {
  const { code } = await invites()
  expect([await both(), await both(code)]).toEqual([
    [201, 201],
    [201, 201],
  ])
  await opens({ guests: false })
  expect([await both(), await both(code)]).toEqual([
    ['no_guests', 201],
    ['no_guests', 201],
  ])
  await opens({ signUp: 'invite' })
  expect([await both(), await both(code)]).toEqual([
    ['no_guests', 'invite_needed'],
    ['no_guests', 201],
  ])
  await opens({ guests: true })
  expect([await both(), await both(code)]).toEqual([
    ['invite_needed', 'invite_needed'],
    [201, 201],
  ])
  await opens({ signUp: 'closed' })
  expect([await both(), await both(code)]).toEqual([
    ['sign_up_closed', 'sign_up_closed'],
    ['sign_up_closed', 'sign_up_closed'],
  ])
  expect((await looks<Workspace>('/api/workspace')).body).toEqual({
    name: 'Brook',
    mail: false,
    mailDomains: [],
    retentionDays: 0,
    offlineDays: 30,
    signUp: 'closed',
    guests: true,
    askToJoin: false,
    newcomers: free,
    groups: 'admins',
    emoji: 'admins',
    signIn: [{ kind: 'password', name: 'Password' }],
  })
})

test('a hundred people at once on a link for one make one account', async () => {
  const { code, id } = await invites({ uses: 1 })
  await opens({ signUp: 'invite' })
  const all = await Promise.all(Array.from({ length: 100 }, () => comes('guests', { invite: code })))
  expect(all.filter((one) => one === 201)).toHaveLength(1)
  expect(new Set(all)).toEqual(new Set([201, 'invite_over']))
  const [row] = await brook.db.rows<{ came: number }>(
    'SELECT COUNT(*) AS came FROM invited WHERE invite_id = ?',
    [id],
  )
  expect(row?.came).toBe(1)
})

test('whoever comes by a link is in its rooms at once, private ones too, and the rooms are told', async () => {
  const { id: den } = await root.makes('den', 'private')
  const { id: yard } = await root.makes('yard')
  const invite = await invites({ rooms: [den, yard, den], uses: 5 })
  expect(invite).toMatchObject({
    rooms: [{ name: 'den' }, { name: 'yard' }],
    uses: 5,
    used: 0,
    expiresAt: null,
  })
  expect(invite.url).toBe(`${brook.servers[0]?.address}/join/${invite.code}`)
  expect(await looks<InviteSeen>(`/api/invites/${invite.code}`)).toEqual({
    status: 200,
    body: { workspace: 'Brook', by: 'Root', rooms: [{ name: 'den' }, { name: 'yard' }] },
  })
  const name = fresh()
  expect(await comes('users', { invite: invite.code, name })).toBe(201)
  const joined = await until(() =>
    [den, yard].every((room) =>
      root.heard.some(
        (event) =>
          event.type === 'notice' &&
          event.room === room &&
          event.notice.kind === 'joined' &&
          event.user.name === name,
      ),
    ),
  )
  expect(joined).toBe(true)
  const { body } = await root.ask<{ invites: Invite[] }>('GET', '/api/invites')
  expect(body.invites.find(({ id }) => id === invite.id)).toMatchObject({ used: 1, people: [{ name }] })
})

test('a link that has expired, was used up, taken back or never made says the same', async () => {
  const over = async (code: string) => [
    await comes('users', { invite: code }),
    (await looks<Failed>(`/api/invites/${code}`)).body?.error?.code,
  ]
  const [old, used, back] = [
    await invites({ expiresInMs: 60_000 }),
    await invites({ uses: 1 }),
    await invites(),
  ]
  await brook.db.run('UPDATE invites SET expires_at = ? WHERE id = ?', [new Date(Date.now() - 1), old.id])
  expect(await comes('guests', { invite: used.code })).toBe(201)
  expect((await root.ask('DELETE', `/api/invites/${back.id}`)).status).toBe(204)
  expect((await root.ask('DELETE', `/api/invites/${back.id}`)).status).toBe(404)
  for (const { code } of [
    old,
    used,
    back,
    { code: 'A'.repeat(22) },
    { code: 'x' },
    { code: '钥'.repeat(22) },
  ])
    expect(await over(code)).toEqual(['invite_over', 'invite_over'])
  const { id: open } = await invites()
  const { body } = await root.ask<{ invites: Invite[] }>('GET', '/api/invites')
  // Who runs it still sees who came by them.
  const listed = body.invites.filter(({ id }) => [old.id, used.id, back.id].includes(id))
  expect(listed.map(({ over: is }) => is)).toEqual([true, true, true])
  expect(listed.find(({ id }) => id === used.id)?.people).toHaveLength(1)
  expect(body.invites[0]).toMatchObject({ id: open, over: false })
})

test('a link leads to no room that its maker has left', async () => {
  const { id: cellar } = await root.makes('cellar', 'private')
  const { code } = await invites({ rooms: [cellar] })
  expect((await root.ask('DELETE', `/api/rooms/${cellar}/members/me`)).status).toBe(204)
  expect((await looks<InviteSeen>(`/api/invites/${code}`)).body.rooms).toEqual([])
  const name = fresh()
  expect(await comes('guests', { invite: code, name })).toBe(201)
  const [row] = await brook.db.rows<{ rooms: number }>(
    'SELECT COUNT(*) AS rooms FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.name = ?',
    [name],
  )
  expect(row?.rooms).toBe(1)
})

test('a door that is closed while somebody waits is closed for them', async () => {
  const settings = new WorkspaceSettings(brook.db, brook.config)
  const invited = new Invites(brook.db)
  const pass = new Passes({ settings, invites: invited, owners: new OwnerLinks(brook.db) }).visitor(undefined)
  expect(await pass.refuse(false)).toBeUndefined()
  await opens({ signUp: 'closed' })
  await expect(
    brook.db.transaction((tx) => pass.use(tx, { id: root.user.id, guest: false })),
  ).rejects.toMatchObject({ refusal: { code: 'sign_up_closed' } })
})

test('a name that is taken does not use a link up', async () => {
  const { code } = await invites({ uses: 1 })
  expect(await comes('guests', { invite: code, name: 'Root' })).toBe('name_taken')
  expect(await comes('guests', { invite: code })).toBe(201)
})

test('to everybody but administrators the settings and the list of links are not there', async () => {
  const bob = await brook.arrive('Bob')
  const asked = [
    await bob.ask('PATCH', '/api/workspace', { signUp: 'closed' }),
    await bob.ask('POST', '/api/invites', {}),
    await bob.ask('GET', '/api/invites'),
    await bob.ask('DELETE', '/api/invites/1'),
  ]
  expect(asked.map(({ status }) => status)).toEqual([404, 404, 404, 404])
})

test('nobody invites to a room that they are not in; what is asked for is bounded', async () => {
  const bob = await brook.arrive('Bob of the den')
  const { id } = await bob.makes('bobs own', 'private')
  const ask = async (body: object) => (await root.ask('POST', '/api/invites', body)).status
  expect(await ask({ rooms: [id] })).toBe(404)
  expect(await ask({ uses: 0 })).toBe(400)
  expect(await ask({ expiresInMs: 1 })).toBe(400)
  expect(await ask({ rooms: Array.from({ length: limits.invites.rooms + 1 }, () => '1') })).toBe(400)
  const change = async (body: object) => (await root.ask('PATCH', '/api/workspace', body)).status
  expect(await change({})).toBe(400)
  expect(await change({ name: '  ' })).toBe(400)
  expect(await change({ name: 'x'.repeat(limits.roomNameChars + 1) })).toBe(400)
  expect(await change({ name: ' 老王  的 园子 ' })).toBe(200)
  expect((await looks<Workspace>('/api/workspace')).body.name).toBe('老王 的 园子')
})

test('there are at most so many links that let somebody in', async () => {
  await brook.db.run('UPDATE invites SET ended_at = created_at')
  await Promise.all(Array.from({ length: limits.invites.atOnce }, () => invites()))
  const refused = await root.ask<Failed>('POST', '/api/invites', {})
  expect([refused.status, refused.body?.error?.code]).toEqual([409, 'too_many_invites'])
  await brook.db.run('UPDATE invites SET ended_at = created_at')
})

test('nobody has set it: open on this machine alone, by invitation where others can reach it', () => {
  const at = (host: string, url?: string, ...allowedHosts: string[]) =>
    untouched({ host, allowedHosts, publicUrl: url === undefined ? undefined : new URL(url) }).signUp
  expect([at('127.0.0.1'), at('localhost'), at('::1'), at('127.0.0.1', 'http://localhost:3000')]).toEqual(
    Array(4).fill('open'),
  )
  expect([
    at('0.0.0.0'),
    at('::'),
    at('10.0.0.5'),
    at('127.0.0.1', 'https://chat.example'),
    at('127.0.0.1', undefined, 'chat.example'),
  ]).toEqual(Array(5).fill('invite'))
})

test('whoever has an account joins the rooms of a link, which takes none of its uses', async () => {
  const { id: den } = await root.makes(fresh(), 'private')
  const { code } = await invites({ rooms: [den], uses: 1 })
  const ann = await brook.enter(fresh())
  const joins = async (who: Person, link = code) => {
    const answer = await who.ask<{ rooms?: { id: string }[] } & NonNullable<Failed>>(
      'POST',
      `/api/invites/${link}/join`,
    )
    return answer.body.error?.code ?? answer.body.rooms?.map(({ id }) => id)
  }
  expect(await joins(ann)).toEqual([den])
  expect((await ann.rooms()).find(({ id }) => id === den)?.joined).toBe(true)
  // Again, and it is still good for the one that it is for.
  expect(await joins(ann)).toEqual([den])
  expect(await comes('guests', { invite: code })).toBe(201)
  const late = await brook.arrive(fresh())
  expect(await joins(late)).toBe('invite_over')
  expect(await joins(late, 'A'.repeat(22))).toBe('invite_over')
  // Whoever was banned from the room is not back in it.
  const { code: other } = await invites({ rooms: [den] })
  await root.ask('PUT', `/api/rooms/${den}/bans/${ann.user.id}`)
  expect(await joins(ann, other)).toEqual([])
})
