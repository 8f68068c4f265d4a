// A phone signs in by a code on a screen: opened once, confirmed by the screen, on two servers; and the names of devices.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type {
  DeviceEnterAnswer,
  DeviceLinkAnswer,
  DeviceLinkState,
  DeviceOpenAnswer,
} from '../../server/protocol/devices.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { SessionSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())
beforeEach(() => brook.db.run('DELETE FROM device_links'))

const password = 'nine tall green trees'
let count = 0
const at = (server = 0, name = '') => new Client(brook.servers[server]?.address ?? '', name)

async function signsUp(): Promise<Client> {
  const client = at(0, `person ${(count += 1)}`)
  expect((await client.ask('POST', '/api/users', { name: client.name, password })).status).toBe(201)
  return client
}

async function shows(screen: Client) {
  const { status, body } = await screen.ask<DeviceLinkAnswer>('POST', '/api/device-links')
  expect(status).toBe(201)
  const [, code = ''] = /\/device#([\w-]{22})$/.exec(body.url) ?? []
  return { ...body, code, path: `/api/device-links/${body.id}` }
}
const opens = (phone: Client, code: string) =>
  phone.ask<DeviceOpenAnswer>('POST', '/api/device-links/open', { code })
const enters = (phone: Client, claim: string) =>
  phone.ask<DeviceEnterAnswer>('POST', '/api/device-links/enter', { claim })
const stateOf = async (screen: Client, path: string) => (await screen.ask<DeviceLinkState>('GET', path)).body

test('a phone opens the code, the screen says which it is and confirms, and the phone is in', async () => {
  const screen = await signsUp()
  const phone = at(1)
  const { code, path, expiresAt } = await shows(screen)
  expect(expiresAt - Date.now()).toBeLessThanOrEqual(limits.identity.deviceMs)
  expect(await stateOf(screen, path)).toEqual({ state: 'waiting', device: null })
  expect((await screen.ask('POST', `${path}/confirm`)).code, 'nothing to confirm yet').toBe('device_over')
  const looks = () => phone.ask<{ claim: string }>('POST', '/api/device-links/open', { code, look: true })
  expect((await looks()).body).toMatchObject({ name: screen.name, claim: '' })
  const opened = await opens(phone, code)
  expect(opened.body).toMatchObject({ name: screen.name })
  const { claim } = opened.body
  expect((await opens(at(), code)).code, 'used up').toBe('device_over')
  expect((await looks()).code).toBe('device_over')
  expect((await enters(phone, claim)).body).toEqual({ user: null })
  expect(await stateOf(screen, path)).toMatchObject({ state: 'opened', device: { address: '127.0.0.1' } })
  // Nobody else confirms it, not even the same person elsewhere.
  const other = at(0, screen.name)
  await other.ask('POST', '/api/session', { name: screen.name, password })
  expect((await other.ask('POST', `${path}/confirm`)).code).toBe('device_over')
  expect(await stateOf(await signsUp(), path)).toEqual({ state: 'over', device: null })
  expect((await screen.ask('POST', `${path}/confirm`)).status).toBe(204)
  const [came, ...others] = await Promise.all(
    [phone, at(), at(1)].map(async (one) => ({ one, answer: await enters(one, claim) })),
  ).then((all) => all.toSorted((a, b) => a.answer.status - b.answer.status))
  expect(came?.answer.body.user?.name).toBe(screen.name)
  expect(others.map(({ answer }) => answer.code)).toEqual(['device_over', 'device_over'])
  expect((await came?.one.me())?.name).toBe(screen.name)
  expect(await stateOf(screen, path)).toEqual({ state: 'over', device: null })
  const kinds = await brook.db.rows("SELECT kind FROM audit WHERE kind = 'device_added' AND by_name = ?", [
    screen.name,
  ])
  expect(kinds).toHaveLength(1)
})

test('it ends after two minutes, with a new one, at the word of the screen, and with its session', async () => {
  const screen = await signsUp()
  const late = await shows(screen)
  await brook.db.run('UPDATE device_links SET expires_at = ?', [new Date(Date.now() - 1)])
  expect((await opens(at(), late.code)).code).toBe('device_over')
  const first = await shows(screen)
  const second = await shows(screen)
  expect((await opens(at(), first.code)).code).toBe('device_over')
  const sent = (await opens(at(), second.code)).body
  expect((await screen.ask('DELETE', second.path)).status).toBe(204)
  expect((await enters(at(), sent.claim)).code).toBe('device_over')
  // Confirmed, and the screen has signed out before the phone has asked.
  const third = await shows(screen)
  const unopened = await signsUp().then(async (one) => ({ one, link: await shows(one) }))
  const { claim } = (await opens(at(), third.code)).body
  expect((await screen.ask('POST', `${third.path}/confirm`)).status).toBe(204)
  await screen.ask('DELETE', '/api/session')
  expect((await enters(at(), claim)).code).toBe('device_over')
  await unopened.one.ask('DELETE', '/api/session')
  expect((await opens(at(), unopened.link.code)).code).toBe('device_over')
})

test('it stands for a second factor, also of a guest who has no password; whoever is banned is told', async () => {
  const ann = await signsUp()
  const { id } = await ann.me()
  // As if she had set an app up.
  await brook.db.run('INSERT INTO second_factors (user_id, secret, used_step, created_at) VALUES (?)', [
    [BigInt(id), Buffer.alloc(20), 0, new Date()],
  ])
  const guest = at(0, 'Gus')
  await guest.ask('POST', '/api/guests', { name: 'Gus' })
  for (const screen of [ann, guest]) {
    const { code, path } = await shows(screen)
    const phone = at(1)
    const { claim } = (await opens(phone, code)).body
    await screen.ask('POST', `${path}/confirm`)
    expect((await enters(phone, claim)).body.user).toMatchObject({
      name: screen.name,
      guest: screen === guest,
    })
  }
  expect((await at().ask('POST', '/api/device-links')).code).toBe('signed_out')
})

test('a device has the name that its owner gives it', async () => {
  const [ann, bob] = [await signsUp(), await signsUp()]
  const list = async () =>
    (await ann.ask<{ sessions: SessionSummary[] }>('GET', '/api/sessions')).body.sessions
  const [own] = await list()
  expect(own?.name).toBeNull()
  const path = `/api/sessions/${own?.id}`
  expect((await ann.ask('PATCH', path, { name: '  Blue   laptop ' })).status).toBe(204)
  expect((await list())[0]?.name).toBe('Blue laptop')
  expect((await ann.ask('PATCH', path, { name: 'x'.repeat(33) })).code).toBe('bad_name')
  expect((await bob.ask('PATCH', path, { name: 'Mine' })).code).toBe('not_found')
  expect((await ann.ask('PATCH', path, { name: null })).status).toBe(204)
  expect((await list())[0]?.name).toBeNull()
})
