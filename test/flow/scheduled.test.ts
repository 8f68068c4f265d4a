// Scheduled messages: sent once, at their time, as their author would then; a refusal keeps the words.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Scheduled, ScheduledAnswer } from '../../server/protocol/scheduled.ts'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

const hour = 3_600_000
const soon = (): number => Date.now() + 200
const later = (): number => Date.now() + hour

/** Two in a room of their own. */
async function pair(): Promise<{ ann: Person; bob: Person; room: string }> {
  const [ann, bob] = [await brook.enter(fresh('Ann')), await brook.enter(fresh('Bob'))]
  return { ann, bob, room: (await brook.meet(ann, bob)).id }
}

const schedules = (who: Person, more: object = {}) =>
  who.ask<Scheduled>('POST', '/api/scheduled', {
    cid: newCid(),
    room: who.room,
    at: later(),
    text: 'later',
    ...more,
  })
const tries = (who: Person, more: object = {}) =>
  who.tries('POST', '/api/scheduled', { cid: newCid(), room: who.room, at: later(), text: 'later', ...more })
const list = async (who: Person): Promise<Scheduled[]> =>
  (await who.ask<ScheduledAnswer>('GET', '/api/scheduled')).body.scheduled
const changes = (who: Person, id: string, change: object) =>
  who.ask<Scheduled>('PATCH', `/api/scheduled/${id}`, change)
const isDue = (id: string, ms = Date.now()) =>
  brook.db.run('UPDATE scheduled_messages SET due_ms = ? WHERE id = ?', [ms, BigInt(id)])
const texts = async (who: Person): Promise<string[]> =>
  (await who.page('limit=200')).messages.flatMap((one) => (one.kind === 'message' ? one.text : []))
/** What became of it, once its time has come. */
async function refusalOf(who: Person, id: string): Promise<string | undefined> {
  await isDue(id)
  const [one] = await until(
    async () => (await list(who)).filter((each) => each.id === id),
    (all) => all.length === 0 || all[0]?.state === 'refused',
  )
  return one?.refusal?.code
}

test('it is sent at its time and not before, in a thread too, to everybody, and leaves the list on all devices', async () => {
  const { ann, bob } = await pair()
  const phone = ann.again()
  await phone.connects()
  const begun = (await ann.acked(ann.says('a thread'))).seq
  const at = later()
  const kept = await schedules(ann, { at, text: 'good morning, all', thread: begun, alsoInRoom: true })
  expect(kept.status).toBe(201)
  expect(kept.body).toMatchObject({ room: ann.room, at, state: 'waiting', refusal: null, thread: begun })
  expect(await phone.event('scheduled')).toMatchObject({
    id: kept.body.id,
    scheduled: { text: 'good morning, all' },
  })
  expect(await list(bob)).toEqual([])
  await schedules(ann, { at: soon(), text: 'the first one' })
  await bob.hears('the first one')
  expect(await texts(bob)).not.toContain('good morning, all')
  expect((await list(ann)).map(({ text }) => text)).toEqual(['good morning, all'])
  await isDue(kept.body.id)
  expect(await bob.hears('good morning, all')).toMatchObject({
    thread: begun,
    alsoInRoom: true,
    user: { id: ann.user.id },
  })
  expect(await bob.hears('good morning, all')).not.toHaveProperty('dueAt')
  await until(() => phone.heard.some((one) => one.type === 'scheduled' && one.scheduled === null))
  expect(await list(ann)).toEqual([])
})

test('asked for again with the same cid it is the same one, before and after it was sent', async () => {
  const { ann, bob } = await pair()
  const wanted = { cid: newCid(), at: soon(), text: 'only once' }
  const [first, second] = await Promise.all([schedules(ann, wanted), schedules(ann, wanted)])
  expect(second.body?.id ?? first.body?.id).toBe(first.body?.id ?? second.body?.id)
  await bob.hears('only once')
  await until(async () => (await list(ann)).length === 0)
  expect((await schedules(ann, { ...wanted, at: later() })).body).toBeNull()
  // By the socket it is the same message.
  expect(await ann.acked(ann.says('only once', { cid: wanted.cid }))).toMatchObject({
    seq: (await bob.hears('only once')).seq,
  })
  expect((await texts(bob)).filter((text) => text === 'only once')).toHaveLength(1)
})

test('times, texts, places and numbers have bounds', async () => {
  const { ann } = await pair()
  const stranger = await brook.enter(fresh('Stranger'))
  const { id: secret } = await stranger.makes(fresh('secret'), 'private')
  expect(await tries(ann, { at: Date.now() - 1_000 })).toBe('bad_schedule')
  expect(await tries(ann, { at: Date.now() + limits.scheduled.maxMs + hour })).toBe('bad_schedule')
  expect(await tries(ann, { text: ' ' })).toBe('empty_message')
  expect(await tries(ann, { text: 'x'.repeat(limits.messageBytes + 1) })).toBe('message_too_long')
  expect(await tries(ann, { room: secret })).toBe('not_found')
  expect(await tries(ann, { room: '999999' })).toBe('not_found')
  expect(await tries(ann, { cid: 'mine' })).toBe('bad_request')
  const made = await Promise.all(Array.from({ length: limits.scheduled.atOnce + 5 }, () => tries(ann)))
  expect(made.filter((code) => code === 201)).toHaveLength(limits.scheduled.atOnce)
  expect(made.filter((code) => code === 'too_many_scheduled')).toHaveLength(5)
})

test('it can be changed, moved, sent now, deleted and restored by its author alone', async () => {
  const { ann, bob } = await pair()
  const { id } = (await schedules(ann)).body
  for (const [method, body] of [
    ['PATCH', { text: 'not mine' }],
    ['DELETE', undefined],
  ] as const)
    expect(await bob.tries(method, `/api/scheduled/${id}`, body)).toBe(method === 'PATCH' ? 'not_found' : 204)
  const at = later() + hour
  expect((await changes(ann, id, { text: 'better', at })).body).toMatchObject({ id, text: 'better', at })
  expect(await ann.tries('PATCH', `/api/scheduled/${id}`, { at: Date.now() - 1 })).toBe('bad_schedule')
  expect(await ann.tries('PATCH', `/api/scheduled/${id}`, { text: '' })).toBe('empty_message')
  expect(await ann.tries('DELETE', `/api/scheduled/${id}`)).toBe(204)
  expect(await list(ann)).toEqual([])
  expect(await ann.tries('PATCH', `/api/scheduled/${id}`, { text: 'gone' })).toBe('not_found')
  // Nor does a time that is refused become one on the way back.
  const never = { deleted: false, at: Date.now() + limits.scheduled.maxMs + hour }
  expect(await ann.tries('PATCH', `/api/scheduled/${id}`, never)).toBe('bad_schedule')
  expect((await changes(ann, id, { deleted: false })).body).toMatchObject({ text: 'better', at })
  expect((await list(ann)).map((one) => one.id)).toEqual([id])
  await changes(ann, id, { now: true })
  await bob.hears('better')
  await until(async () => (await list(ann)).length === 0)
  expect(await ann.tries('PATCH', `/api/scheduled/${id}`, { deleted: false })).toBe('not_found')
  expect((await texts(bob)).filter((text) => text === 'better')).toHaveLength(1)
})

test('a message is forwarded later too, with or without words, if its author may still read it then', async () => {
  const { ann, bob, room } = await pair()
  const { id: secret } = await ann.makes(fresh('secret'), 'private')
  const { seq } = await ann.acked(ann.says('look here', { room: secret }))
  const forwarded = { room: secret, seq }
  const { id } = (await schedules(ann, { room, text: '', forwarded })).body
  expect((await changes(ann, id, { text: 'see?' })).body).toMatchObject({ text: 'see?', forwarded })
  expect((await changes(ann, id, { text: '' })).body).toMatchObject({ text: '', forwarded })
  await isDue(id)
  expect(await bob.hears('')).toMatchObject({ forwarded, user: { id: ann.user.id } })
  const others = (await schedules(bob, { room, text: '', forwarded })).body.id
  expect(await refusalOf(bob, others)).toBe('bad_forward')
})

test('whoever is out of the room, banned or not allowed to write says nothing, and keeps the words', async () => {
  const { ann, bob, room } = await pair()
  const admin = await brook.enter(fresh('Admin'))
  await brook.makesAdmin(admin)
  const ids: string[] = []
  for (let n = 0; n < 4; n += 1) ids.push((await schedules(bob, { text: `of Bob ${n}` })).body.id)
  const [first = '', second = '', third = '', fourth = ''] = ids
  const sets = (change: object) => ann.tries('PATCH', `/api/rooms/${room}`, change)
  await sets({ speak: 'moderators' })
  expect(await refusalOf(bob, first)).toBe('read_only')
  await sets({ speak: 'everyone', archived: true })
  expect(await refusalOf(bob, second)).toBe('archived')
  await sets({ archived: false })
  await bob.tries('DELETE', `/api/rooms/${room}/members/me`)
  expect(await refusalOf(bob, third)).toBe('not_allowed')
  await bob.joins(room)
  await admin.tries('POST', '/api/admin/bans', { user: bob.user.id })
  const [row] = await until(
    () => {
      void isDue(fourth)
      return brook.db.rows<{ state: string; refusal: string; said: string }>(
        'SELECT state, refusal, said FROM scheduled_messages WHERE id = ?',
        [BigInt(fourth)],
      )
    },
    ([one]) => one?.state === 'refused',
  )
  expect(row).toMatchObject({ refusal: 'banned' })
  expect(row?.said).toContain('of Bob 3')
  expect(await texts(ann)).not.toContainEqual(expect.stringContaining('of Bob'))
})

test('a refused one is told to its author, and waits again with a new time', async () => {
  const { ann, bob, room } = await pair()
  const { id } = (await schedules(bob, { text: 'at last' })).body
  await ann.tries('PATCH', `/api/rooms/${room}`, { speak: 'moderators' })
  expect(await refusalOf(bob, id)).toBe('read_only')
  const told = bob.heard.findLast((one) => one.type === 'scheduled' && one.scheduled?.state === 'refused')
  expect(told).toMatchObject({ scheduled: { text: 'at last', refusal: { code: 'read_only' } } })
  await ann.tries('PATCH', `/api/rooms/${room}`, { speak: 'everyone' })
  expect(await bob.tries('PATCH', `/api/scheduled/${id}`, { text: 'at long last' })).toBe('bad_schedule')
  await changes(bob, id, { text: 'at long last', at: soon() })
  await ann.hears('at long last')
})

test('slow mode only delays it', async () => {
  const { ann, bob, room } = await pair()
  await ann.tries('PATCH', `/api/rooms/${room}`, { slowMs: 3_600_000 })
  await until(() =>
    bob.heard.some((one) => one.type === 'notice' && JSON.stringify(one.notice).includes('slowMs')),
  )
  await bob.acked(bob.says('first'))
  const { id } = (await schedules(bob, { text: 'slowly', at: soon() })).body
  const row = async () =>
    (
      await brook.db.rows<{ state: string; rests_ms: number }>(
        'SELECT state, rests_ms FROM scheduled_messages WHERE id = ?',
        [BigInt(id)],
      )
    )[0]
  await until(row, (one) => one?.state === 'waiting' && Number(one.rests_ms) > Date.now() + 10_000)
  await ann.tries('PATCH', `/api/rooms/${room}`, { slowMs: 0 })
  await changes(bob, id, { text: 'slowly, but surely', now: true })
  await ann.hears('slowly, but surely')
})

test('after a night of downtime it is sent at once, and its details say when it was to come', async () => {
  const { ann, bob } = await pair()
  const dueAt = Date.now() - 8 * hour
  const { id } = (await schedules(ann, { text: 'good night' })).body
  await isDue(id, dueAt)
  expect(await bob.hears('good night')).toMatchObject({ dueAt })
  await brook.archive()
  const { messages } = await bob.page()
  expect(messages.at(-1)).toMatchObject({ text: 'good night', dueAt })
})

test('an account that ended says nothing any more', async () => {
  const { ann, bob } = await pair()
  const { id } = (await schedules(bob)).body
  await schedules(ann, { text: 'later than that', at: soon() + 300 })
  expect(await bob.tries('DELETE', '/api/me', { messages: 'keep' })).toBe(204)
  expect(await brook.db.rows('SELECT id FROM scheduled_messages WHERE id = ?', [BigInt(id)])).toEqual([])
  await ann.hears('later than that')
})

/** A server as a process that dies there. */
async function doomed(at: 'marked' | 'said'): Promise<void> {
  const child = spawn(
    process.execPath,
    [path.join(root, 'dist/test/send-later.js'), JSON.stringify(brook.config)],
    {
      env: { ...process.env, DIE_AT: at },
      stdio: 'ignore',
    },
  )
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
}

test('over a kill -9 of the server it is sent once, wherever that was', async () => {
  const { ann, bob } = await pair()
  for (const at of ['marked', 'said'] as const) {
    const { id } = (await schedules(ann, { text: `killed when ${at}` })).body
    for (const server of brook.servers.splice(0)) await server.close()
    await isDue(id)
    await doomed(at)
    // Nobody goes on with it before its lease is over.
    await brook.db.run('UPDATE scheduled_messages SET rests_ms = 0 WHERE id = ?', [BigInt(id)])
    await brook.serve()
    for (const one of [ann, bob]) await one.returns(brook.servers[0]?.address)
    await bob.hears(`killed when ${at}`)
    await until(async () => (await list(ann)).length === 0)
    expect((await texts(bob)).filter((text) => text === `killed when ${at}`)).toHaveLength(1)
  }
}, 120_000)

test('killed after it was said, it counts as sent although its author has left since', async () => {
  const { ann, bob, room } = await pair()
  const { id } = (await schedules(bob, { text: 'and goodbye' })).body
  for (const server of brook.servers.splice(0)) await server.close()
  await isDue(id)
  await doomed('said')
  await brook.serve()
  for (const one of [ann, bob]) await one.returns(brook.servers[0]?.address)
  await bob.tries('DELETE', `/api/rooms/${room}/members/me`)
  await brook.db.run('UPDATE scheduled_messages SET rests_ms = 0 WHERE id = ?', [BigInt(id)])
  await until(async () => (await list(bob)).length === 0)
  expect((await texts(ann)).filter((text) => text === 'and goodbye')).toHaveLength(1)
}, 60_000)
