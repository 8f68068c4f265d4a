// Signing in by a directory: a real one. Who comes in as whom, and what happens when something is wrong with it.
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LdapConfig } from '../../server/config-ldap.ts'
import { Ldap } from '../../server/identity/ldap.ts'
import { limits } from '../../server/protocol/limits.ts'
import { rates } from '../../server/protocol/rates.ts'
import type { WorkspaceSeen } from '../../server/protocol/workspace.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { Directory, base, reader } from '../support/directory.ts'

let directory: Directory
let brook: Brook
beforeAll(async () => {
  directory = await Directory.start()
  brook = await Brook.start({ ldap: directory.config() })
  await brook.serve()
})
afterAll(async () => {
  await brook.stop()
  await directory.stop()
})

const secret = 'tall hats for geese'
const password = 'nine tall green trees'
const browser = () => new Client(brook.servers[0]?.address ?? '', 'browser')
interface Came {
  user?: { id: string; name: string; admin: boolean }
  choose?: string
}
async function signsIn(name: string, typed = secret) {
  const client = browser()
  return { client, ...(await client.ask<Came>('POST', '/api/ldap', { name, password: typed })) }
}
/** By the directory itself, without Brook. */
const asks = (more: Partial<LdapConfig>, name = 'gerda', typed = secret) => {
  const said: string[] = []
  const ldap = new Ldap(directory.config(more), (error) => said.push((error as Error).message))
  return ldap.check(name, typed).then((answer) => ({ answer, said }))
}

test('the workspace says so; whoever is new is a member, and the same person the next time, whatever they are called then', async () => {
  const { body } = await browser().ask<WorkspaceSeen>('GET', '/api/workspace')
  expect(body.signIn.at(-1)).toEqual({ kind: 'ldap', name: 'Northwind', url: '/ldap' })
  const dn = await directory.employs('ann', secret)
  const first = await signsIn('ann')
  expect([first.status, first.body.user]).toMatchObject([200, { name: 'ann', admin: false }])
  expect(await first.client.me()).toMatchObject({ name: 'ann', guest: false })
  await directory.renames(dn, 'ann-marie')
  const again = await signsIn('ann-marie')
  expect(again.body.user).toEqual(first.body.user)
  expect((await signsIn('ann')).code).toBe('wrong_password')
  const [row] = await brook.db.rows<{ password_hash: string | null }>(
    'SELECT password_hash FROM users WHERE id = ?',
    [BigInt(first.body.user?.id ?? 0)],
  )
  expect(row).toEqual({ password_hash: null })
})

test('nobody comes in with a wrong password, with none, or with a name that says more than a name', async () => {
  await directory.employs('bo(b)*', secret)
  for (const [name, typed] of [
    ['bo(b)*', 'wrong'],
    ['bo(b)*', ''],
    ['nobody', secret],
    ['', secret],
    ['*', secret],
    ['bo*', secret],
    ['x)(uid=*', secret],
    ['bo\\28b\\29*', secret],
    ['bo(b)*\u0000', secret],
  ] as const)
    expect((await signsIn(name, typed)).code, name).toBe('wrong_password')
  expect((await signsIn('bo(b)*')).status).toBe(200)
  // Two with one name: nobody knows who it is.
  await directory.employs('twin', secret)
  await directory.employs('twin', secret)
  expect((await signsIn('twin')).code).toBe('wrong_password')
})

test('an account here is connected by its password alone; whoever does not have it is somebody new', async () => {
  const carl = browser()
  expect((await carl.ask('POST', '/api/users', { name: 'carl', password })).status).toBe(201)
  const { id } = await carl.me()
  await directory.employs('carl', secret)
  const { client, status, body } = await signsIn('carl')
  expect(status).toBe(202)
  const ticket = body.choose ?? ''
  const connects = (typed: string) =>
    client.ask<Came>('POST', '/api/oidc/account', { ticket, name: 'carl', password: typed })
  expect((await connects(secret)).code).toBe('wrong_password')
  // Only in the browser that has begun.
  expect((await browser().ask('POST', '/api/oidc/person', { ticket })).code).toBe('ticket_over')
  expect((await connects(password)).body.user?.id).toBe(id)
  expect((await signsIn('carl')).body.user?.id).toBe(id)

  await directory.employs('carla', secret)
  await browser().ask('POST', '/api/users', { name: 'carla', password })
  const other = await signsIn('carla')
  const made = await other.client.ask<Came>('POST', '/api/oidc/person', { ticket: other.body.choose })
  expect(made.body.user?.name).toBe('carla 2')
})

test('the members of a group are administrators, and no longer once they are not; a ban keeps them out', async () => {
  const dora = await directory.employs('dora', secret)
  await directory.groups('keepers', dora)
  expect((await signsIn('dora')).body.user).toMatchObject({ admin: true })
  const root = await brook.enter('Root')
  await brook.makesAdmin(root)
  await directory.disbands('keepers')
  const { body } = await signsIn('dora')
  expect(body.user).toMatchObject({ admin: false })
  expect(await root.tries('POST', '/api/admin/bans', { user: body.user?.id })).toBe(201)
  expect((await signsIn('dora')).code).toBe('banned')
})

test('a name that looks like somebody else’s is not given', async () => {
  await browser().ask('POST', '/api/users', { name: 'Paul', password })
  await directory.employs('PauI', secret)
  expect((await signsIn('PauI')).body.user?.name).toBe('PauI 2')
})

test('wrong passwords are counted: then nothing is asked of the directory', async () => {
  await directory.employs('emil', secret)
  const paced = await Brook.start({ ldap: directory.config(), pacing: true })
  await paced.serve()
  const client = new Client(paced.servers[0]?.address ?? '', 'browser')
  const tries = async (typed: string) =>
    (await client.ask('POST', '/api/ldap', { name: 'emil', password: typed })).code
  for (let n = 0; n < rates.signInAccount.burst; n += 1)
    expect(await tries(`wrong ${n}`)).toBe('wrong_password')
  expect(await tries(secret)).toBe('too_many')
  await paced.stop()
})

test('encrypted from the beginning or by StartTLS, with a certificate of a known authority alone', async () => {
  await directory.employs('gerda', secret)
  const ca = path.join(directory.folder, 'cert.pem')
  const tls = { url: `ldaps://localhost:${directory.ports.tls}` }
  const startTls = { url: `ldap://localhost:${directory.ports.plain}`, startTls: true }
  for (const way of [tls, startTls]) {
    expect((await asks({ ...way, ca })).answer).toMatchObject({ names: ['gerda', 'of Northwind'] })
    const unknown = await asks(way)
    expect(unknown.answer).toEqual({ code: 'oidc_failed' })
    expect(unknown.said[0]).toMatch(/self.signed certificate|unable to verify/i)
  }
  // The certificate names another host.
  const elsewhere = await asks({ url: `ldaps://127.0.0.1:${directory.ports.tls}`, ca })
  expect(elsewhere.answer).toEqual({ code: 'oidc_failed' })
})

test('what is wrong with the settings is no wrong password', async () => {
  expect((await asks({ reader: { dn: reader.dn, password: 'other' } })).answer).toEqual({
    code: 'oidc_failed',
  })
  const lacking = await asks({ idAttribute: 'displayName' })
  expect([lacking.answer, lacking.said[0]]).toEqual([
    { code: 'oidc_failed' },
    expect.stringContaining('set LDAP_ID'),
  ])
  expect((await asks({ base: `ou=nowhere,${base}` })).answer).toBeUndefined()
})

test('a directory that is away, or silent, says so within its deadline, and is there again', async () => {
  await directory.employs('fay', secret)
  directory.process.pause()
  const began = performance.now()
  expect((await signsIn('fay')).code).toBe('oidc_away')
  expect(performance.now() - began).toBeLessThan(limits.identity.ldap.timeoutMs + 2_000)
  directory.process.resume()
  expect((await signsIn('fay')).status).toBe(200)
  await directory.process.kill()
  expect((await signsIn('fay')).code).toBe('oidc_away')
  await directory.process.start()
  expect((await signsIn('fay')).status).toBe(200)
})
