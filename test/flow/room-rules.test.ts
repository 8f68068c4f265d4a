// What holds in a room: its name and kind, who may write in it and how often, and what an archived one allows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { OpenedAnswer } from '../../server/protocol/hooks.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

type Failed = { error?: { code: string; retryAfterMs?: number } } | undefined
/** An owner, a moderator and a member of a room, the member on the other server. */
async function roomOfThree(kind: 'public' | 'private' = 'public') {
  const owner = await brook.enter(fresh('Owner'))
  const moderator = await brook.enter(fresh('Moderator'))
  const member = await brook.enter(fresh('Member'), 1)
  const { id: room } = await owner.makes(fresh('room'), kind)
  for (const one of [moderator, member]) {
    expect(await owner.tries('POST', `/api/rooms/${room}/members`, { name: one.user.name })).toBe(204)
    await one.event('room')
    one.room = room
  }
  await owner.ask('PUT', `/api/rooms/${room}/members/${moderator.user.id}`, { role: 'moderator' })
  const sets = async (change: object, by = owner) => by.tries('PATCH', `/api/rooms/${room}`, change)
  return { owner, moderator, member, room, sets }
}

/** By the socket: `ack`, or the code of the refusal. */
async function says(person: Person, more: object = {}): Promise<string> {
  const cid = newCid()
  person.tells({ type: 'send', room: person.room, cid, text: 'hello', ...more })
  return Promise.race([person.acked(cid).then(() => 'ack'), person.refused(cid).then(({ code }) => code)])
}
const posts = (person: Person, text = 'hello') =>
  person.tries('POST', `/api/rooms/${person.room}/messages`, { cid: newCid(), text })

/** The others have heard of a change once their server has. */
const hears = (person: Person, kind: string) => person.notices(kind)

describe('its name', () => {
  test('owners change it; everybody sees the new one at once, and its links lead on', async () => {
    const { owner, moderator, member, room, sets } = await roomOfThree()
    const stranger = await brook.enter(fresh('Stranger'))
    const name = fresh('renamed')
    expect(await sets({ name }, moderator)).toBe('not_allowed')
    expect(await sets({ name: `#${name}` })).toBe(200)
    expect((await hears(member, 'name')).notice).toEqual({ kind: 'name', name })
    const shown = await until(
      () => stranger.heard.findLast((event) => event.type === 'open'),
      (event) => event?.room.name === name,
    )
    expect(shown?.room.id).toBe(room)
    expect((await owner.ask<{ room: RoomSummary }>('GET', `/api/rooms/${room}`)).body.room.name).toBe(name)
  })

  test('of public rooms, one has a name; a name that misleads is refused; a private room may share one', async () => {
    const { owner, sets } = await roomOfThree()
    const taken = await owner.makes(fresh('taken'))
    expect(await sets({ name: taken.name.toUpperCase() })).toBe('room_name_taken')
    expect(await sets({ name: '' })).toBe('bad_room_name')
    expect(await sets({ name: 'x'.repeat(65) })).toBe('bad_room_name')
    expect(await sets({ name: 'pаypal' })).toBe('misleading_name')
    expect(await sets({ kind: 'private' })).toBe(200)
    expect(await sets({ name: taken.name })).toBe(200)
    expect(await sets({ kind: 'public' })).toBe('room_name_taken')
  })
})

describe('its kind', () => {
  test('from public to private and back: others lose it and see it again, members stay', async () => {
    const { member, room, sets } = await roomOfThree()
    const stranger = await brook.enter(fresh('Stranger'))
    expect(await stranger.tries('GET', `/api/rooms/${room}/messages`)).toBe(200)
    expect(await sets({ kind: 'private' })).toBe(200)
    expect((await hears(member, 'visibility')).notice).toEqual({ kind: 'visibility', visibility: 'private' })
    await until(() => stranger.heard.some((event) => event.type === 'gone' && event.room === room), Boolean)
    // Of a room that was private already, nobody else hears anything.
    for (const path of ['', '/messages', '/members'])
      expect(await stranger.tries('GET', `/api/rooms/${room}${path}`)).toBe('not_found')
    expect(await stranger.tries('PUT', `/api/rooms/${room}/members/me`)).toBe('not_found')
    expect(await says(member)).toBe('ack')
    expect(await sets({ kind: 'public' })).toBe(200)
    expect(await stranger.tries('PUT', `/api/rooms/${room}/members/me`)).toBe(200)
  })

  test('the room that everybody is in stays public, and is not archived', async () => {
    const root = await brook.enter(fresh('Root'))
    const lobby = root.room
    await brook.makesAdmin(root)
    const admin = root.again()
    expect(await admin.tries('PATCH', `/api/rooms/${lobby}`, { kind: 'private' })).toBe('default_room')
    expect(await admin.tries('PATCH', `/api/rooms/${lobby}`, { archived: true })).toBe('default_room')
    expect(await admin.tries('PATCH', `/api/rooms/${lobby}`, { speak: 'moderators' })).toBe(200)
    expect(await admin.tries('PATCH', `/api/rooms/${lobby}`, { speak: 'everyone' })).toBe(200)
  })
})

describe('only for moderators', () => {
  test('members read and react, and write by no way; moderators, owners and webhooks write', async () => {
    const { owner, moderator, member, room, sets } = await roomOfThree()
    const { seq: own } = await member.acked(member.says('an old one'))
    const { seq } = await owner.acked(owner.says('news'))
    await member.hears('news')
    const hook = await owner.ask<OpenedAnswer>('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'tool' })
    expect(await sets({ speak: 'moderators' })).toBe(200)
    await hears(member, 'speak')
    expect(await says(member)).toBe('read_only')
    expect(await says(member, { thread: seq })).toBe('read_only')
    expect(await posts(member)).toBe('read_only')
    expect(
      await member.tries('POST', `/api/rooms/${room}/commands`, { cid: newCid(), name: 'roll', args: '' }),
    ).toBe('read_only')
    expect(
      await member.tries('PATCH', `/api/rooms/${room}/messages/${own}`, { cid: newCid(), text: 'news' }),
    ).toBe('read_only')
    expect(await sets({ topic: 'mine' }, member)).toBe('read_only')
    const poll = { cid: newCid(), question: 'Tea?', options: ['yes', 'no'] }
    expect(await member.tries('POST', `/api/rooms/${room}/polls`, poll)).toBe('read_only')
    const path = `/api/rooms/${room}/messages/${seq}/reactions/${encodeURIComponent('👍')}`
    expect(await member.tries('PUT', path, { cid: newCid() })).toBe(200)
    expect([await says(moderator), await posts(owner)]).toEqual(['ack', 201])
    const posted = await fetch(`${owner.address}${hook.body.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'from a tool' }),
    })
    expect(posted.status).toBe(200)
    expect(await sets({ speak: 'everyone' })).toBe(200)
    await until(
      () => says(member),
      (answer) => answer === 'ack',
    )
  })

  test('messages of a moderator keep their order there', async () => {
    const { moderator, member, sets } = await roomOfThree()
    await sets({ speak: 'moderators' })
    const texts = Array.from({ length: 40 }, (_, at) => `line ${at}`)
    await Promise.all(texts.map((text) => moderator.acked(moderator.says(text))))
    await member.hears('line 39')
    expect(member.messages(moderator.room).map(({ text }) => text)).toEqual(texts)
  })
})

describe('slow mode', () => {
  test('one message each, by any way and on any server; moderators are not held back', async () => {
    const { moderator, member, room, sets } = await roomOfThree()
    expect(await sets({ slowMs: 21_600_001 })).toBe('bad_request')
    expect(await sets({ slowMs: 3_600_000 })).toBe(200)
    await hears(member, 'slowMs')
    expect(await says(member)).toBe('ack')
    expect(await says(member)).toBe('slow_mode')
    expect(await posts(member)).toBe('slow_mode')
    const elsewhere = member.again()
    elsewhere.address = brook.servers[0]?.address ?? ''
    const { status, body } = await elsewhere.ask<Failed>('POST', `/api/rooms/${room}/messages`, {
      cid: newCid(),
      text: 'again',
    })
    expect([status, body?.error?.code]).toEqual([429, 'slow_mode'])
    expect(body?.error?.retryAfterMs).toBeGreaterThan(3_500_000)
    expect([await says(moderator), await says(moderator)]).toEqual(['ack', 'ack'])
    expect(await sets({ slowMs: 0 })).toBe(200)
    await until(
      () => says(member),
      (answer) => answer === 'ack',
    )
  })

  test('what is refused costs no turn, and what is repeated under its cid is no second message', async () => {
    const { member, room, sets } = await roomOfThree()
    await sets({ slowMs: 3_600_000 })
    await hears(member, 'slowMs')
    expect(await posts(member, '')).toBe('empty_message')
    expect(await posts(member, 'x'.repeat(17_000))).toBe('message_too_long')
    const poll = { question: 'Where?', options: ['here', 'Here'] }
    expect(await member.tries('POST', `/api/rooms/${room}/polls`, { cid: newCid(), ...poll })).toBe(
      'bad_poll',
    )
    for (const [name, args] of [
      ['nothing-of-this-name', ''],
      ['poll', 'no answers'],
    ])
      expect(await member.tries('POST', `/api/rooms/${room}/commands`, { cid: newCid(), name, args })).toBe(
        200,
      )
    const message = { cid: newCid(), text: 'once' }
    const path = `/api/rooms/${room}/messages`
    const first = await member.ask<{ seq: number }>('POST', path, message)
    // By the socket too.
    member.tells({ type: 'send', room, ...message })
    expect((await member.acked(message.cid)).seq).toBe(first.body.seq)
    const second = await member.ask<{ seq: number }>('POST', path, message)
    expect([first.status, second.status, second.body.seq]).toEqual([201, 201, first.body.seq])
    expect(await posts(member)).toBe('slow_mode')
  })
})

describe('archived', () => {
  test('it can be read, left and restored, and nothing is written in it by any way', async () => {
    const { owner, moderator, member, room, sets } = await roomOfThree()
    const { seq } = await member.acked(member.says('the last word'))
    const stranger = await brook.enter(fresh('Stranger'))
    const hook = await owner.ask<OpenedAnswer>('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'tool' })
    expect(await sets({ archived: true })).toBe(200)
    await hears(member, 'archived')
    expect([await says(member), await says(moderator), await posts(owner)]).toEqual(Array(3).fill('archived'))
    const at = `/api/rooms/${room}`
    const cid = newCid()
    const message = `${at}/messages/${seq}`
    for (const [method, path, body] of [
      ['PATCH', message, { cid, text: 'changed' }],
      ['DELETE', message, { cid }],
      ['PUT', `${message}/reactions/${encodeURIComponent('👍')}`, { cid }],
      ['PUT', `${at}/pins/${seq}`, { cid }],
      ['POST', `${at}/commands`, { cid, name: 'roll', args: '' }],
      ['POST', `${at}/members`, { name: stranger.user.name }],
    ] as const)
      expect(await owner.tries(method, path, body), path).toBe('archived')
    expect(await stranger.tries('PUT', `${at}/members/me`)).toBe('archived')
    expect([await sets({ topic: 'more' }), await sets({ name: 'other' })]).toEqual(['archived', 'archived'])
    const posted = await fetch(`${owner.address}${hook.body.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'from a tool' }),
    })
    expect(posted.status).toBe(403)
    expect((await member.page('', room)).messages.some((one) => one.kind === 'message')).toBe(true)
    // It is offered to nobody, but a link to it leads there.
    const { body } = await stranger.ask<{ rooms: { id: string }[] }>('GET', '/api/directory')
    expect(body.rooms.map(({ id }) => id)).not.toContain(room)
    expect((await stranger.rooms()).map(({ id }) => id)).not.toContain(room)
    expect(await stranger.tries('GET', `${at}/messages`)).toBe(200)
    expect(await moderator.tries('DELETE', `${at}/members/me`)).toBe(204)
    expect(await sets({ archived: false }, member)).toBe('not_allowed')
    expect(await sets({ archived: false })).toBe(200)
    await until(
      () => says(member),
      (answer) => answer === 'ack',
    )
    expect(await stranger.tries('PUT', `${at}/members/me`)).toBe(200)
  })

  test('a server that starts knows what holds', async () => {
    const { member, sets } = await roomOfThree()
    await sets({ archived: true })
    await hears(member, 'archived')
    const later = member.again()
    later.address = await brook.serve()
    later.room = member.room
    expect(await posts(later)).toBe('archived')
  })
})
