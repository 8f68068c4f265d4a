// Mail of what somebody has missed: one for a room, not before its time, never of what was read, and turned off by one click.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMail } from '../../server/mail/feature.ts'
import { Waiting } from '../../server/missed-mail/waiting.ts'
import { stillWanted } from '../../server/notify/wanted.ts'
import { NotifySettingsStore } from '../../server/notify/settings.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { defaultNotifySettings } from '../../server/protocol/notify-defaults.ts'
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { codeIn, MailServer, type Received } from '../support/mail-server.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let server: MailServer
let brook: Brook
beforeAll(async () => {
  server = await MailServer.start()
  brook = await Brook.start({ mail: server.config, publicUrl: new URL('http://localhost') })
})
afterAll(async () => {
  await brook.stop()
  await server.goes()
})

const minute = 60_000
const password = 'nine tall green trees'
let count = 0
let ann: Person
/** Away, with an address. */
let bob: Person
let to: string
beforeEach(async () => {
  count += 1
  ann = await brook.enter(`Ann ${count}`)
  to = `bob${count}@example.org`
  bob = await has(`Bob ${count}`, to)
  await brook.meet(ann)
  await bob.joins(ann.room)
  await clock(0).run()
})

async function has(name: string, address: string, language = 'en'): Promise<Person> {
  const client = new Client(brook.servers[0]?.address ?? '', name)
  client.headers = () => ({ 'accept-language': language })
  await client.ask('POST', '/api/users', { name, password })
  await client.ask('PUT', '/api/me/mail', { address, password })
  const code = codeIn(await server.newest(address), 'mail')
  expect((await client.ask('POST', '/api/mail/confirm', { code })).status).toBe(200)
  const person = await Person.signsIn(client.address, name, password)
  brook.people.push(person)
  return person
}

/** What every server does, at another time. */
function clock(aheadMs: number): { run: () => Promise<void> } {
  const { mail } = openMail(brook)
  if (mail === undefined) throw new Error('no mail')
  const { db } = brook
  const bans = { of: () => undefined, isOutOf: () => false }
  return new Waiting({
    db,
    mail,
    settings: new NotifySettingsStore(db),
    stillWanted: (ids) => stillWanted({ db, bans, readTo: () => undefined }, ids),
    isAtHand: () => false,
    now: () => Date.now() + aheadMs,
  })
}

/** Ann says it, and Bob is told, as server/notify writes it down unless that has. */
async function says(text: string, who = bob): Promise<number> {
  const { seq } = await ann.acked(ann.says(text))
  const row = [who.user.id, ann.room].map(BigInt)
  const at = Date.now()
  await brook.db.run(
    `INSERT IGNORE INTO notifications (user_id, room_id, seq, event, cause, read_by, by_id, at_ms, decided_ms) VALUES (?)`,
    [[...row, seq, '', 'mention', 'room', BigInt(ann.user.id), at, at]],
  )
  return seq
}
const waits = async (who = bob): Promise<number> =>
  (
    await brook.db.rows('SELECT room_id FROM missed_mails WHERE user_id = ? AND due_at IS NOT NULL', [
      who.user.id,
    ])
  ).length
/** Another process may be looking at that moment: then nothing happens by itself. */
const takesIn = () =>
  until(async () => {
    await clock(0).run()
    const [row] = await brook.db.rows<{ done: number }>(
      `SELECT (SELECT COALESCE(MAX(id), 0) FROM notifications) <= CAST(value AS UNSIGNED) AS done
       FROM installation WHERE name = 'missed_mail'`,
    )
    return row?.done === 1
  })
const comesDue = (aheadMs = 16 * minute) =>
  until(async () => {
    await clock(aheadMs).run()
    return (await waits()) === 0
  })
const missed = () => server.to(to).slice(1)
const sets = async (some: Partial<NotifySettings>) =>
  expect((await bob.ask('PUT', '/api/me/notifications', { ...defaultNotifySettings, ...some })).status).toBe(
    200,
  )
const queued = async () =>
  (await brook.db.rows("SELECT id FROM mails WHERE kind = 'missed' AND user_id = ?", [bob.user.id])).length
const nothingIsQueued = () => until(async () => (await queued()) === 0)

test('what was missed in a room is one mail, after its time and not before, in the words of the messages', async () => {
  const first = await says(`hello @Bob ${count}`)
  await says('and ||a secret|| **word** <b>x</b>')
  await takesIn()
  await clock(14 * minute).run()
  expect([await waits(), missed()]).toEqual([1, []])
  await comesDue()
  const mail = await server.newest(to, 1)
  expect(mail.mail.subject).toMatch(/^2 messages in meeting \d+$/)
  expect(mail.text).toContain(`> hello @Bob ${count}`)
  expect(mail.text).toContain('> and ▒▒▒ word')
  expect(mail.raw).not.toContain('a secret')
  expect(mail.mail.html).not.toContain('<b>x')
  expect(mail.text).toContain(`http://localhost/rooms/${ann.room}/${first}`)
  await nothingIsQueued()
  await comesDue(3 * 60 * minute)
  expect(missed()).toHaveLength(1)
})

test('what was read meanwhile is in no mail, not even in one that waited for the mail server', async () => {
  const first = await says('read before its time')
  await takesIn()
  expect(await waits()).toBe(1)
  await reads(first)
  await comesDue()
  expect(await queued()).toBe(0)

  await server.goes()
  const second = await says('read while the mail server is away')
  await takesIn()
  await comesDue()
  expect(await queued()).toBe(1)
  await reads(second)
  await server.comes()
  await nothingIsQueued()
  expect(missed()).toEqual([])
})

async function reads(seq: number): Promise<void> {
  await bob.connects()
  bob.tells({ type: 'read', room: ann.room, seq })
  await until(async () => {
    const [row] = await brook.db.rows<{ read_seq: number }>(
      'SELECT read_seq FROM memberships WHERE user_id = ? AND room_id = ?',
      [bob.user.id, ann.room],
    )
    return Number(row?.read_seq) >= seq
  })
  bob.drops()
}

test('a deleted message is in no mail', async () => {
  const gone = await says('this goes')
  await says('this stays')
  await takesIn()
  expect(
    (await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${gone}`, { cid: newCid() })).status,
  ).toBeLessThan(300)
  await comesDue()
  const mail = await server.newest(to, 1)
  expect(mail.text).toContain('this stays')
  expect(mail.text).not.toContain('this goes')
})

test('nothing is sent to whoever has turned it off, has no address any more, or is not in the room', async () => {
  await says('one')
  await takesIn()
  await sets({ mail: { on: false, afterMinutes: 15 } })
  await comesDue()
  await nothingIsQueued()
  await says('two')
  await takesIn()
  expect(await waits()).toBe(0)

  await sets({ mail: { on: true, afterMinutes: 5 } })
  await says('three')
  await takesIn()
  await bob.ask('DELETE', `/api/rooms/${ann.room}/members/me`)
  await comesDue()
  await nothingIsQueued()
  await bob.joins(ann.room)
  await says('four')
  await takesIn()
  expect(await waits()).toBe(1)
  await bob.ask('DELETE', '/api/me/mail', { password })
  await comesDue()
  await nothingIsQueued()
  expect(missed().map(({ mail }) => mail.subject)).not.toContain(expect.stringContaining('meeting'))
})

test('what one is reminded of is in no mail once one is out of its room', async () => {
  const mark = async (cause: string, seq: number) => {
    const at = Date.now()
    const row = [bob.user.id, ann.room].map(BigInt)
    await brook.db.run(
      `INSERT INTO notifications (user_id, room_id, seq, event, cause, read_by, by_id, at_ms, decided_ms) VALUES (?)`,
      [[...row, seq, cause, cause, 'hand', row[0] ?? 0n, at, at]],
    )
  }
  const { seq } = await ann.acked(ann.says('the plan'))
  await mark('reminder', seq)
  await takesIn()
  await comesDue()
  expect((await server.newest(to, 1)).text).toContain('the plan')
  await brook.db.run('DELETE FROM missed_mails WHERE user_id = ?', [bob.user.id])
  await mark('poll', seq)
  await takesIn()
  expect(await waits()).toBe(1)
  await ann.ask('DELETE', `/api/rooms/${ann.room}/members/${bob.user.id}`)
  await comesDue()
  await nothingIsQueued()
  expect(missed()).toHaveLength(1)
})

test('without previews, a mail says who and where, and no words', async () => {
  await sets({ previews: false })
  await says('for nobody else')
  await takesIn()
  await comesDue()
  const mail = await server.newest(to, 1)
  expect(mail.raw).not.toContain('for nobody else')
  expect(mail.mail.subject).toMatch(new RegExp(`^Ann ${count} in meeting \\d+$`))
})

test('whoever is at a device gets none until they are away', async () => {
  await bob.connects()
  await says('you can see this')
  await takesIn()
  const makeDue = () =>
    brook.db.run(
      'UPDATE missed_mails SET due_at = NOW(3) - INTERVAL 1 SECOND WHERE user_id = ? AND due_at IS NOT NULL',
      [bob.user.id],
    )
  await makeDue()
  // By the server, which knows who is there.
  await until(async () => {
    const [row] = await brook.db.rows<{ later: number }>(
      'SELECT due_at > NOW(3) AS later FROM missed_mails WHERE user_id = ?',
      [bob.user.id],
    )
    return row?.later === 1
  })
  expect(missed()).toEqual([])
  bob.drops()
  const isGone = async () => {
    await makeDue()
    return (await waits()) === 0
  }
  // Whoever drops off may be back in a moment, and counts as there for a while.
  await until(isGone, Boolean, 60_000)
  expect((await server.newest(to, 1)).text).toContain('you can see this')
}, 90_000)

test('the next mail about a room follows the first, and not before an hour has passed', async () => {
  await says('first')
  await takesIn()
  await comesDue()
  const first = await server.newest(to, 1)
  await nothingIsQueued()
  await says('second')
  await takesIn()
  await clock(50 * minute).run()
  expect(await waits()).toBe(1)
  await comesDue(limits.mail.missed.againMs + 20 * minute)
  const second = await server.newest(to, 2)
  expect(first.headers.has('in-reply-to')).toBe(false)
  expect(second.mail.inReplyTo).toBe(first.mail.messageId)
  expect(second.mail.references).toEqual(first.mail.messageId)
  expect(second.text).toContain('second')
})

test('of many processes that look at once, and of one that is killed, there is one mail', async () => {
  await says('once')
  await Promise.all(Array.from({ length: 4 }, () => clock(0).run()))
  await takesIn()
  await until(async () => {
    await Promise.all(Array.from({ length: 4 }, () => clock(16 * minute).run()))
    return (await waits()) === 0
  })
  await server.newest(to, 1)
  await nothingIsQueued()
  expect(missed()).toHaveLength(1)
})

test('one click in a mail program turns them off, without signing in; another link does not', async () => {
  await says('one')
  await takesIn()
  await comesDue()
  const mail = await server.newest(to, 1)
  const [, url = ''] =
    /<http:\/\/localhost(\/api\/mail\/off\/[\w-]+)>/.exec(header(mail, 'list-unsubscribe')) ?? []
  expect(header(mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  const address = brook.servers[0]?.address ?? ''
  const clicks = (path: string, type = 'application/x-www-form-urlencoded') =>
    fetch(address + path, {
      method: 'POST',
      headers: { origin: 'https://mail.example', 'content-type': type },
      body: 'List-Unsubscribe=One-Click',
    })
  const isOn = async () => (await bob.ask<NotifySettings>('GET', '/api/me/notifications')).body.mail.on
  const forged = url.replace(/.{4}$/, 'AAAA')
  const others = url.replace(/off\/\d+/, `off/${ann.user.id}`)
  for (const path of [forged, others, '/api/mail/off/1', '/api/mail/off/x-y'])
    expect([path, (await clicks(path)).status]).toEqual([path, 410])
  const page = await fetch(address + url, { redirect: 'manual' })
  expect([page.status, page.headers.get('location')]).toEqual([
    302,
    url.replace('/api/mail/off/', '/mail#off-'),
  ])
  // Whatever somebody makes of the address, it is an address.
  for (const [odd, becomes] of [
    ['%0d%0aset-cookie:a=b', '%0D%0Aset-cookie%3Aa%3Db'],
    ['%E4%BD%A0', '%E4%BD%A0'],
  ]) {
    const answer = await fetch(`${address}/api/mail/off/${odd}`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `/mail#off-${becomes}`])
  }
  expect(await isOn()).toBe(true)
  expect((await clicks(url)).status).toBe(200)
  expect(await isOn()).toBe(false)
  expect((await clicks(url, 'multipart/form-data; boundary=x')).status).toBe(200)
  // Nothing but that.
  const { mail: _mail, ...rest } = (await bob.ask<NotifySettings>('GET', '/api/me/notifications')).body
  expect(rest).toEqual({ ...defaultNotifySettings, mail: undefined })
})

const header = (mail: Received, name: string): string => mail.headers.get(name)?.replace(/\s+/g, '') ?? ''

test('a mail is in the language of whoever gets it', async () => {
  const address = `cho${count}@example.org`
  const cho = await has(`Cho ${count}`, address, 'zh-CN')
  await cho.joins(ann.room)
  await says('hello', cho)
  await says('again', cho)
  await takesIn()
  await until(async () => {
    await clock(16 * minute).run()
    return (await waits(cho)) === 0
  })
  expect((await server.newest(address, 1)).mail.subject).toMatch(/中有 2 条新消息$/)
})
