// Signing in by an identity provider: a real one. Who comes in as whom, and what happens when something is wrong with it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import type { TotpAnswer } from '../../server/protocol/security.ts'
import type { WorkspaceSeen } from '../../server/protocol/workspace.ts'
import { Authenticator } from '../support/authenticator.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { clientOf, IdentityProvider, type Claims } from '../support/identity-provider.ts'

let provider: IdentityProvider
let brook: Brook
/** Of a Brook into which the provider lets whoever it knows. */
let house: Brook
const addresses = () => [brook, house].map(({ servers }) => `${servers[0]?.address}/api/oidc/callback`)

beforeAll(async () => {
  provider = await IdentityProvider.start(addresses)
  const oidc = { ...clientOf, name: 'Northwind', adminGroup: 'keepers' }
  // A slash too many.
  brook = await Brook.start({ oidc: { ...oidc, issuer: `${provider.issuer}/`, signUp: false } })
  house = await Brook.start({ oidc: { ...oidc, issuer: provider.issuer, signUp: true } })
})
afterAll(async () => {
  await brook.stop()
  await house.stop()
  await provider.stop()
})
beforeEach(() => {
  provider.isAway = false
})

const password = 'nine tall green trees'
let count = 0
const at = (where: Brook, name = 'browser') => new Client(where.servers[0]?.address ?? '', name)
const fresh = (): string => `subject ${(count += 1)}`

/** The path to which Brook sends a browser in the end. */
async function comes(client: Client, subject: string, claims: Claims = {}, query = ''): Promise<string> {
  provider.people.set(subject, claims)
  return comesBack(client, await provider.signsIn(subject, await starts(client, query)))
}
async function starts(client: Client, query = ''): Promise<string> {
  const start = await client.ask('GET', `/api/oidc/start${query}`)
  expect(start.status).toBe(302)
  return start.headers.get('location') ?? ''
}
async function comesBack(client: Client, url: string): Promise<string> {
  const back = await client.ask('GET', url.slice(client.address.length))
  expect(back.status).toBe(302)
  return back.headers.get('location') ?? ''
}
/** Before a door: asked whether they have an account, they say that they are new. */
async function comesAsNew(subject: string, query = ''): Promise<string | number> {
  const client = at(brook)
  const [, ticket = ''] = /^\/choose#([\w-]{22})$/.exec(await comes(client, subject, {}, query)) ?? []
  const answers = [0, 1].map(() => client.ask('POST', '/api/oidc/person', { ticket }))
  const [one, other] = await Promise.all(answers)
  expect(one?.code).toBe(other?.code)
  return one?.code ?? 200
}
async function signsUp(where: Brook, name: string): Promise<Client> {
  const client = at(where, name)
  expect((await client.ask('POST', '/api/users', { name, password })).status).toBe(201)
  return client
}

test('the workspace says by which ways people sign in', async () => {
  const { body } = await at(brook).ask<WorkspaceSeen>('GET', '/api/workspace')
  expect(body.signIn).toEqual([
    { kind: 'password', name: 'Password' },
    { kind: 'oidc', name: 'Northwind', url: '/api/oidc/start' },
  ])
})

test('somebody new is a member under the name that the provider knows, and the same person the next time', async () => {
  const client = at(brook)
  const subject = fresh()
  expect(await comes(client, subject, { preferred_username: 'ann' })).toBe('/')
  const ann = await client.me()
  expect(ann).toMatchObject({ name: 'ann', guest: false, admin: false })
  expect((await client.ask('GET', '/api/rooms')).status).toBe(200)
  expect((await client.ask('GET', '/api/security')).body).toMatchObject({
    hasPassword: false,
    provider: { name: 'Northwind', isConnected: true },
  })
  const phone = at(brook)
  expect(await comes(phone, subject, { preferred_username: 'renamed' })).toBe('/')
  expect(await phone.me()).toEqual(ann)
  // Nobody signs in as them with a password that they do not have.
  for (const typed of ['', 'any', password])
    expect((await at(brook).ask('POST', '/api/session', { name: 'ann', password: typed })).code).toBe(
      'wrong_password',
    )
})

test('a name that is taken by somebody without a password gets a number; one that cannot be used is left out', async () => {
  const names = async (claims: Claims) => {
    const client = at(brook)
    expect(await comes(client, fresh(), claims)).toBe('/')
    return (await client.me()).name
  }
  const same = { preferred_username: 'bob@example.org' }
  expect([await names(same), await names(same), await names(same)]).toEqual(['bob', 'bob 2', 'bob 3'])
  expect(await names({ preferred_username: '\u202E', name: 'Bo Li' })).toBe('Bo Li')
  expect(await names({ email: 'cho@example.org' })).toBe('cho')
  expect(await names({ name: 'x'.repeat(80) })).toBe('x'.repeat(32))
  expect(await names({})).toBe('Member')
})

test('whoever has an account of this name connects it by its password, or comes in as somebody new', async () => {
  await signsUp(brook, 'dia')
  const subject = fresh()
  const client = at(brook)
  const page = await comes(client, subject, { preferred_username: 'Dia' })
  const [, ticket = ''] = /^\/choose#([\w-]{22})$/.exec(page) ?? []
  await expect(client.me()).rejects.toThrow('nobody')
  const connect = (typed: string) =>
    client.ask('POST', '/api/oidc/account', { ticket, name: 'dia', password: typed })
  expect((await connect('wrong')).code).toBe('wrong_password')
  expect((await connect(password)).status).toBe(200)
  expect((await connect(password)).code).toBe('ticket_over')
  const phone = at(brook)
  expect(await comes(phone, subject, { preferred_username: 'Dia' })).toBe('/')
  expect(await phone.me()).toMatchObject({ name: 'dia' })

  const other = at(brook)
  const [, code = ''] = /^\/choose#([\w-]{22})$/.exec(await comes(other, fresh(), { name: 'dia' })) ?? []
  expect((await other.ask('POST', '/api/oidc/person', { ticket: code })).status).toBe(201)
  expect(await other.me()).toMatchObject({ name: 'dia 2', guest: false })
  expect((await other.ask('POST', '/api/oidc/person', { ticket: code })).code).toBe('ticket_over')
})

test('somebody who is in connects and disconnects it with their password', async () => {
  const eve = await signsUp(brook, 'eve')
  const subject = fresh()
  provider.people.set(subject, { name: 'someone else' })
  const begin = (typed: string) =>
    eve.ask<{ url: string }>('POST', '/api/security/provider', { password: typed })
  // The cookie of the session and that of the sign-in are two.
  const session = eve.cookie
  expect((await begin('wrong')).code).toBe('wrong_password')
  const { url } = (await begin(password)).body
  const back = await provider.signsIn(subject, url)
  const both = await fetch(back, { redirect: 'manual', headers: { cookie: `${session}; ${eve.cookie}` } })
  expect(both.headers.get('location')).toBe('/security')
  const phone = at(brook)
  expect(await comes(phone, subject)).toBe('/')
  expect(await phone.me()).toMatchObject({ name: 'eve' })
  // It is theirs: nobody else connects it.
  const eva = await signsUp(brook, 'eva')
  const own = eva.cookie
  const began = await eva.ask<{ url: string }>('POST', '/api/security/provider', { password })
  const returned = await provider.signsIn(subject, began.body.url)
  const taken = await fetch(returned, { redirect: 'manual', headers: { cookie: `${own}; ${eva.cookie}` } })
  expect(taken.headers.get('location')).toBe('/oidc#oidc_taken')
  expect((await phone.ask('DELETE', '/api/security/provider', { password: 'wrong' })).code).toBe(
    'wrong_password',
  )
  expect((await phone.ask('DELETE', '/api/security/provider', { password })).status).toBe(204)
  expect(await comes(at(brook), subject, { name: 'fresh eve' })).toBe('/')
})

test('it goes through the same doors as everybody, unless the settings say that whoever it knows may come in', async () => {
  const root = await signsUp(brook, 'root')
  await brook.makesAdmin({ user: await root.me() })
  await root.ask('PATCH', '/api/workspace', { signUp: 'invite', guests: false })
  const { body } = await root.ask<{ invite: { code: string } }>('POST', '/api/invites', { uses: 1 })
  const { code } = body.invite
  expect(await comesAsNew(fresh())).toBe('invite_needed')
  const invited = at(brook)
  expect(await comes(invited, fresh(), { name: 'fay' }, `?invite=${code}`)).toBe('/')
  expect(await invited.me()).toMatchObject({ name: 'fay' })
  expect(await comesAsNew(fresh(), `?invite=${code}`)).toBe('invite_over')
  await root.ask('PATCH', '/api/workspace', { signUp: 'closed' })
  expect(await comesAsNew(fresh())).toBe('sign_up_closed')
  // Whose name is taken learns no more than whose is not; whoever has an account connects it.
  const asked = async (name: string) => (await comes(at(brook), fresh(), { name })).replace(/#.*/, '')
  expect([await asked('root'), await asked('nobody has this')]).toEqual(['/choose', '/choose'])
  await root.ask('PATCH', '/api/workspace', { signUp: 'open' })

  const host = await signsUp(house, 'root')
  await house.makesAdmin({ user: await host.me() })
  await host.ask('PATCH', '/api/workspace', { signUp: 'closed' })
  const allowed = at(house)
  expect(await comes(allowed, fresh(), { name: 'gus' })).toBe('/')
  expect(await allowed.me()).toMatchObject({ name: 'gus', guest: false })
})

test('members of the group are administrators, for as long as they are in it', async () => {
  const subject = fresh()
  const seen = async (groups: string[]) => {
    const client = at(brook)
    expect(await comes(client, subject, { name: 'hal', groups })).toBe('/')
    return (await client.me()).admin
  }
  expect(await seen(['cooks', 'keepers'])).toBe(true)
  expect(await seen(['cooks'])).toBe(false)
  expect(await seen(['keepers'])).toBe(true)
  const hal = at(brook)
  await comes(hal, subject, { name: 'hal', groups: ['keepers'] })
  const { entries } = (await hal.ask<AuditAnswer>('GET', '/api/admin/audit')).body
  const changes = entries.filter(({ kind }) => kind.startsWith('admin_'))
  expect(changes).toMatchObject(
    ['admin_made', 'admin_unmade', 'admin_made'].map((kind) => {
      return { kind, by: null, address: '127.0.0.1', about: { person: { name: 'hal' }, reason: 'keepers' } }
    }),
  )
  // Who was made one here stays one.
  const own = fresh()
  expect(await comes(at(brook), own, { name: 'ida' })).toBe('/')
  await brook.db.run("UPDATE users SET is_admin = 1 WHERE name = 'ida'")
  const client = at(brook)
  expect(await comes(client, own, { name: 'ida', groups: [] })).toBe('/')
  expect((await client.me()).admin).toBe(true)
})

test('a second factor here is asked for here, and set up without a password by whoever came just now', async () => {
  const client = at(brook)
  const subject = fresh()
  expect(await comes(client, subject, { name: 'joe' })).toBe('/')
  await brook.db.run(
    'UPDATE sessions SET created_at = ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
    [new Date(Date.now() - 60 * 60_000), 'joe'],
  )
  expect((await client.ask('POST', '/api/security/totp', { password: '' })).code).toBe('sign_in_again')
  expect((await client.ask('PUT', '/api/session/password', { password })).code).toBe('sign_in_again')
  expect(await comes(client, subject)).toBe('/')
  const { ticket, secret } = (await client.ask<TotpAnswer>('POST', '/api/security/totp', { password: '' }))
    .body
  const app = new Authenticator(secret)
  expect((await client.ask('PUT', '/api/security/totp', { ticket, code: app.next() })).status).toBe(200)
  const phone = at(brook)
  const [, second = ''] = /^\/second#([\w-]{22})$/.exec(await comes(phone, subject)) ?? []
  await expect(phone.me()).rejects.toThrow('nobody')
  const body = { ticket: second, code: app.next() }
  expect((await phone.ask('POST', '/api/session/second-factor', body)).status).toBe(200)
  expect(await phone.me()).toMatchObject({ name: 'joe' })
})

test('what was not begun in this browser, or is changed on the way, leads to nobody', async () => {
  const subject = fresh()
  provider.people.set(subject, {})
  const client = at(brook)
  const back = new URL(await provider.signsIn(subject, await starts(client)))
  expect(await comesBack(at(brook), back.href)).toBe('/oidc#ticket_over')
  const changed = async (name: string, value: string) => {
    const other = at(brook)
    const url = new URL(await provider.signsIn(subject, await starts(other)))
    url.searchParams.set(name, value)
    return comesBack(other, url.href)
  }
  expect(await changed('state', 'another')).toBe('/oidc#oidc_failed')
  expect(await changed('code', 'another')).toBe('/oidc#oidc_failed')
  expect(await changed('iss', 'http://127.0.0.1:1')).toBe('/oidc#oidc_failed')
  // The nonce is in what the provider signs.
  const other = at(brook)
  const start = new URL(await starts(other))
  start.searchParams.set('nonce', 'another')
  expect(await comesBack(other, await provider.signsIn(subject, start.href))).toBe('/oidc#oidc_failed')
  // A code is good once, and so is the cookie.
  expect(await comesBack(client, back.href)).toBe('/')
  expect(await comesBack(client, back.href)).toBe('/oidc#ticket_over')
})

test('while the provider is away, a page says so, and passwords are good', async () => {
  const cold = await Brook.start({
    oidc: { ...clientOf, issuer: provider.issuer, name: 'Northwind', signUp: false, adminGroup: undefined },
  })
  provider.isAway = true
  expect((await at(cold).ask('GET', '/api/oidc/start')).headers.get('location')).toBe('/oidc#oidc_away')
  await signsUp(cold, 'kim')
  expect((await at(cold).ask('POST', '/api/session', { name: 'kim', password })).status).toBe(200)
  // It is asked again the next time.
  provider.isAway = false
  expect(new URL((await at(cold).ask('GET', '/api/oidc/start')).headers.get('location') ?? '').origin).toBe(
    new URL(provider.issuer).origin,
  )
  await cold.stop()
})

test('a slash at the end of the issuer is no matter, also behind a path', async () => {
  for (const end of ['', '/']) {
    const realm = await IdentityProvider.start(
      () => [`${slashed.servers[0]?.address}/api/oidc/callback`],
      '/realms/one',
    )
    const oidc = {
      ...clientOf,
      issuer: realm.issuer + end,
      name: 'Northwind',
      signUp: false,
      adminGroup: undefined,
    }
    const slashed = await Brook.start({ oidc })
    const client = at(slashed)
    realm.people.set('mia', { name: 'mia' })
    expect(await comesBack(client, await realm.signsIn('mia', await starts(client)))).toBe('/')
    expect(await client.me()).toMatchObject({ name: 'mia' })
    await slashed.stop()
    await realm.stop()
  }
})

test('without a provider its routes are not there', async () => {
  const plain = await Brook.start()
  const client = await signsUp(plain, 'lea')
  const asked = [
    await client.ask('GET', '/api/oidc/start'),
    await client.ask('POST', '/api/oidc/account', { ticket: 'x', name: 'x', password: 'x' }),
    await client.ask('POST', '/api/security/provider', { password }),
  ]
  expect(asked.map(({ status }) => status)).toEqual([404, 404, 404])
  expect((await client.ask('GET', '/api/security')).body).toMatchObject({ provider: null })
  await plain.stop()
})
