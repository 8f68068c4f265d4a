// Words and links that the workspace refuses or holds for review: the same by every way in, and what was held is posted once, or
// dropped, and nothing is lost.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { Case, CasesAnswer, OwnAnswersAnswer } from '../../server/protocol/reports.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { WordRulesAnswer } from '../../server/protocol/word-rules.ts'
import { WordRules } from '../../server/word-rules/rules.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())
beforeEach(async () => {
  const { body } = await root.ask<WordRulesAnswer>('GET', '/api/admin/rules')
  for (const { id } of body.rules) await root.ask('DELETE', `/api/admin/rules/${id}`)
  await root.ask('PATCH', '/api/admin/rules', { holdLinksMs: 0 })
})

async function rule(text: string, does: 'refuse' | 'hold' = 'refuse', kind: 'word' | 'host' = 'word') {
  expect(await root.tries('POST', '/api/admin/rules', { kind, text, does })).toBe(201)
}
const posts = (person: Person, text: string, cid = newCid()) =>
  person.tries('POST', `/api/rooms/${person.room}/messages`, { cid, text })
const answersOf = async (person: Person) =>
  (await person.ask<OwnAnswersAnswer>('GET', '/api/reports/answers')).body.answers
const handles = (person: Person, id: string, acts: string[], more: object = {}) =>
  person.tries('POST', `/api/cases/${id}/handle`, { acts, ...more })
async function held(room: string): Promise<Case[]> {
  const { body } = await root.ask<CasesAnswer>('GET', `/api/rooms/${room}/reports`)
  return body.cases.filter(({ kind }) => kind === 'held')
}
const textsOf = async (person: Person) =>
  (await person.page()).messages.flatMap((one) => (one.kind === 'notice' ? [] : [one.text]))

/** Ann's room, with Eve in it. */
async function scene() {
  const ann = await brook.enter(fresh('Ann'))
  const eve = await brook.enter(fresh('Eve'))
  const { id: room } = await ann.makes(fresh('garden'))
  await eve.joins(room)
  await until(() => eve.heard.some((event) => event.type === 'room' && event.room.id === room))
  return { ann, eve, room }
}

test('a word is refused by every way in; administrators say what they like', async () => {
  const { ann, eve, room } = await scene()
  const { seq } = await eve.acked(eve.says('a plain word', { room }))
  await rule('Boats for sale')
  const bad = 'Cheap BOATS  för\nSALE today'
  expect(await posts(eve, bad)).toBe('refused_by_rule')
  expect((await eve.refused(eve.says(bad, { room }))).code).toBe('refused_by_rule')
  const asks = async (request: object) => {
    const cid = newCid()
    eve.tells({ room, cid, ...request } as Parameters<Person['tells']>[0])
    return (await eve.refused(cid)).code
  }
  expect(await asks({ type: 'edit', seq, text: bad })).toBe('refused_by_rule')
  expect(await asks({ type: 'send', thread: seq, text: bad })).toBe('refused_by_rule')
  expect(await asks({ type: 'command', name: 'roll', args: bad })).toBe('refused_by_rule')
  expect(await asks({ type: 'command', name: 'poll', args: `${bad} | yes | no` })).toBe('refused_by_rule')
  const poll = { cid: newCid(), question: 'What?', options: ['tea', 'boats for sale'] }
  expect(await eve.tries('POST', `/api/rooms/${room}/polls`, poll)).toBe('refused_by_rule')
  expect(await eve.tries('PATCH', `/api/rooms/${room}/messages/${seq}`, { cid: newCid(), text: bad })).toBe(
    'refused_by_rule',
  )
  expect(await ann.tries('PATCH', `/api/rooms/${room}`, { topic: 'boats for sale' })).toBe('refused_by_rule')
  expect(await ann.tries('PATCH', `/api/rooms/${room}`, { name: 'boats for sale' })).toBe('refused_by_rule')
  expect(await eve.tries('POST', '/api/rooms', { name: 'boats for sale', kind: 'public' })).toBe(
    'refused_by_rule',
  )
  const hook = await ann.ask<{ path: string }>('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'shop' })
  const answer = await fetch(ann.address + hook.body.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: bad }),
  })
  expect(answer.status).toBe(403)
  await root.joins(room)
  expect(await posts(root, bad)).toBe(201)
  expect(await posts(eve, 'boats for all')).toBe(201)
  expect((await textsOf(eve)).filter((text) => text === bad)).toHaveLength(1)
})

test('words are whole words and read as search reads them; Chinese anywhere; a host has all below it', async () => {
  const { eve } = await scene()
  await rule('café')
  await rule('赌博')
  await rule('https://Shop.example/x', 'refuse', 'host')
  for (const bad of [
    'CAFE',
    'a ｃａｆｅ́ here',
    'ca\u200bfe',
    '**ca**fe',
    '我们来赌博吧',
    'https://shop.example',
    'go to m.SHOP.example now',
    '[tea](//shop.example/a)',
    '`shop.example`',
  ])
    expect([bad, await posts(eve, bad)]).toEqual([bad, 'refused_by_rule'])
  for (const good of ['cafeteria', 'the bookshop.example', 'shop.example.org', '赌', 'shop example'])
    expect([good, await posts(eve, good)]).toEqual([good, 201])
})

test('what is held waits in the queue and for its author; approved, it comes in their name, once, though they are away', async () => {
  const { ann, eve, room } = await scene()
  await rule('lottery', 'hold')
  const cid = newCid()
  expect((await eve.refused(eve.says('a lottery, @' + ann.user.name, { room, cid }))).code).toBe(
    'held_for_review',
  )
  expect(await posts(eve, 'a lottery, @' + ann.user.name, cid)).toBe('held_for_review')
  await until(
    () => eve.heard.filter(({ type }) => type === 'reports').length,
    (n) => n > 0,
  )
  expect(await answersOf(eve)).toMatchObject([{ kind: 'held', handledAt: null, seq: null }])
  const waiting = await held(room)
  expect(waiting).toMatchObject([
    { text: 'a lottery, @' + ann.user.name, author: { id: eve.user.id }, seq: null },
  ])
  const id = waiting[0]?.id ?? ''
  expect(waiting[0]?.may).toContain('post')
  expect(await textsOf(ann)).toEqual([])
  expect(await handles(eve, id, ['post'])).toBe('not_found')
  eve.drops()
  expect(await handles(ann, id, ['post', 'ban'])).toBe('bad_request')
  const both = await Promise.all([handles(ann, id, ['post']), handles(root, id, ['post'])])
  expect(both.sort()).toEqual([200, 'already_handled'])
  const { messages } = await ann.page()
  const posted = messages.filter((one) => one.kind === 'message')
  expect(posted).toMatchObject([{ user: { id: eve.user.id }, text: 'a lottery, @' + ann.user.name, cid }])
  expect(posted[0]?.kind === 'message' && posted[0].mentions).toHaveLength(1)
  // Sent again by whoever never heard of it, it has its number.
  expect(await posts(eve, 'a lottery, @' + ann.user.name, cid)).toBe(201)
  expect(await textsOf(ann)).toHaveLength(1)
  expect(await answersOf(eve)).toMatchObject([{ kind: 'held', seq: posted[0]?.seq, acts: ['post'] }])
  await eve.tries('DELETE', `/api/reports/answers/${id}`)
  expect(await answersOf(eve)).toEqual([])
})

test('what is dropped is never seen; its author hears it, with an answer, even if they put the waiting away', async () => {
  const { ann, eve, room } = await scene()
  await rule('lottery', 'hold')
  const cid = newCid()
  await posts(eve, 'lottery', cid)
  const id = (await held(room))[0]?.id ?? ''
  await eve.tries('DELETE', `/api/reports/answers/${id}`)
  expect(await answersOf(eve)).toEqual([])
  expect(await handles(ann, id, [], { answer: 'Not here' })).toBe(200)
  expect(await answersOf(eve)).toMatchObject([{ id, acts: [], answer: 'Not here', seq: null }])
  expect(await posts(eve, 'lottery', cid)).toBe('refused_by_rule')
  expect(await textsOf(ann)).toEqual([])
})

test('its author takes back what waits, with its words; nobody reads it then, and the same message is not held again', async () => {
  const { ann, eve, room } = await scene()
  await rule('quagga', 'hold')
  const cid = newCid()
  const { seq: thread } = await ann.acked(ann.says('a root', { room }))
  expect(await posts(eve, 'a rare quagga', cid)).toBe('held_for_review')
  const [waiting] = await held(room)
  const id = waiting?.id ?? ''
  const withdraws = (who: Person) => who.ask('POST', `/api/cases/${id}/withdraw`)
  for (const who of [ann, root]) expect((await withdraws(who)).status).toBe(404)
  expect(await withdraws(eve)).toMatchObject({ status: 200, body: { room, text: 'a rare quagga' } })
  expect(await answersOf(eve)).toEqual([])
  for (const state of ['open', 'handled']) {
    const { body } = await root.ask<CasesAnswer>('GET', `/api/rooms/${room}/reports?state=${state}`)
    expect(body.cases).toEqual([])
  }
  const [row] = await brook.db.rows('SELECT text, said FROM review_cases WHERE id = ?', [BigInt(id)])
  expect(row).toEqual({ text: null, said: null })
  expect(await posts(eve, 'a rare quagga', cid)).toBe('refused_by_rule')
  expect(await handles(root, id, ['post'])).toBe('already_handled')
  expect((await withdraws(eve)).status).toBe(409)

  const poll = { cid: newCid(), question: 'a quagga?', options: ['yes', 'no'], thread }
  expect(await eve.tries('POST', `/api/rooms/${room}/polls`, poll)).toBe('held_for_review')
  const [second] = await held(room)
  expect((await eve.ask('POST', `/api/cases/${second?.id}/withdraw`)).body).toEqual({
    room,
    thread,
    text: 'a quagga?',
    options: ['yes', 'no'],
  })
})

test('of a withdrawal and an answer at once one counts: it is posted and not taken back, or taken back and never seen', async () => {
  const { eve, room } = await scene()
  await rule('okapi', 'hold')
  for (let n = 0; n < 8; n += 1) {
    const text = `okapi ${n}`
    expect(await posts(eve, text)).toBe('held_for_review')
    const [waiting] = await held(room)
    const id = waiting?.id ?? ''
    const [taken, posted] = await Promise.all([
      eve.tries('POST', `/api/cases/${id}/withdraw`),
      handles(root, id, ['post']),
    ])
    expect([`${taken} ${posted}`]).toContainEqual(
      expect.stringMatching(/^(?:200 already_handled|already_handled 200)$/),
    )
    expect((await textsOf(eve)).includes(text)).toBe(posted === 200)
  }
})

test('a poll, a reply and a webhook are held and posted as what they are', async () => {
  const { ann, eve, room } = await scene()
  const { seq } = await eve.acked(eve.says('a root', { room }))
  await rule('lottery', 'hold')
  const poll = { cid: newCid(), question: 'A lottery?', options: ['yes', 'no'] }
  expect(await eve.tries('POST', `/api/rooms/${room}/polls`, poll)).toBe('held_for_review')
  const reply = { cid: newCid(), text: 'lottery below', thread: seq }
  expect(await eve.tries('POST', `/api/rooms/${room}/messages`, reply)).toBe('held_for_review')
  const hook = await ann.ask<{ path: string }>('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'shop' })
  const taken = await fetch(ann.address + hook.body.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'lottery by hook' }),
  })
  expect([taken.status, await taken.text()]).toEqual([200, 'ok'])
  const waiting = await held(room)
  expect(waiting).toHaveLength(3)
  for (const { id } of waiting.toReversed()) expect(await handles(ann, id, ['post'])).toBe(200)
  const { messages } = await ann.page()
  expect(messages.find((one) => one.kind === 'poll')).toMatchObject({ poll: { options: ['yes', 'no'] } })
  expect(messages.find((one) => 'text' in one && one.text === 'lottery below')).toMatchObject({ thread: seq })
  expect(messages.find((one) => 'text' in one && one.text === 'lottery by hook')).toMatchObject({
    user: { name: 'shop', bot: true },
  })
})

test('what can no longer be said is not posted, and can be dropped then', async () => {
  const { ann, eve, room } = await scene()
  await rule('lottery', 'hold')
  await posts(eve, 'lottery')
  const id = (await held(room))[0]?.id ?? ''
  await ann.ask('PATCH', `/api/rooms/${room}`, { archived: true })
  expect(await handles(ann, id, ['post'])).toBe('archived')
  await ann.ask('PATCH', `/api/rooms/${room}`, { archived: false })
  await eve.ask('DELETE', `/api/rooms/${room}/members/me`)
  expect(await handles(ann, id, ['post'])).toBe('no_such_member')
  expect(await handles(ann, id, [])).toBe(200)
  expect(await textsOf(ann)).toEqual([])
})

test('what a webhook said is not posted once it is removed, or whoever made it is banned', async () => {
  const { ann, room } = await scene()
  await rule('lottery', 'hold')
  const hooks = `/api/rooms/${room}/hooks/incoming`
  const made = await ann.ask<{ path: string; hook: { id: string } }>('POST', hooks, { name: 'shop' })
  const says = (text: string) =>
    fetch(ann.address + made.body.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    })
  await says('a lottery')
  await says('another lottery')
  const [second, first] = (await held(room)).map(({ id }) => id)
  const ban = await root.ask<{ ban: { id: string } }>('POST', '/api/admin/bans', { user: ann.user.id })
  expect(await handles(root, first ?? '', ['post'])).toBe('person_banned')
  await root.ask('DELETE', `/api/admin/bans/${ban.body.ban.id}`)
  expect(await handles(root, first ?? '', ['post'])).toBe(200)
  expect(await ann.tries('DELETE', `${hooks}/${made.body.hook.id}`)).toBe(204)
  expect(await handles(root, second ?? '', ['post'])).toBe('no_such_member')
  expect(await handles(root, second ?? '', [])).toBe(200)
})

test('links of people who have only just come are held; on every server', async () => {
  const { eve, room } = await scene()
  expect(await root.tries('PATCH', '/api/admin/rules', { holdLinksMs: 3_600_000 })).toBe(200)
  expect(await posts(eve, 'https://a.example')).toBe('held_for_review')
  expect(await posts(eve, 'no link')).toBe(201)
  const elsewhere = eve.again()
  elsewhere.address = brook.servers[1]?.address ?? ''
  elsewhere.room = room
  await until(
    () => posts(elsewhere, 'www.a.example'),
    (code) => code === 'held_for_review',
  )
  let now = 0
  const rules = new WordRules({
    db: brook.db,
    bus: { publish: () => undefined },
    onError: () => undefined,
    now: () => now,
  })
  await rules.open()
  const young = { admin: false, since: 0 }
  now = 3_599_999
  expect([
    rules.judge(young, 'https://a.example'),
    rules.judge({ admin: false }, 'https://a.example'),
  ]).toEqual(['hold', undefined])
  now = 3_600_000
  expect(rules.judge(young, 'https://a.example')).toBeUndefined()
  await rules.close()
})

test('rules are for administrators, are few, and replace each other', async () => {
  const ann = await brook.arrive(fresh('Ann'))
  expect(await ann.tries('GET', '/api/admin/rules')).toBe('not_found')
  await rule('tea')
  await rule('TEA', 'hold')
  const { body } = await root.ask<WordRulesAnswer>('GET', '/api/admin/rules')
  expect(body).toMatchObject({ rules: [{ text: 'TEA', does: 'hold' }], holdLinksMs: 0 })
  for (const bad of [
    { kind: 'word', text: ' ', does: 'hold' },
    { kind: 'word', text: 'x'.repeat(101), does: 'hold' },
    { kind: 'host', text: 'no host', does: 'refuse' },
    { kind: 'host', text: 'localhost', does: 'refuse' },
  ])
    expect([bad.text, await root.tries('POST', '/api/admin/rules', bad)]).toEqual([bad.text, 'bad_request'])
  const rows = Array.from({ length: limits.wordRules.atOnce - 1 }, (_, n) => [
    'word',
    `w${n}`,
    `w${n}`,
    'refuse',
    1,
    new Date(),
  ])
  await brook.db.run('INSERT INTO word_rules (kind, text, text_key, does, created_by, created_at) VALUES ?', [
    rows,
  ])
  expect(await root.tries('POST', '/api/admin/rules', { kind: 'word', text: 'more', does: 'hold' })).toBe(
    'bad_request',
  )
  await rule('tea', 'refuse')
  await brook.db.run('DELETE FROM word_rules')
  expect(await root.tries('DELETE', '/api/admin/rules/999')).toBe('not_found')
})

test('one person has so many messages waiting, and then the rest waits with them', async () => {
  const { eve } = await scene()
  await rule('lottery', 'hold')
  for (let n = 0; n < limits.reports.heldOfOne; n += 1)
    expect(await posts(eve, `lottery ${n}`)).toBe('held_for_review')
  expect(await posts(eve, 'lottery, one more')).toBe('too_many')
})
