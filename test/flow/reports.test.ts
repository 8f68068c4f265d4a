// Reports of messages: who may make and handle them, who sees what of them, and what their reporters hear.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { ReportsEvent } from '../../server/protocol/events.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Case, CasesAnswer, OpenCasesAnswer, OwnAnswersAnswer } from '../../server/protocol/reports.ts'
import { Reports } from '../../server/reports/report.ts'
import { Brook } from '../support/brook.ts'
import { commandLine } from '../support/command-line.ts'
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

const reports = (person: Person, room: string, seq: number, body: object = { reason: 'spam' }) =>
  person.tries('POST', `/api/rooms/${room}/messages/${seq}/reports`, body)
const handles = (person: Person, id: string, body: object = { acts: [] }) =>
  person.tries('POST', `/api/cases/${id}/handle`, body)
const answersOf = async (person: Person) =>
  (await person.ask<OwnAnswersAnswer>('GET', '/api/reports/answers')).body.answers
const queueOf = async (person: Person, room: string, state = 'open') =>
  (await person.ask<CasesAnswer>('GET', `/api/rooms/${room}/reports?state=${state}`)).body.cases
/** The newest open case about this message, as an administrator sees it. */
async function caseOf(room: string, seq: number, state = 'open'): Promise<Case> {
  const { body } = await root.ask<CasesAnswer>('GET', `/api/admin/reports?state=${state}&limit=50`)
  const found = body.cases.find((one) => one.room.id === room && one.seq === seq)
  if (found === undefined) throw new Error(`no case about ${room} ${seq}: ${JSON.stringify(body)}`)
  return found
}
const told = (person: Person, about: ReportsEvent['about']): number =>
  person.heard.filter((event) => event.type === 'reports' && event.about === about).length

/** A room of Ann's, in which Eve said something. */
async function scene(kind: 'public' | 'private' = 'public') {
  const ann = await brook.enter(fresh('Ann'))
  const eve = await brook.enter(fresh('Eve'))
  const bob = await brook.enter(fresh('Bob'))
  const { id: room } = await ann.makes(fresh('garden'), kind)
  for (const one of [eve, bob]) {
    if (kind === 'public') await one.joins(room)
    else await ann.ask('POST', `/api/rooms/${room}/members`, { name: one.user.name })
    await until(() => one.heard.some((event) => event.type === 'room' && event.room.id === room))
    one.room = room
  }
  const { seq } = await eve.acked(eve.says('buy my boats', { room }))
  return { ann, eve, bob, room, seq }
}

test('a guest reports a message; moderators of the room and administrators see it with what was said, at once, and only administrators who reported it', async () => {
  const { ann, eve, bob, room, seq } = await scene()
  const before = told(ann, 'queue')
  expect(await reports(bob, room, seq, { reason: 'spam', note: ' again\n and  again ' })).toBe(204)
  await until(
    () => told(ann, 'queue'),
    (n) => n > before,
  )
  await until(
    () => told(root, 'queue'),
    (n) => n > 0,
  )
  expect(told(bob, 'queue') + told(eve, 'queue')).toBe(0)
  const seen = await caseOf(room, seq)
  expect(seen).toMatchObject({
    room: { id: room },
    author: { id: eve.user.id },
    text: 'buy my boats',
    now: 'same',
    reports: [{ by: { id: bob.user.id }, reason: 'spam', note: 'again and again' }],
    total: 1,
    handled: null,
    readable: true,
  })
  expect(await queueOf(ann, room)).toMatchObject([{ id: seen.id, reports: [{ by: null, reason: 'spam' }] }])
  expect((await ann.ask<OpenCasesAnswer>('GET', '/api/reports/open')).body).toEqual({
    open: 1,
    rooms: { [room]: 1 },
  })
  expect((await bob.ask<OpenCasesAnswer>('GET', '/api/reports/open')).body).toEqual({ open: 0, rooms: {} })
  for (const one of [bob, eve]) {
    expect(await one.tries('GET', `/api/rooms/${room}/reports`)).toBe('not_allowed')
    expect(await one.tries('GET', '/api/admin/reports')).toBe('not_found')
    expect(await handles(one, seen.id)).toBe('not_found')
  }
})

test('twice the same person about the same message is one report, two people are two of one case', async () => {
  const { ann, bob, room, seq } = await scene()
  expect(await Promise.all([reports(bob, room, seq), reports(bob, room, seq)])).toEqual([204, 204])
  expect(await reports(bob, room, seq, { reason: 'abuse' })).toBe(204)
  expect(await reports(ann, room, seq, { reason: 'hate' })).toBe(204)
  const seen = await caseOf(room, seq)
  expect(seen.reports.map(({ by, reason }) => [by?.id, reason])).toEqual([
    [bob.user.id, 'spam'],
    [ann.user.id, 'hate'],
  ])
  // Also once it was dismissed; somebody else opens it again.
  expect(await handles(root, seen.id)).toBe(200)
  expect(await reports(bob, room, seq)).toBe(204)
  expect(await queueOf(ann, room)).toEqual([])
  const late = await brook.enter(fresh('Late'))
  await late.joins(room)
  expect(await reports(late, room, seq)).toBe(204)
  expect((await caseOf(room, seq)).id).not.toBe(seen.id)
})

test('what somebody cannot read they cannot report, and cannot tell from what is not there', async () => {
  const { ann, eve, bob, room, seq } = await scene('private')
  const stranger = await brook.enter(fresh('Stranger'))
  expect(await reports(stranger, room, seq)).toBe('not_found')
  expect(await reports(stranger, '999999', 1)).toBe('not_found')
  expect(await reports(bob, room, 999_999)).toBe('no_such_message')
  expect(await reports(eve, room, seq)).toBe('not_allowed')
  expect(await reports(bob, room, seq, { reason: 'boredom' })).toBe('bad_request')
  expect(await reports(bob, room, seq, { reason: 'spam', note: 'x'.repeat(501) })).toBe('bad_request')
  expect(await reports(bob, room, 1)).toBe('no_such_message')
  // A public room is read by whoever is not in it; whoever was removed from a private one reads it no more.
  const open = await scene()
  expect(await reports(stranger, open.room, open.seq)).toBe(204)
  await ann.ask('DELETE', `/api/rooms/${room}/members/${bob.user.id}`)
  await until(() => bob.heard.some((event) => event.type === 'gone' && event.room === room))
  expect(await reports(bob, room, seq)).toBe('not_found')
})

test('what was reported stays as it was said, when its author edits it, deletes it, or leaves', async () => {
  const { ann, eve, bob, room, seq } = await scene()
  await reports(bob, room, seq)
  const edit = newCid()
  eve.tells({ type: 'edit', room, seq, cid: edit, text: 'buy nothing' })
  await eve.acked(edit)
  expect(await queueOf(ann, room)).toMatchObject([{ text: 'buy my boats', now: 'edited' }])
  const gone = newCid()
  eve.tells({ type: 'delete', room, seq, cid: gone })
  await eve.acked(gone)
  const [seen] = await queueOf(ann, room)
  expect(seen).toMatchObject({ text: 'buy my boats', now: 'deleted', may: ['remove', 'ban'] })
  expect(await reports(ann, room, seq)).toBe('message_deleted')
  await eve.ask('DELETE', `/api/rooms/${room}/members/me`)
  expect(await queueOf(ann, room)).toMatchObject([{ may: ['ban'] }])
})

test('a moderator deletes, removes and bans by the case; it is closed, noted and answered, and handled once', async () => {
  const { ann, eve, bob, room, seq } = await scene()
  await reports(bob, room, seq)
  const { id, may } = (await queueOf(ann, room))[0] ?? ({} as Case)
  expect(may).toEqual(['delete', 'remove', 'ban'])
  expect(await handles(ann, id, { acts: ['ban_workspace'] })).toBe('not_allowed')
  expect(await handles(ann, id, { acts: [], answer: 'x'.repeat(251) })).toBe('bad_request')
  expect(await answersOf(bob)).toEqual([])
  expect(await handles(ann, id, { acts: ['ban', 'delete'], answer: 'Thank you', reason: 'boats' })).toBe(200)
  expect(await handles(ann, id)).toBe('already_handled')
  expect(await queueOf(ann, room)).toEqual([])
  expect(await queueOf(ann, room, 'handled')).toMatchObject([
    { id, handled: { by: { id: ann.user.id }, acts: ['delete', 'ban'], answer: 'Thank you' } },
  ])
  expect((await bob.page()).messages.find((one) => one.seq === seq)).toMatchObject({ text: '' })
  expect(await eve.tries('PUT', `/api/rooms/${room}/members/me`)).toBe('banned')
  await until(
    () => told(bob, 'own'),
    (n) => n === 1,
  )
  const [answer] = await answersOf(bob)
  expect(answer).toMatchObject({
    id,
    seq,
    acts: ['delete', 'ban'],
    answer: 'Thank you',
    author: { id: eve.user.id },
  })
  expect(await answersOf(eve)).toEqual([])
  expect(await eve.tries('DELETE', `/api/reports/answers/${id}`)).toBe(204)
  expect(await answersOf(bob)).toHaveLength(1)
  expect(await bob.tries('DELETE', `/api/reports/answers/${id}`)).toBe(204)
  expect(await answersOf(bob)).toEqual([])
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit?kind=report_handled')
  expect(body.entries.at(-1)).toMatchObject({
    by: { id: ann.user.id },
    about: { person: { id: eve.user.id }, room: { id: room }, id, changed: { acts: 'delete, ban' } },
  })
})

test('an administrator handles what is in a private room that they are not in, and reads no more of it', async () => {
  const { eve, bob, room, seq } = await scene('private')
  await reports(bob, room, seq)
  const seen = await caseOf(room, seq)
  expect(seen).toMatchObject({ readable: false, text: 'buy my boats', may: ['delete', 'ban_workspace'] })
  expect(await handles(root, seen.id, { acts: ['delete', 'ban_workspace'], reason: 'boats' })).toBe(200)
  expect((await bob.page()).messages.find((one) => one.seq === seq)).toMatchObject({ text: '' })
  expect(await eve.tries('GET', '/api/rooms')).toBe('banned')
  expect(await root.tries('GET', `/api/rooms/${room}/messages`)).toBe('not_found')
})

test('a ban by a case from the workspace deletes what its person has said, if that is chosen; no other act does', async () => {
  const { ann, eve, bob, room, seq } = await scene()
  const other = (await eve.acked(eve.says('hello'))).seq
  await reports(bob, room, seq)
  const { id } = await caseOf(room, seq)
  const sinceMs = 3_600_000
  expect(await handles(ann, id, { acts: ['delete', 'ban'], deleteSinceMs: sinceMs })).toBe('bad_request')
  expect((await caseOf(room, seq)).handled).toBeNull()
  const acts = ['delete', 'ban_workspace']
  expect(await handles(root, id, { acts, deleteSinceMs: sinceMs })).toBe(200)
  await until(
    async () => (await bob.page()).messages.find((one) => one.seq === other),
    (message) => message !== undefined && 'text' in message && message.text === '',
  )
  expect(await eve.tries('GET', '/api/rooms')).toBe('banned')
})

test('a moderator does not see what is reported about them, and nobody acts on those above them', async () => {
  const { ann, eve, bob, room, seq } = await scene()
  await ann.ask('PUT', `/api/rooms/${room}/members/${eve.user.id}`, { role: 'moderator' })
  await ann.ask('PUT', `/api/rooms/${room}/members/${bob.user.id}`, { role: 'moderator' })
  await reports(bob, room, seq)
  expect(await queueOf(eve, room)).toEqual([])
  const { id } = await caseOf(room, seq)
  expect(await handles(eve, id)).toBe('not_found')
  // Moderators delete what another one said; only owners remove them.
  expect(await queueOf(bob, room)).toMatchObject([{ may: ['delete'] }])
  expect(await queueOf(ann, room)).toMatchObject([{ may: ['delete', 'remove', 'ban'] }])
})

test('what is said in a thread leads there; a closed room is handled too', async () => {
  const { ann, eve, bob, room, seq } = await scene()
  const reply = newCid()
  eve.tells({ type: 'send', room, cid: reply, text: 'and my oars', thread: seq })
  const said = await eve.acked(reply)
  expect((await ann.ask('PATCH', `/api/rooms/${room}`, { archived: true })).status).toBe(200)
  expect(await reports(bob, room, said.seq)).toBe(204)
  const seen = await caseOf(room, said.seq)
  expect(seen.thread).toBe(seq)
  expect(await handles(ann, seen.id, { acts: ['delete'] })).toBe(200)
})

test('the queue has an end: then nothing new comes, and what is there takes further reports', async () => {
  const { ann, bob, room, seq } = await scene()
  expect(await reports(bob, room, seq)).toBe(204)
  const [row] = await brook.db.rows<{ n: number }>(
    'SELECT COUNT(*) AS n FROM review_cases WHERE handled_at IS NULL',
  )
  const columns = 'kind, room_id, seq, open_seq, author_id, author, text, said_at, created_at'
  const now = new Date()
  const rows = Array.from({ length: limits.reports.open - Number(row?.n) }, (_, n) => [
    'report',
    999_999,
    n + 1,
    n + 1,
    1,
    '{}',
    '',
    now,
    now,
  ])
  await brook.db.run(`INSERT INTO review_cases (${columns}) VALUES ?`, [rows])
  const other = await scene()
  expect(await reports(other.bob, other.room, other.seq)).toBe('too_many')
  expect(await reports(ann, room, seq)).toBe(204)
  await brook.db.run('DELETE FROM review_cases WHERE room_id = 999999')
  expect(await reports(other.bob, other.room, other.seq)).toBe(204)
})

test('the words are dropped a week after a case was handled, and the case later', async () => {
  const { bob, room, seq } = await scene()
  await reports(bob, room, seq, { reason: 'other', note: 'he said boats' })
  const waiting = await scene()
  await reports(waiting.bob, waiting.room, waiting.seq)
  const { id } = await caseOf(room, seq)
  await handles(root, id)
  const dropping = new Reports({ db: brook.db } as ConstructorParameters<typeof Reports>[0])
  await dropping.drop(Date.now() + limits.reports.wordsKeptMs - 60_000)
  expect(await caseOf(room, seq, 'handled')).toMatchObject({ text: 'buy my boats' })
  await dropping.drop(Date.now() + limits.reports.wordsKeptMs + 60_000)
  expect(await caseOf(room, seq, 'handled')).toMatchObject({ text: null, reports: [{ note: '' }] })
  await dropping.drop(Date.now() + limits.reports.keptMs + 60_000)
  await expect(caseOf(room, seq, 'handled')).rejects.toThrow('no case')
  // Whatever nobody has handled stays.
  expect(await caseOf(waiting.room, waiting.seq)).toMatchObject({ text: 'buy my boats' })
})

test('the command line lists what waits', async () => {
  const line = await commandLine(brook.stores)
  const { bob, eve, room, seq } = await scene()
  await reports(bob, room, seq)
  const { printed } = await line.type('admin', 'reports')
  expect(printed.find((one) => one.includes(`#${seq}, ${eve.user.name}`))).toMatch(
    /: buy my boats \(1 report: spam\)$/,
  )
  await handles(root, (await caseOf(room, seq)).id)
  expect((await line.type('admin', 'reports')).printed.join()).not.toContain(eve.user.name)
  await line.close()
})
