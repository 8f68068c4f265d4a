// Bans: from the workspace by a person or an address, and from one room. They hold at every way in, on every server.
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditAnswer, AuditEntry } from '../../server/protocol/audit.ts'
import { closes } from '../../server/protocol/errors.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Ban, RoomBan } from '../../server/protocol/moderation.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

let brook: Brook
let line: CommandLine
let root: Person
beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  await brook.serve()
  line = await commandLine(brook.stores)
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

const address = (server = 0) => brook.servers[server]?.address ?? ''

interface Failed {
  error?: { code: string; message: string; ban?: { reason: string; until: number | null } }
}

async function bans(body: object): Promise<Ban> {
  const answer = await root.ask<{ ban: Ban }>('POST', '/api/admin/bans', body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body.ban
}

const lifts = (id: string) => root.tries('DELETE', `/api/admin/bans/${id}`)

/** The newest entries of the audit log that are about this. */
async function audited(which: (entry: AuditEntry) => boolean): Promise<AuditEntry[]> {
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit')
  return body.entries.filter(which)
}

test('a suspended person is kept out as a banned one is, and told that they are suspended; a ban takes its place', async () => {
  const eve = await brook.enter(fresh('Eve'), 1)
  expect(await root.tries('POST', '/api/admin/bans', { address: '192.0.2.9', suspended: true })).toBe(
    'bad_request',
  )
  const held = await bans({ user: eve.user.id, reason: 'On leave', suspended: true })
  expect(held).toMatchObject({ suspended: true, address: null, expiresAt: null })
  expect((await eve.ends()).code).toBe(closes.signedOut.code)
  const told = { reason: 'On leave', until: null, suspended: true }
  const { status, body } = await eve.ask<Failed>('GET', '/api/rooms')
  expect([status, body.error?.ban]).toEqual([403, told])
  expect(body.error?.message).toContain('suspended')
  expect((await eve.ask('GET', '/api/session')).body).toEqual({ user: null, ban: told })
  // Nobody else is kept out with them, wherever they are.
  const other = await brook.enter(fresh('Other'), 1)
  expect(await other.tries('GET', '/api/rooms')).toBe(200)
  const [entry] = await audited(({ kind, about }) => kind === 'suspended' && about.person?.id === eve.user.id)
  expect(entry?.about).toMatchObject({ reason: 'On leave' })

  const banned = await bans({ user: eve.user.id, reason: 'Spam' })
  expect(banned).not.toHaveProperty('suspended')
  expect((await eve.ask<Failed>('GET', '/api/rooms')).body.error?.ban).not.toHaveProperty('suspended')
  expect(await lifts(held.id)).toBe('not_found')
  expect(await lifts(banned.id)).toBe(204)
  const again = await bans({ user: eve.user.id, suspended: true, expiresInMs: 3_600_000 })
  expect(await lifts(again.id)).toBe(204)
  const last = await audited(({ about }) => about.person?.id === eve.user.id)
  expect(last.map(({ kind }) => kind).slice(-2)).toEqual(['suspended', 'unsuspended'])
  await until(
    () => eve.tries('GET', '/api/rooms'),
    (answer) => answer === 200,
  )
})

test('a banned person is out on both servers at once, is told why, and cannot come back until it is lifted', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const elsewhere = eve.again()
  elsewhere.address = address(1)
  await elsewhere.connects()
  brook.people.push(elsewhere)
  const until = Date.now() + 3_600_000
  const ban = await bans({ user: eve.user.id, reason: 'Too  loud', expiresInMs: 3_600_000 })
  expect(ban).toMatchObject({
    user: { id: eve.user.id },
    address: null,
    reason: 'Too loud',
    by: { name: 'Root' },
  })
  expect(Math.abs((ban.expiresAt ?? 0) - until)).toBeLessThan(60_000)
  for (const one of [eve, elsewhere]) {
    expect((await one.ends()).code).toBe(closes.signedOut.code)
    const [told] = one.heard.filter((event) => event.type === 'error')
    expect(told).toMatchObject({ code: 'banned' })
    expect((told as { message: string }).message).toContain('Too loud')
    const { status, body } = await one.ask<Failed>('GET', '/api/rooms')
    expect([status, body.error?.code, body.error?.ban?.reason]).toEqual([403, 'banned', 'Too loud'])
    await expect(one.connects()).rejects.toThrow('403')
    // Why, for the page that opens instead.
    const session = await one.ask<{ user: null; ban: object }>('GET', '/api/session')
    expect(session.body).toEqual({ user: null, ban: { reason: 'Too loud', until: ban.expiresAt } })
  }
  expect(await lifts(ban.id)).toBe(204)
  expect(await lifts(ban.id)).toBe('not_found')
  await eve.connects()
  expect(await eve.tries('GET', '/api/rooms')).toBe(200)
})

test('whoever has the right password is told of the ban; with a wrong one nothing is told', async () => {
  const name = fresh('Mallory')
  const guest = await brook.arrive(name)
  await guest.ask('PUT', '/api/session/password', { password: 'nine tall green trees' })
  await bans({ user: guest.user.id, reason: 'spam' })
  const signsIn = async (password: string) => {
    const answer = await fetch(`${address()}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    })
    return ((await answer.json()) as Failed).error
  }
  expect(await signsIn('nine tall green trees')).toMatchObject({
    code: 'banned',
    ban: { reason: 'spam', until: null },
  })
  expect(await signsIn('wrong and long enough')).toEqual({
    code: 'wrong_password',
    message: 'The name or the password is wrong.',
  })
})

test('a bot is refused by HTTP, and its long poll ends', async () => {
  const name = fresh('bot')
  const { printed } = await line.type('bot', 'add', name)
  const bot = new Bot(printed[0] ?? '', address())
  const me = await bot.ask<{ user: { id: string } }>('GET', '/api/session')
  const { cursor } = (await bot.ask<{ cursor: string }>('GET', '/api/bots/me/entries')).body
  const polled = bot.ask('GET', `/api/bots/me/entries?waitMs=30000&after=${cursor}`)
  await until(
    () => brook.metric('brook_bot_waits'),
    (waits) => waits === 1,
  )
  const ban = await bans({ user: me.body.user.id })
  expect((await polled).code).toBe('banned')
  expect((await bot.ask('GET', '/api/rooms')).code).toBe('banned')
  await lifts(ban.id)
  expect((await bot.ask('GET', '/api/rooms')).status).toBe(200)
})

test('what was asked before a ban and takes longer is not answered after it', async () => {
  // The long poll above is one such request; here, one that MySQL holds up.
  const eve = await brook.arrive(fresh('Slow'))
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  let isHeld = false
  const holding = brook.db.transaction(async (tx) => {
    await tx.rows('SELECT id FROM rooms WHERE is_default = 1 FOR UPDATE')
    isHeld = true
    await released
  })
  await until(() => isHeld, Boolean)
  const lobby = (await eve.rooms()).find(({ isDefault }) => isDefault)?.id ?? ''
  const leaving = eve.tries('DELETE', `/api/rooms/${lobby}/members/me`)
  await until(
    async () =>
      (
        await brook.db.rows(
          "SELECT id FROM information_schema.processlist WHERE info LIKE '%FROM rooms r WHERE r.id%FOR UPDATE%' AND info NOT LIKE '%processlist%'",
        )
      ).length,
    (waiting) => waiting === 1,
  )
  await bans({ user: eve.user.id })
  release()
  await holding
  // Without the ban: last_room.
  expect(await leaving).toBe('banned')
})

test('an export is noted before its first byte, and goes on for nobody who is banned or removed meanwhile', async () => {
  const { id: room } = await root.makes(fresh('long'))
  // More than the connection holds by itself.
  const text = 'x'.repeat(16_000)
  // A few at a time: whoever is sent more than 1 MiB that they have not read is disconnected.
  for (let batch = 0; batch < 40; batch++) {
    const cids = Array.from({ length: 30 }, () => root.says(text, { room }))
    for (const cid of cids) await root.acked(cid)
  }
  const begins = async (person: Person) => {
    await person.joins(room)
    const headers = { cookie: person.cookie }
    const asked = request(`${address()}/api/rooms/${room}/export?format=jsonl`, { headers })
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage]
    const noted = await audited(({ kind, by }) => kind === 'exported' && by?.id === person.user.id)
    expect(noted).toMatchObject([{ address: '127.0.0.1', about: { room: { id: room } } }])
    return async (): Promise<string> => {
      const pieces: string[] = []
      await pipeline(answer, async (all) => {
        for await (const piece of all) pieces.push(String(piece))
      }).catch(() => pieces.push('cut off'))
      return pieces.join('').slice(-200)
    }
  }
  const [eve, ann, bob] = [
    await brook.arrive(fresh('Eve')),
    await brook.arrive(fresh('Ann')),
    await brook.arrive(fresh('Bob')),
  ]
  const [readsEve, readsAnn, readsBob] = [await begins(eve), await begins(ann), await begins(bob)]
  await bans({ user: eve.user.id })
  expect(await root.tries('DELETE', `/api/rooms/${room}/members/${ann.user.id}`)).toBe(204)
  expect(await readsEve()).toMatch(/cut off$/)
  expect(await readsAnn()).toContain('"complete":false')
  expect(await readsBob()).toContain('"complete":true')
})

test('an address: whoever comes from it is refused everywhere but the administrator; others are not', async () => {
  const brookBehind = { 'x-forwarded-for': '203.0.113.9', 'content-type': 'application/json' }
  const comes = async (from: string, path = '/api/guests', body: object = { name: fresh('guest') }) => {
    const headers = { ...brookBehind, 'x-forwarded-for': from }
    const answer = await fetch(address() + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return answer.ok ? answer.status : ((await answer.json()) as Failed).error?.code
  }
  expect(await comes('203.0.113.9')).toBe(201)
  const ban = await bans({ address: '203.0.113.0/24', reason: 'a flood' })
  expect(ban).toMatchObject({ user: null, address: '203.0.113.0/24' })
  expect(await comes('203.0.113.9')).toBe('banned')
  expect(await comes('::ffff:203.0.113.9')).toBe('banned')
  expect(await comes('203.0.114.9')).toBe(201)
  const session = await fetch(`${address()}/api/session`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(await session.json()).toEqual({ user: null, ban: { reason: 'a flood', until: null } })
  const admin = await fetch(`${address()}/api/rooms`, {
    headers: { 'x-forwarded-for': '203.0.113.9', cookie: root.cookie },
  })
  expect(admin.status).toBe(200)
  await lifts(ban.id)
  expect(await comes('203.0.113.9')).toBe(201)
  const six = await bans({ address: '2001:DB8::/48' })
  expect(await comes('2001:db8::7')).toBe('banned')
  expect(await comes('2001:db8:1::7')).toBe(201)
  await lifts(six.id)
})

test('what cannot be banned is refused, each in its words', async () => {
  const asks = (body: object) => root.tries('POST', '/api/admin/bans', body)
  const ann = await brook.arrive(fresh('Ann'))
  expect(await asks({})).toBe('bad_request')
  expect(await asks({ user: ann.user.id, address: '203.0.113.1' })).toBe('bad_request')
  expect(await asks({ user: '999999999' })).toBe('no_such_person')
  expect(await asks({ user: root.user.id })).toBe('is_admin')
  for (const bad of [
    '',
    'somewhere',
    '203.0.113.0/7',
    '203.0.113.0/33',
    '203.0.113.0/x',
    '1/2/3',
    '2001:db8::/8',
  ])
    expect(await asks({ address: bad }), bad).toBe('bad_network')
  expect(await asks({ address: '127.0.0.0/8' })).toBe('own_network')
  expect(await asks({ user: ann.user.id, reason: 'x'.repeat(251) })).toBe('bad_reason')
  expect(await asks({ user: ann.user.id, expiresInMs: 5 })).toBe('bad_request')
  expect(await ann.tries('POST', '/api/admin/bans', { user: root.user.id })).toBe('not_found')
  expect(await ann.tries('GET', '/api/admin/bans')).toBe('not_found')
  expect(await root.tries('GET', '/api/admin/bans')).toBe(200)
})

test('a ban ends by itself', async () => {
  const eve = await brook.arrive(fresh('Eve'))
  const ban = await bans({ user: eve.user.id, expiresInMs: 60_000 })
  expect(await eve.tries('GET', '/api/rooms')).toBe('banned')
  // A minute later, as MySQL has it.
  await brook.db.run('UPDATE bans SET expires_at = ? WHERE id = ?', [new Date(Date.now() - 1), ban.id])
  // Whatever else changes, it is read again.
  await bans({ user: (await brook.arrive(fresh('Mallory'))).user.id })
  expect(await eve.tries('GET', '/api/rooms')).toBe(200)
})

test('whoever is banned from a room is out of it, does not see it, and cannot come back or be brought in', async () => {
  const ann = await brook.enter(fresh('Ann'))
  const bea = await brook.enter(fresh('Bea'))
  const { id: room } = await ann.makes(fresh('garden'))
  await bea.joins(room)
  const at = `/api/rooms/${room}/bans`
  expect(await bea.tries('PUT', `${at}/${ann.user.id}`)).toBe('not_allowed')
  expect(await ann.tries('PUT', `${at}/${bea.user.id}`, { reason: 'shouting' })).toBe(204)
  await bea.event('gone')
  expect(await bea.tries('PUT', `/api/rooms/${room}/members/me`)).toBe('banned')
  expect(await bea.tries('GET', `/api/rooms/${room}`)).toBe('not_found')
  expect(await bea.tries('GET', `/api/rooms/${room}/messages`)).toBe('not_found')
  expect((await bea.rooms()).map(({ id }) => id)).not.toContain(room)
  const { body } = await bea.ask<{ rooms: { id: string }[] }>('GET', '/api/directory')
  expect(body.rooms.map(({ id }) => id)).not.toContain(room)
  expect((await bea.refused(bea.says('hello', { room }))).code).toBe('not_found')
  expect(await ann.tries('POST', `/api/rooms/${room}/members`, { name: bea.user.name })).toBe('person_banned')
  const listed = await ann.ask<{ bans: RoomBan[] }>('GET', at)
  expect(listed.body.bans).toMatchObject([{ user: { id: bea.user.id }, reason: 'shouting', expiresAt: null }])
  expect(await bea.tries('GET', at)).toBe('not_found')
  expect(await ann.tries('DELETE', `${at}/${bea.user.id}`)).toBe(204)
  expect(await ann.tries('DELETE', `${at}/${bea.user.id}`)).toBe('not_found')
  expect(await bea.tries('PUT', `/api/rooms/${room}/members/me`)).toBe(200)
})

test('an abuser is banned from the lobby, where nobody can be removed; moderators cannot ban owners', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const lobby = eve.room
  expect(await root.tries('DELETE', `/api/rooms/${lobby}/members/${eve.user.id}`)).toBe('last_room')
  expect(await root.tries('PUT', `/api/rooms/${lobby}/bans/${eve.user.id}`)).toBe(204)
  await eve.event('gone')
  expect((await eve.rooms()).map(({ id }) => id)).not.toContain(lobby)
  // Somebody who is no member, before they come.
  const ann = await brook.enter(fresh('Ann'))
  const stranger = await brook.enter(fresh('Stranger'))
  const { id: room } = await ann.makes(fresh('yard'))
  expect(await ann.tries('PUT', `/api/rooms/${room}/bans/${stranger.user.id}`)).toBe(204)
  expect(await stranger.tries('PUT', `/api/rooms/${room}/members/me`)).toBe('banned')
  const mod = await brook.enter(fresh('Mod'))
  await mod.joins(room)
  await ann.ask('PUT', `/api/rooms/${room}/members/${mod.user.id}`, { role: 'moderator' })
  expect(await mod.tries('PUT', `/api/rooms/${room}/bans/${ann.user.id}`)).toBe('not_allowed')
  expect(await ann.tries('PUT', `/api/rooms/${room}/bans/${root.user.id}`)).toBe('is_admin')
  expect(await ann.tries('PUT', `/api/rooms/${room}/bans/999999999`)).toBe('no_such_person')
})

test('of a ban and a join at the same moment, the ban wins', async () => {
  const ann = await brook.enter(fresh('Ann'))
  const { id: room } = await ann.makes(fresh('gate'))
  const many = await Promise.all(Array.from({ length: 12 }, () => brook.arrive(fresh('runner'))))
  await Promise.all(
    many.flatMap((one) => [
      one.tries('PUT', `/api/rooms/${room}/members/me`),
      ann.tries('PUT', `/api/rooms/${room}/bans/${one.user.id}`),
    ]),
  )
  const { body } = await ann.ask<{ members: { id: string }[] }>('GET', `/api/rooms/${room}/members`)
  expect(body.members.map(({ id }) => id)).toEqual([ann.user.id])
})

test('the webhooks of somebody who is banned deliver nothing, and go on where they were once it ends', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const ann = await brook.enter(fresh('Ann'))
  const { id: room } = await eve.makes(fresh('hooked'))
  await ann.joins(room)
  const taker = await Receiver.up()
  const made = await eve.ask('POST', `/api/rooms/${room}/hooks/outgoing`, { url: taker.url })
  expect(made.status).toBe(201)
  await ann.acked(ann.says('before', { room }))
  await until(
    () => taker.posted.length,
    (posts) => posts === 1,
  )
  const ban = await bans({ user: eve.user.id })
  await ann.acked(ann.says('during', { room }))
  // Another webhook of the room is looked after in the same pass.
  const other = await Receiver.up()
  await root.joins(room)
  await root.ask('POST', `/api/rooms/${room}/hooks/outgoing`, { url: other.url })
  await ann.acked(ann.says('also during', { room }))
  await until(
    () => other.posted.length,
    (posts) => posts === 1,
  )
  expect(taker.posted).toHaveLength(1)
  await lifts(ban.id)
  await until(
    () => taker.posted.length,
    (posts) => posts === 3,
  )
  await taker.goesDown()
  await other.goesDown()
})

test('the audit log has everything, numbered without a hole, and nobody else reads it', async () => {
  const eve = await brook.arrive(fresh('Eve'))
  const ban = await bans({ user: eve.user.id, reason: 'for the record' })
  await lifts(ban.id)
  const own = await audited(({ about }) => about.person?.id === eve.user.id)
  expect(own.map(({ kind }) => kind)).toEqual(['banned', 'unbanned'])
  expect(own[0]).toMatchObject({
    by: { name: 'Root' },
    address: '127.0.0.1',
    about: { reason: 'for the record' },
  })
  expect(await audited(({ by, kind }) => by?.id === eve.user.id && kind === 'came_as_guest')).toHaveLength(1)
  const { id: room } = await root.makes(fresh('audited'))
  await eve.joins(room)
  const member = `/api/rooms/${room}/members/${eve.user.id}`
  expect(await root.tries('PUT', member, { role: 'moderator' })).toBe(204)
  expect(await root.tries('DELETE', member)).toBe(204)
  expect(await root.tries('PATCH', `/api/rooms/${room}`, { slowMs: 1_000 })).toBe(200)
  const done = await audited(({ about }) => about.room?.id === room)
  expect(done.map(({ kind, by, address: from }) => [kind, by?.name, from])).toEqual(
    ['role', 'removed', 'room_changed'].map((kind) => [kind, 'Root', '127.0.0.1']),
  )
  await root.ask('PATCH', '/api/workspace', { guests: true })
  await until(
    () => audited(({ kind }) => kind === 'workspace_changed'),
    (entries) => entries.at(-1)?.about.changed?.['guests'] === true,
  )
  // Many at once.
  const many = Array.from({ length: 20 }, () => brook.arrive(fresh('many')))
  await Promise.all(many)
  const all: number[] = []
  for (let after = 0; ;) {
    const { body } = await root.ask<AuditAnswer>('GET', `/api/admin/audit?after=${after}&limit=7`)
    if (body.entries.length === 0) break
    all.push(...body.entries.map(({ seq }) => seq))
    after = all.at(-1) ?? 0
  }
  expect(all).toEqual(all.map((_, at) => at + 1))
  const answer = await fetch(`${address()}/api/admin/audit/export`, { headers: { cookie: root.cookie } })
  const lines = (await answer.text()).trimEnd().split('\n')
  expect(lines.length).toBeGreaterThanOrEqual(all.length)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: 1 })
  expect(await eve.tries('GET', '/api/admin/audit')).toBe('not_found')
  expect(limits.audit.page.max).toBe(1_000)
})

test('a ban holds while Redis is away, and while MySQL is', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const ban = await bans({ user: eve.user.id })
  await eve.ends()
  await brook.stores.mariadbProcess.kill()
  expect(await eve.tries('GET', '/api/rooms')).toBe('banned')
  await brook.stores.mariadbProcess.start()
  await brook.stores.redisProcess.kill()
  await until(
    () => eve.tries('GET', '/api/rooms'),
    (answer) => answer === 'banned',
  )
  await brook.stores.redisProcess.start()
  await until(
    () => lifts(ban.id),
    (answer) => answer === 204,
  )
})

test('whoever is an administrator no more is none on connections that are open, nor are they lost to the audit log', async () => {
  const boss = await brook.arrive(fresh('Boss'))
  await brook.makesAdmin(boss)
  await boss.connects()
  const ann = await brook.enter(fresh('Ann'))
  const { id: room } = await brook.meet(ann, boss)
  boss.room = room
  const named = async (text: string): Promise<number> => {
    await boss.acked(boss.says(`@room ${text}`))
    return (await ann.hears(`@room ${text}`)).mentions?.length ?? 0
  }
  expect(await named('as an administrator')).toBe(1)
  expect((await line.type('admin', 'remove', boss.user.name)).code).toBe(0)
  expect((await boss.ends()).code).toBe(closes.moving.code)
  await boss.returns()
  expect(await named('as a member')).toBe(0)
  // The bus may have been away: who is connected is asked for again.
  await brook.makesAdmin(boss)
  boss.drops()
  await boss.returns()
  await brook.db.run('UPDATE users SET is_admin = 0 WHERE id = ?', [boss.user.id])
  await brook.connections.bus.deliver({ kind: 'imported', room })
  expect((await boss.ends()).code).toBe(closes.moving.code)
  const noted = await audited(({ about }) => about.person?.id === boss.user.id)
  expect(noted.map(({ kind, by, address: from }) => [kind, by, from])).toEqual([['admin_unmade', null, null]])
})
