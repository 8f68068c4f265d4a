// Web push: what reaches a device, what is withheld or taken back, and what becomes of devices that cannot be reached.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { NotifyCause } from '../../server/protocol/notify-causes.ts'
import { defaultNotifySettings } from '../../server/protocol/notify-defaults.ts'
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { PushAnswer } from '../../server/protocol/push.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { PushService, senderOf, type PushDevice } from '../support/push-service.ts'
import { until } from '../support/until.ts'

let brook: Brook
let service: PushService
let ann: Person
let bob: Person
let device: PushDevice
beforeAll(async () => {
  service = await PushService.up()
  brook = await Brook.start({ webhookPrivate: true })
})
let pairs = 0
beforeEach(async () => {
  pairs += 1
  ann = await brook.enter(`Ann ${pairs}`)
  bob = await brook.enter(`Bob ${pairs}`)
  await brook.meet(ann, bob)
  device = service.makes()
  await device.subscribes(bob)
})
afterAll(async () => {
  await brook.stop()
  await service.goesDown()
})

/** Writes it down as server/notify does, unless that has. */
async function tells(who: Person, seq: number, cause: NotifyCause = 'mention', room = ann.room) {
  await brook.db.run(
    `INSERT IGNORE INTO notifications (user_id, room_id, seq, event, cause, read_by, by_id, at_ms, decided_ms)
     VALUES (?)`,
    [
      [
        BigInt(who.user.id),
        BigInt(room),
        seq,
        '',
        cause,
        'room',
        BigInt(ann.user.id),
        Date.now(),
        Date.now(),
      ],
    ],
  )
}

/** Ann says it and Bob is told. */
async function says(text: string, cause: NotifyCause = 'mention'): Promise<number> {
  const { seq } = await ann.acked(ann.says(text))
  await tells(bob, seq, cause)
  return seq
}

const bodies = (of: PushDevice): string[] => of.shown.map(({ body }) => body)
const isShown = (of: PushDevice, text: string) =>
  until(
    () => bodies(of),
    (all) => all.includes(text),
  )
const reads = (who: Person, seq: number) => who.tells({ type: 'read', room: ann.room, seq })
const sets = (who: Person, some: Partial<NotifySettings>) =>
  who.ask('PUT', '/api/me/notifications', { ...defaultNotifySettings, ...some })
/** Bob wants to hear of everything in the room. */
const hearsAll = () => bob.ask('PATCH', `/api/rooms/${ann.room}/members/me`, { level: 'all' })
const count = async (table: string, who: Person): Promise<number> => {
  const sql = `SELECT COUNT(*) AS n FROM ${table} WHERE user_id = ?`
  return Number((await brook.db.rows<{ n: number }>(sql, [BigInt(who.user.id)]))[0]?.n)
}
/** Whether somebody's summary waits. */
const held = (who: Person) => count('push_holds', who)
const queued = (who: Person) => count('push_queue', who)
/** Everything that was decided has been looked at, and nothing waits to be sent to Bob. */
const isTakenUp = () =>
  until(async () => {
    const [row] = await brook.db.rows<{ done: number }>(
      'SELECT (SELECT MAX(id) FROM notifications) <= read_id AS done FROM push_head WHERE one = 1',
    )
    return row?.done === 1 && (await queued(bob)) === 0
  })
const devices = async (who: Person) => (await who.ask<PushAnswer>('GET', '/api/push')).body.devices

test('a message reaches a device within two seconds, encrypted for it, and says where it leads', async () => {
  const { publicKey } = (await bob.ask<PushAnswer>('GET', '/api/push')).body
  const at = Date.now()
  const seq = await says('are **you** there?')
  await isShown(device, 'are you there?')
  const [posted] = device.got
  expect((posted?.at ?? Infinity) - at).toBeLessThan(2_000)
  expect(device.shown).toMatchObject([
    {
      tag: `room-${ann.room}`,
      link: `/rooms/${ann.room}/${seq}`,
      room: ann.room,
      seq,
      title: `${ann.user.name} in #meeting ${pairs}`,
    },
  ])
  expect(posted?.headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    urgency: 'high',
    topic: `room-${ann.room}`,
  })
  expect(Number(posted?.headers['ttl'])).toBeGreaterThan(23 * 3_600)
  const sender = senderOf(posted?.headers ?? {})
  expect(sender).toMatchObject({ aud: service.origin, key: publicKey })
  expect(sender.exp * 1_000 - Date.now()).toBeLessThan(24 * 3_600_000)
})

test('without previews nothing of it is told, and what is told is in the language of the device', async () => {
  await sets(bob, { previews: false })
  const other = service.makes()
  const phone = await Person.arrive(bob.address, `Cho ${pairs}`)
  await phone.joins(ann.room)
  await other.subscribes(phone, 'zh')
  await tells(phone, await says('secret words'))
  await until(() => device.shown.length === 1 && other.shown.length === 1)
  expect(device.shown).toMatchObject([{ title: `New message in #meeting ${pairs}`, body: '' }])
  expect(JSON.stringify(device.got)).not.toContain('secret')
  expect(other.shown).toMatchObject([{ title: `${ann.user.name} · #meeting ${pairs}`, body: 'secret words' }])
})

test('what is said in a row in one room is one message, and each room has its own', async () => {
  for (const text of ['one', 'two', 'three']) await says(text)
  await isShown(device, 'three\nand 2 more')
  expect(device.shown).toHaveLength(1)
})

test('what is read elsewhere within a moment is not sent, and what is read later is taken back', async () => {
  const first = await says('read at once')
  reads(bob, first)
  const second = await says('read later')
  await isShown(device, 'read later')
  expect(bodies(device)).toEqual(['read later'])
  const { topic } = device.got[0]?.headers ?? {}
  reads(bob, second)
  await until(() => device.gone.length > 0)
  expect(device.gone).toMatchObject([{ tag: `room-${ann.room}`, id: device.shown[0]?.id }])
  expect(device.got.at(-1)?.headers['topic']).toBe(topic)
})

test('what somebody has deleted by then is not sent', async () => {
  const seq = await says('a mistake')
  const cid = newCid()
  ann.tells({ type: 'delete', room: ann.room, seq, cid })
  await ann.acked(cid)
  await says('meant')
  await until(() => device.shown.length > 0)
  expect(JSON.stringify(device.shown)).not.toContain('mistake')
})

test('somebody who is not in the room any more, or is banned, is told nothing', async () => {
  await brook.makesAdmin(ann)
  const cho = await brook.enter(`Cho ${pairs}`)
  await cho.joins(ann.room)
  const other = service.makes()
  await other.subscribes(cho)
  const { seq } = await ann.acked(ann.says('for members'))
  await bob.ask('DELETE', `/api/rooms/${ann.room}/members/me`)
  await tells(bob, seq)
  await tells(cho, seq)
  await isShown(other, 'for members')
  expect(await ann.tries('POST', '/api/admin/bans', { user: cho.user.id })).toBe(201)
  await tells(cho, (await ann.acked(ann.says('after the ban'))).seq)
  const own = service.makes()
  await own.subscribes(ann)
  await tells(ann, (await ann.acked(ann.says('guard'))).seq)
  await isShown(own, 'guard')
  expect(device.tried).toEqual([])
  expect(bodies(other)).toEqual(['for members'])
})

test('while somebody pauses, what comes waits, and is one summary when the pause ends early', async () => {
  await sets(bob, { snoozedUntil: Date.now() + 3_600_000 })
  await hearsAll()
  await says(`@${bob.user.name}, first`)
  await says('second', 'all')
  await says('third', 'all')
  const other = service.makes()
  await other.subscribes(ann)
  const { seq } = await ann.acked(ann.says('guard'))
  await tells(ann, seq)
  await isShown(other, 'guard')
  expect(device.tried).toEqual([])
  await sets(bob, {})
  await until(() => device.shown.length > 0)
  expect(device.shown).toMatchObject([
    { tag: 'summary', body: `#meeting ${pairs}: 4 messages, 1 mentions you`, link: `/rooms/${ann.room}` },
  ])
  await says('awake')
  await isShown(device, 'awake')
  expect(device.shown).toHaveLength(2)
})

test('what was read during the pause is in no summary, and one message alone is told as itself', async () => {
  await sets(bob, { snoozedUntil: Date.now() + 3_600_000 })
  const read = await says('read during it')
  await until(async () => (await held(bob)) === 1)
  reads(bob, read)
  await says('not read')
  await until(async () => (await queued(bob)) === 0)
  await sets(bob, {})
  await isShown(device, 'not read')
  expect(device.shown).toHaveLength(1)
})

test('whom they block during the pause, and a room that they mute, are in no summary', async () => {
  const cho = await brook.enter(`Cho ${pairs}`)
  await cho.joins(ann.room)
  await hearsAll()
  await sets(bob, { snoozedUntil: Date.now() + 3_600_000 })
  await says('of somebody blocked')
  await cho.acked(cho.says(`@${bob.user.name} of somebody else`))
  await until(async () => (await held(bob)) === 1 && (await queued(bob)) === 0)
  await until(async () => (await count('notifications', bob)) === 2)
  expect((await bob.ask('PUT', `/api/blocks/${ann.user.id}`)).status).toBeLessThan(300)
  await sets(bob, {})
  await isShown(device, `@${bob.user.name} of somebody else`)
  expect(device.shown).toHaveLength(1)
})

test('named people and rooms get through a pause', async () => {
  const pause = { snoozedUntil: Date.now() + 3_600_000 }
  await sets(bob, { ...pause, pierce: { people: [ann.user.id], rooms: [] } })
  await says('it burns')
  await isShown(device, 'it burns')
  await sets(bob, { ...pause, pierce: { people: [], rooms: [ann.room] } })
  await says('in the room of those on call')
  await isShown(device, 'in the room of those on call')
  await sets(bob, pause)
  await says('this waits')
  await until(async () => (await held(bob)) === 1)
  expect(device.shown).toHaveLength(2)
})

test('whoever is not to be disturbed has a summary once that is over, and whoever is invisible is told at once', async () => {
  const chooses = async (presence: string) =>
    expect(await bob.tries('PATCH', '/api/me', { presence })).toBe(200)
  await chooses('dnd')
  await says('not now')
  await until(async () => (await held(bob)) === 1)
  await sets(bob, { pierce: { people: [ann.user.id], rooms: [] } })
  await says('it burns')
  await isShown(device, 'it burns')
  expect(bodies(device)).toEqual(['it burns'])
  await sets(bob, {})
  await says('nor now')
  await isTakenUp()
  await chooses('invisible')
  // Not a minute later.
  await until(() => device.shown.some(({ tag }) => tag === 'summary'))
  await says('now')
  await isShown(device, 'now')
})

test('what comes at the moment in which a pause ends is told once, by itself or in the summary', async () => {
  await sets(bob, { snoozedUntil: Date.now() + 3_600_000 })
  await says('during it')
  await isTakenUp()
  await says('at its end')
  await sets(bob, {})
  await until(() => device.shown.length > 0)
  await says('guard')
  await until(() => bodies(device).some((body) => body.includes('guard')))
  const told = bodies(device).map((body) => {
    const [, summed] = /: (\d+) messages/.exec(body) ?? []
    return summed === undefined ? 1 + Number(/and (\d+) more/.exec(body)?.[1] ?? 0) : Number(summed)
  })
  expect(told.reduce((sum, n) => sum + n, 0)).toBe(3)
})

test('a push says how much is to do, as the inbox does, also when it was read elsewhere', async () => {
  const todo = async () => (await bob.ask<{ todo: number }>('GET', '/api/inbox')).body.todo
  await says('one')
  await isShown(device, 'one')
  expect([device.shown.at(-1)?.badge, await todo()]).toEqual([1, 1])
  const second = await says('two')
  await isShown(device, 'two')
  expect([device.shown.at(-1)?.badge, await todo()]).toEqual([2, 2])
  reads(bob, second)
  await until(() => device.gone.length > 0)
  expect([device.gone.at(-1)?.badge, await todo()]).toEqual([0, 0])
})

test('a pause that ends by itself has its summary, also after a restart in the middle of it', async () => {
  await hearsAll()
  const ends = Date.now() + 4_000
  await sets(bob, { snoozedUntil: ends })
  await says('one', 'all')
  await says('two', 'all')
  await until(async () => (await held(bob)) === 1)
  await brook.serve()
  await brook.servers.shift()?.close()
  await until(() => device.shown.length > 0)
  expect(bodies(device)).toEqual([`#meeting ${pairs}: 2 messages`])
  expect(device.tried[0]?.at).toBeGreaterThanOrEqual(ends)
})

test('when one server after the other goes, everything is sent, and once', async () => {
  const texts = Array.from({ length: 12 }, (_, n) => `number ${n}`)
  for (const [n, text] of texts.entries()) {
    if (n % 4 === 0) {
      const address = await brook.serve()
      await brook.servers.shift()?.close()
      await ann.returns(address)
      await ann.makes(`place ${pairs} ${n}`)
      bob.address = address
      await bob.joins(ann.room)
    }
    await says(text)
  }
  const told = () => device.shown.map(({ room, body }) => `${room} ${body.split('\n')[0]}`)
  await until(told, (all) => all.some((one) => one.endsWith('number 11')))
  expect(new Set(told()).size).toBe(told().length)
  const told0 = device.shown.reduce(
    (sum, { body }) => sum + 1 + Number(/and (\d+) more/.exec(body)?.[1] ?? 0),
    0,
  )
  expect(told0).toBe(texts.length)
})

test('a device that is gone is forgotten, and nobody else', async () => {
  device.answers = (response) => void response.writeHead(410).end()
  await says('anybody?')
  await until(async () => (await devices(bob)).length === 0)
  expect(device.tried).toHaveLength(1)
  await device.subscribes(bob)
  device.answers = (response) => void response.writeHead(201).end()
  await says('again')
  await isShown(device, 'again')
})

test('a service that has enough is asked again when it says, and one that fails a little later', async () => {
  const other = service.makes()
  await other.subscribes(ann)
  let refusedAt = 0
  device.answers = (response) => {
    if (refusedAt > 0) return void response.writeHead(201).end()
    refusedAt = Date.now()
    response.writeHead(429, { 'retry-after': '3' }).end()
  }
  other.answers = (response) => void response.writeHead(other.tried.length === 1 ? 503 : 201).end()
  await tells(ann, await says('patience'))
  await until(async () => (await devices(bob))[0]?.failure === 'HTTP 429')
  await isShown(device, 'patience')
  expect(Date.now() - refusedAt).toBeGreaterThanOrEqual(3_000)
  await isShown(other, 'patience')
  expect(other.tried).toHaveLength(2)
  expect((await devices(bob))[0]).toMatchObject({ failingSince: null, failure: null })
})

test('redirects are not followed', async () => {
  device.answers = (response) =>
    void response.writeHead(307, { location: `${service.origin}/elsewhere` }).end()
  await says('this way')
  await until(async () => (await devices(bob))[0]?.failure === 'redirects are not followed')
  expect(service.strays).toBe(0)
})

test('a service that says nothing keeps nobody else waiting, and has its deadline', async () => {
  const slow = await PushService.up()
  const mute = slow.makes()
  mute.answers = () => undefined
  const cho = await brook.enter(`Cho ${pairs}`)
  await cho.joins(ann.room)
  await mute.subscribes(cho)
  const at = Date.now()
  const seq = await says('quick')
  await tells(cho, seq)
  await isShown(device, 'quick')
  await says('and again')
  await isShown(device, 'and again')
  expect(Date.now() - at).toBeLessThan(limits.push.timeoutMs)
  await until(async () => (await devices(cho))[0]?.failure === 'no answer within 5 s')
  await slow.goesDown()
})

test('a person has 16 devices, and the oldest makes room', async () => {
  const phones: Person[] = []
  const mine: PushDevice[] = []
  await bob.ask('PUT', '/api/session/password', { password: 'correct horse' })
  for (let n = 0; n < limits.push.devices; n += 1) {
    const phone = await Person.signsIn(bob.address, bob.user.name, 'correct horse')
    const one = service.makes()
    await one.subscribes(phone)
    phones.push(phone)
    mine.push(one)
  }
  expect(await devices(phones[0] as Person)).toHaveLength(limits.push.devices)
  await says('to all')
  for (const one of mine) await isShown(one, 'to all')
  expect(device.tried).toEqual([])
})

test('an address belongs to who subscribes it last, and ends with the session', async () => {
  const cho = await brook.enter(`Cho ${pairs}`)
  await cho.joins(ann.room)
  await device.subscribes(cho)
  expect(await devices(bob)).toEqual([])
  const seq = await says('whose is it?')
  await tells(cho, seq)
  await isShown(device, 'whose is it?')
  expect(device.shown).toHaveLength(1)
  await cho.ask('DELETE', '/api/session')
  const other = service.makes()
  await other.subscribes(bob)
  const next = await says('signed out')
  await tells(cho, next)
  await isShown(other, 'signed out')
  expect(bodies(device)).toEqual(['whose is it?'])
})

test('bad subscriptions are refused with words', async () => {
  const { keys } = device.subscription
  const tries = async (some: object) =>
    bob.tries('POST', '/api/push/subscriptions', { ...device.subscription, ...some })
  expect(await tries({ endpoint: 'no url' })).toBe('bad_push_url')
  expect(await tries({ endpoint: 'ftp://push.example/1' })).toBe('bad_push_url')
  expect(await tries({ endpoint: 'https://a:b@push.example/1' })).toBe('bad_push_url')
  expect(await tries({ endpoint: `https://push.example/${'x'.repeat(1_000)}` })).toBe('bad_push_url')
  expect(await tries({ keys: { ...keys, auth: 'c2hvcnQ' } })).toBe('bad_push_keys')
  expect(await tries({ keys: { ...keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } })).toBe(
    'bad_push_keys',
  )
  expect(await tries({ keys: {} })).toBe('bad_request')
  expect(await ann.tries('POST', '/api/push/test')).toBe('no_push_here')
  expect(await bob.tries('DELETE', '/api/push/subscriptions?id=999999')).toBe('not_found')
})

test('a test message is sent at once, and says what the service answered', async () => {
  expect(await bob.tries('POST', '/api/push/test')).toBe(204)
  expect(device.shown).toMatchObject([{ tag: 'test', link: '/notifications' }])
  device.answers = (response) => void response.writeHead(500).end()
  expect(await bob.tries('POST', '/api/push/test')).toBe('push_not_taken')
})
