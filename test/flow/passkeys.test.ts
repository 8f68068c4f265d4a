// Passkeys: adding, naming and removing them, signing in with one alone or as the second step, and what is refused.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import type {
  Passkey,
  PasskeyAnswer,
  PasskeyOptionsAnswer,
  WaysAnswer,
} from '../../server/protocol/passkeys.ts'
import type { SecurityAnswer } from '../../server/protocol/security.ts'
import { Brook } from '../support/brook.ts'
import { Client, type ClientAnswer } from '../support/client.ts'
import { SoftPasskey, type Signing } from '../support/soft-passkey.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

const password = 'nine tall green trees'
let count = 0

/** No browser makes a passkey for an IP address. `server`: which of the two. */
const address = (server = 0, host = 'localhost') =>
  (brook.servers[server]?.address ?? '').replace('127.0.0.1', host) as `http://${string}`

async function signsUp(name = `person ${(count += 1)}`): Promise<Client> {
  const client = new Client(address(), name)
  expect((await client.ask('POST', '/api/users', { name, password })).status).toBe(201)
  return client
}

const begins = (client: Client) =>
  client.ask<PasskeyOptionsAnswer>('POST', '/api/security/passkeys/options', { password })

async function adds(client: Client, key = new SoftPasskey(), name = 'My laptop') {
  const { ticket, options } = (await begins(client)).body
  const made = key.makes(options, { origin: client.address })
  const added = await client.ask<PasskeyAnswer>('POST', '/api/security/passkeys', { ticket, name, made })
  return { key, added }
}

/** What a passkey answers to a new question, and what comes of it. */
async function signsIn(
  key: SoftPasskey,
  { step, server = 0, ...signing }: Partial<Signing> & { step?: string; server?: number } = {},
): Promise<ClientAnswer<{ user: { name: string } }> & { client: Client; body: { user: { name: string } } }> {
  const client = new Client(address(server), '')
  const body = step === undefined ? {} : { ticket: step }
  const begun = await client.ask<PasskeyOptionsAnswer>('POST', '/api/session/passkey/options', body)
  expect(begun.status).toBe(200)
  const used = key.signs(begun.body.options, { origin: client.address, ...signing })
  const answer = await client.ask<{ user: { name: string } }>('POST', '/api/session/passkey', {
    ticket: begun.body.ticket,
    used,
  })
  return { ...answer, client }
}

/** Their password was right; the ticket for the second step. */
async function types(name: string): Promise<string> {
  const answer = await new Client(address(), name).ask<{ error: { ticket: string } }>(
    'POST',
    '/api/session',
    {
      name,
      password,
    },
  )
  expect(answer.code).toBe('second_factor_needed')
  return answer.body.error.ticket
}

const passkeysOf = async (client: Client): Promise<Passkey[]> =>
  (await client.ask<SecurityAnswer>('GET', '/api/security')).body.passkeys

test('somebody adds a passkey after their password, and signs in with it alone, on any server', async () => {
  const ann = await signsUp()
  const phone = new Client(address(), ann.name)
  await phone.ask('POST', '/api/session', { name: ann.name, password })
  const wrong = await ann.ask('POST', '/api/security/passkeys/options', { password: 'not this one' })
  expect(wrong.code).toBe('wrong_password')
  const before = ann.cookie
  const { key, added } = await adds(ann)
  expect([added.status, added.body.recoveryCodes?.length]).toEqual([201, limits.identity.recoveryCodes])
  // The token that was there before is good no more, nor are other sessions.
  expect(ann.cookie).not.toBe(before)
  expect((await phone.ask('GET', '/api/rooms')).status).toBe(401)
  expect(await passkeysOf(ann)).toMatchObject([{ name: 'My laptop', usedAt: null, here: true }])
  const came = await signsIn(key)
  expect([came.status, came.body.user.name]).toEqual([200, ann.name])
  expect((await signsIn(key, { server: 1 })).status, 'where it was not begun').toBe(200)
  expect((await passkeysOf(came.client))[0]?.usedAt).toBeGreaterThan(0)
  const kinds = await brook.db.rows<{ kind: string }>(
    'SELECT kind FROM audit WHERE by_name = ? ORDER BY seq',
    [ann.name],
  )
  expect(kinds.map(({ kind }) => kind)).toEqual([
    'signed_up',
    'signed_in',
    'passkey_added',
    'signed_in',
    'signed_in',
  ])
})

test('the question of one server is answered at another', async () => {
  const { key } = await adds(await signsUp())
  const client = new Client(address(0), '')
  const begun = await client.ask<PasskeyOptionsAnswer>('POST', '/api/session/passkey/options', {})
  const other = new Client(address(1), '')
  const used = key.signs(begun.body.options, { origin: other.address })
  const came = await other.ask('POST', '/api/session/passkey', { ticket: begun.body.ticket, used })
  expect(came.status).toBe(200)
})

test('it is the second step after a password; without an app no code is asked for', async () => {
  const ann = await signsUp()
  const { key } = await adds(ann)
  const other = await adds(await signsUp())
  const step = await types(ann.name)
  const ways = await ann.ask<WaysAnswer>('POST', '/api/session/second-factor/ways', { ticket: step })
  expect(ways.body).toEqual({ app: false, passkey: true })
  // Somebody else's is not theirs.
  const stranger = await signsIn(other.key, { step })
  expect([stranger.status, stranger.code]).toEqual([401, 'passkey_failed'])
  expect((await signsIn(key, { step })).body.user.name).toBe(ann.name)
  // The password has to be typed again for another time.
  const again = await ann.ask('POST', '/api/session/passkey/options', { ticket: step })
  expect([again.status, again.code]).toEqual([410, 'ticket_over'])
})

test('a recovery code is there for a lost device, and goes with the last passkey', async () => {
  const ann = await signsUp()
  const first = await adds(ann)
  const second = await adds(ann, new SoftPasskey(), 'My phone')
  expect(second.added.body.recoveryCodes).toBeUndefined()
  const [code = ''] = first.added.body.recoveryCodes ?? []
  const lost = new Client(address(), ann.name)
  const ticket = await types(ann.name)
  expect((await lost.ask('POST', '/api/session/second-factor', { ticket, code })).status).toBe(200)
  for (const { id } of await passkeysOf(ann))
    expect((await ann.ask('DELETE', `/api/security/passkeys/${id}`, { password })).status).toBe(204)
  const answer = await ann.ask<SecurityAnswer>('GET', '/api/security')
  expect(answer.body).toMatchObject({ passkeys: [], recoveryCodes: 0 })
  expect((await lost.ask('POST', '/api/session', { name: ann.name, password })).status).toBe(200)
})

test('what a device has answered is good once, for some minutes, and for its question alone', async () => {
  const ann = await signsUp()
  const { key } = await adds(ann)
  const client = new Client(address(), '')
  const ask = async () =>
    (await client.ask<PasskeyOptionsAnswer>('POST', '/api/session/passkey/options', {})).body
  const send = async (ticket: string, used: object) => {
    const answer = await client.ask('POST', '/api/session/passkey', { ticket, used })
    return answer.code ?? answer.status
  }
  const origin = client.address
  const first = await ask()
  const used = key.signs(first.options, { origin })
  expect(await send(first.ticket, used)).toBe(200)
  expect(await send(first.ticket, used), 'a replay').toBe('ticket_over')
  expect(await send((await ask()).ticket, used), 'for another question').toBe('passkey_failed')
  const late = await ask()
  await brook.db.run("UPDATE identity_tickets SET expires_at = ? WHERE kind = 'passkey'", [
    new Date(Date.now() - 1),
  ])
  expect(await send(late.ticket, key.signs(late.options, { origin }))).toBe('ticket_over')
  // Of many at once one is let in.
  const crowd = await ask()
  const same = key.signs(crowd.options, { origin })
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(crowd.ticket, same)))
  expect(answers.filter((answer) => answer === 200)).toHaveLength(1)
})

test('the page of another site, a device that did not look, and a copied key are refused', async () => {
  const ann = await signsUp()
  const { key } = await adds(ann)
  const failed = async (signing: Partial<Signing>) => (await signsIn(key, signing)).code
  expect(await failed({ origin: 'http://evil.localhost' })).toBe('passkey_failed')
  expect(await failed({ origin: 'https://chat.example' })).toBe('passkey_failed')
  expect(await failed({ isUnverified: true })).toBe('passkey_failed')
  expect((await signsIn(key, { counter: 7 })).status).toBe(200)
  expect(await failed({ counter: 7 })).toBe('passkey_failed')
  expect(await failed({ counter: 3 })).toBe('passkey_failed')
  expect((await signsIn(key, { counter: 8 })).status).toBe(200)
  const noted = await brook.db.rows<{ about: string }>(
    "SELECT about FROM audit WHERE kind = 'sign_in_failed'",
  )
  expect(noted.filter(({ about }) => about.includes(`"${ann.name}"`)).length).toBe(5)
  // Nor is one added.
  const { ticket, options } = (await begins(ann)).body
  const made = new SoftPasskey().makes(options, { origin: 'http://evil.localhost' })
  const body = { ticket, name: 'Mine', made }
  expect((await ann.ask('POST', '/api/security/passkeys', body)).code).toBe('passkey_failed')
  expect((await ann.ask('POST', '/api/security/passkeys', body)).code).toBe('ticket_over')
})

test('a passkey that was removed signs nobody in, not even where it was already asked for', async () => {
  const ann = await signsUp()
  const { key, added } = await adds(ann)
  const client = new Client(address(), '')
  const step = await types(ann.name)
  const begun = await client.ask<PasskeyOptionsAnswer>('POST', '/api/session/passkey/options', {
    ticket: step,
  })
  const path = `/api/security/passkeys/${added.body.passkey.id}`
  expect((await ann.ask('DELETE', path, { password: 'not this one' })).code).toBe('wrong_password')
  expect((await (await signsUp()).ask('DELETE', path, { password })).code).toBe('not_found')
  expect((await ann.ask('DELETE', path, { password })).status).toBe(204)
  expect((await ann.ask('DELETE', path, { password })).code).toBe('not_found')
  const used = key.signs(begun.body.options, { origin: client.address })
  const late = await client.ask('POST', '/api/session/passkey', { ticket: begun.body.ticket, used })
  expect(late.code).toBe('ticket_over')
  expect((await signsIn(key)).code).toBe('passkey_unknown')
  const unknown = await signsIn(new SoftPasskey())
  expect([unknown.status, unknown.code]).toEqual([401, 'passkey_unknown'])
})

test('each has a name that its owner changes', async () => {
  const ann = await signsUp()
  const { added } = await adds(ann)
  const path = `/api/security/passkeys/${added.body.passkey.id}`
  expect((await ann.ask('PATCH', path, { name: '  Blue   phone ' })).status).toBe(204)
  expect((await ann.ask('PATCH', path, { name: 'Blue phone' })).status).toBe(204)
  expect((await passkeysOf(ann))[0]?.name).toBe('Blue phone')
  expect((await ann.ask('PATCH', path, { name: '\u202e' })).code).toBe('bad_name')
  expect((await (await signsUp()).ask('PATCH', path, { name: 'Mine' })).code).toBe('not_found')
})

test('nobody has one twice, or more than so many, or adds what somebody else has begun', async () => {
  const [ann, bob] = [await signsUp(), await signsUp()]
  const { key } = await adds(ann)
  expect((await adds(bob, key)).added.code).toBe('passkey_known')
  const begun = (await begins(ann)).body
  const made = new SoftPasskey().makes(begun.options, { origin: ann.address })
  const stolen = { ticket: begun.ticket, name: 'Mine', made }
  expect((await bob.ask('POST', '/api/security/passkeys', stolen)).code).toBe('ticket_over')
  for (let n = 1; n < limits.identity.passkeys; n += 1) expect((await adds(ann)).added.status).toBe(201)
  expect((await adds(ann)).added.code).toBe('too_many_passkeys')
})

test('it belongs to the name under which it was made, and an address has none', async () => {
  const ann = await signsUp()
  const { key } = await adds(ann)
  const { id } = await ann.me()
  await brook.db.run("UPDATE passkeys SET rp_id = 'chat.example' WHERE user_id = ?", [BigInt(id)])
  expect((await signsIn(key)).code).toBe('passkey_unknown')
  const ticket = await types(ann.name)
  const ways = await ann.ask<WaysAnswer>('POST', '/api/session/second-factor/ways', { ticket })
  expect(ways.body).toEqual({ app: false, passkey: false })
  expect((await ann.ask('POST', '/api/session/passkey/options', { ticket })).code).toBe('passkey_unknown')
  expect((await passkeysOf(ann))[0]?.here).toBe(false)
  const byAddress = new Client(address(0, '127.0.0.1'), '')
  expect((await byAddress.ask('POST', '/api/session/passkey/options', {})).code).toBe('no_passkeys_here')
})

test('an administrator who needs a second factor has one with a passkey, and loses it with the last', async () => {
  const root = await signsUp()
  await brook.makesAdmin({ user: await root.me() } as Parameters<Brook['makesAdmin']>[0])
  const require = (is: boolean) => root.ask('PUT', '/api/admin/security', { adminsNeedFactor: is })
  expect((await require(true)).code).toBe('no_second_factor')
  const { key, added } = await adds(root)
  expect((await require(true)).status).toBe(200)
  const { ended } = await root.connects()
  const { id } = added.body.passkey
  expect((await root.ask('DELETE', `/api/security/passkeys/${id}`, { password })).status).toBe(204)
  expect(await ended).toBe(4501)
  expect((await root.ask('GET', '/api/rooms')).code).toBe('second_factor_required')
  expect((await signsIn(key)).code).toBe('passkey_unknown')
  expect((await adds(root)).added.status, 'and can set one up again').toBe(201)
  expect((await root.ask('GET', '/api/rooms')).status).toBe(200)
  expect((await require(false)).status).toBe(200)
})

test('whoever is banned is told so, and only after their passkey was right', async () => {
  const [root, eve] = [await signsUp(), await signsUp()]
  const { user } = { user: await eve.me() }
  const { key } = await adds(eve)
  await brook.makesAdmin({ user: await root.me() } as Parameters<Brook['makesAdmin']>[0])
  expect((await root.ask('POST', '/api/admin/bans', { user: user.id, reason: 'Too loud' })).status).toBe(201)
  expect((await signsIn(key)).code).toBe('banned')
  expect((await signsIn(key, { isUnverified: true })).code).toBe('passkey_failed')
})

test('from a banned address an administrator comes in with a passkey, and nobody else does', async () => {
  class Behind extends Client {
    override headers() {
      return { 'x-forwarded-for': '203.0.113.9' }
    }
  }
  const [root, eve] = [await signsUp(), await signsUp()]
  const keys = [(await adds(root)).key, (await adds(eve)).key]
  await brook.makesAdmin({ user: await root.me() } as Parameters<Brook['makesAdmin']>[0])
  const made = await root.ask<{ ban: { id: string } }>('POST', '/api/admin/bans', {
    address: '203.0.113.0/24',
  })
  expect(made.status).toBe(201)
  const comes = async (key: SoftPasskey) => {
    const client = new Behind(address(), '')
    const begun = await client.ask<PasskeyOptionsAnswer>('POST', '/api/session/passkey/options', {})
    const used = key.signs(begun.body.options, { origin: client.address })
    const { ticket } = begun.body
    const answer = await client.ask('POST', '/api/session/passkey', { ticket, used })
    return [answer.code ?? answer.status, (await client.ask('GET', '/api/rooms')).code]
  }
  expect(await Promise.all(keys.map((key) => key && comes(key)))).toEqual([
    [200, undefined],
    ['banned', 'banned'],
  ])
  expect((await root.ask('DELETE', `/api/admin/bans/${made.body.ban.id}`)).status).toBe(204)
})

test('with an account, its passkeys end', async () => {
  const ann = await signsUp()
  const { key } = await adds(ann)
  expect((await ann.ask('DELETE', '/api/me', { messages: 'keep', password })).status).toBe(204)
  expect((await signsIn(key)).code).toBe('passkey_unknown')
})
