// The inbox over HTTP: exactly what somebody was told of, what is to do of it by the pointers, and putting away with undo.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { InboxAnswer, InboxDoneAnswer, InboxMarksAnswer } from '../../server/protocol/inbox.ts'
import { countToDo } from '../../server/notify/to-do-counts.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { untilDecided } from '../support/told.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
let room: string
let tests = 0
beforeAll(async () => {
  brook = await Brook.start()
})
beforeEach(async () => {
  tests += 1
  ann = await brook.enter(`Ann ${tests}`)
  bob = await brook.enter(`Bob ${tests}`)
  room = (await brook.meet(ann, bob)).id
})
afterAll(() => brook.stop())

const tell = async (who: Person, command: object): Promise<number> => {
  const cid = newCid()
  who.tells({ room, ...command, cid })
  return (await who.acked(cid)).seq
}
const says = (who: Person, text: string, more: object = {}) => tell(who, { type: 'send', text, ...more })
const named = (text: string, more: object = {}) => says(ann, `@${bob.user.name} ${text}`, more)
const inbox = async (query = '', who = bob): Promise<InboxAnswer> => {
  await untilDecided(brook)
  const { status, body } = await who.ask<InboxAnswer>('GET', `/api/inbox?${query}`)
  expect(status).toBe(200)
  return body
}
const words = ({ entries }: InboxAnswer) =>
  entries.map(({ message }) => message && 'text' in message && message.text)
const marks = async () => {
  await untilDecided(brook)
  return (await bob.ask<InboxMarksAnswer>('GET', '/api/inbox/marks')).body.marks
}
const done = async (body: object) => (await bob.ask<InboxDoneAnswer>('POST', '/api/inbox/done', body)).body
const reads = async (seq: number): Promise<void> => {
  bob.tells({ type: 'read', room, seq })
  await until(() =>
    bob.heard.some((event) => event.type === 'read' && event.room === room && event.seq >= seq),
  )
}

test('what stands together in a room or a thread is one entry, with the newest words as they are now', async () => {
  const first = await named('one')
  const second = await named('two')
  const reply = await named('in the thread', { thread: first })
  const page = await inbox()
  expect(page).toMatchObject({ todo: 3, next: null })
  expect(page.entries).toMatchObject([
    { room, seq: reply, thread: first, readBy: 'thread', cause: 'mention', count: 1, todo: true },
    { room, seq: second, readBy: 'room', cause: 'mention', count: 2, first, todo: true },
  ])
  expect((await inbox('', ann)).todo, 'of somebody else').toBe(0)
  await tell(ann, { type: 'edit', seq: second, text: 'two, better' })
  expect(words(await inbox())[1]).toBe('two, better')
  await tell(ann, { type: 'delete', seq: second })
  expect((await inbox()).entries[1]).toMatchObject({ seq: first, count: 1 })
  // The same from the archive.
  await brook.archive()
  expect((await inbox()).todo).toBe(2)
})

test('what is read is not to do any more, by the pointer of its room or of its thread, and is still found', async () => {
  const first = await named('one')
  const second = await named('two')
  const reply = await named('three', { thread: first })
  // What is read before it is decided is told to nobody.
  await untilDecided(brook)
  await reads(first)
  expect((await marks()).map(({ seq }) => seq)).toEqual([reply, second])
  await reads(reply)
  expect((await marks()).map(({ seq }) => seq)).toEqual([reply])
  await bob.ask('PUT', `/api/rooms/${room}/threads/${first}/read`, { seq: reply })
  expect(await inbox()).toEqual({ entries: [], todo: 0, next: null })
  expect((await inbox('filter=done')).entries.map(({ seq, count, todo }) => [seq, count, todo])).toEqual([
    [reply, 1, false],
    [second, 2, false],
  ])
  // Marked as unread again.
  bob.tells({ type: 'read', room, seq: first, turn: Date.now() })
  await until(marks, (left) => left.length === 1)
})

test('what is put away can be taken back, and other devices hear of both', async () => {
  const phone = bob.again()
  await phone.connects()
  const seqs = [await named('one'), await named('two')]
  const thread = await named('three', { thread: seqs[0] ?? 0 })
  const { entries } = await inbox()
  const heard = () => phone.heard.filter((event) => event.type === 'inbox').length
  await until(heard, (count) => count === 3)
  const upTo = entries[0]?.id ?? 0
  const later = await named('four')
  await untilDecided(brook)
  const room2 = await done({ room, upTo })
  expect(room2.done, 'what came meanwhile stays').toBe(2)
  await until(heard, (count) => count === 5)
  expect((await marks()).map(({ seq }) => seq)).toEqual([later, thread])
  expect(await bob.tries('POST', '/api/inbox/undo', { undo: room2.undo })).toBe(204)
  expect((await marks()).map(({ seq }) => seq)).toEqual([later, thread, ...seqs.toReversed()])
  expect((await done({ room, thread: seqs[0], upTo })).done).toBe(1)
  expect((await done({ ids: [entries[1]?.id] })).done).toBe(1)
  expect((await done({ upTo: 2 ** 40 })).done).toBe(2)
  expect(await marks()).toEqual([])
  expect((await done({ upTo: 2 ** 40 })).done).toBe(0)
  expect(await bob.tries('POST', '/api/inbox/undo', { undo: 12 })).toBe('not_found')
  const theirs = await ann.tries('POST', '/api/inbox/undo', { undo: room2.undo })
  expect(theirs, 'nobody takes back what another one put away').toBe('not_found')
})

test('pages go on where the last one ended, and a filter leaves out the rest', async () => {
  const rooms = []
  for (const name of ['a', 'b', 'c']) {
    const made = await ann.makes(`${name} ${tests}`)
    await bob.joins(made.id)
    room = made.id
    await until(() => ann.heard.some((event) => event.type === 'room' && event.room.id === made.id))
    await named(`in ${name}`)
    rooms.push(made.id)
  }
  const first = await inbox('limit=2')
  expect(first.entries.map((entry) => entry.room)).toEqual([rooms[2], rooms[1]])
  const second = await inbox(`limit=2&after=${first.next}`)
  expect(second.entries.map((entry) => entry.room)).toEqual([rooms[0]])
  expect(second.next).toBeNull()
  await bob.ask('PATCH', `/api/rooms/${room}/members/me`, { level: 'all' })
  await says(ann, 'for all')
  expect(words(await inbox('filter=mentions&limit=1'))[0]).toContain('in c')
  const all = await inbox('filter=all&limit=2')
  expect(words(all)[0]).toBe('for all')
  const rest = await inbox(`filter=all&after=${all.next}`)
  expect(rest.entries.map((entry) => entry.room)).toEqual([rooms[1], rooms[0]])
})

test('who leaves a room has nothing of it in the inbox; who comes back, nothing of before', async () => {
  await named('one')
  expect((await inbox()).todo).toBe(1)
  await bob.ask('DELETE', `/api/rooms/${room}/members/me`)
  expect(await inbox('filter=all')).toMatchObject({ entries: [], todo: 0 })
  expect(await marks()).toEqual([])
  await bob.joins(room)
  expect((await inbox()).todo).toBe(0)
})

test('whom somebody blocks is not in the inbox, on any device, until they are blocked no more', async () => {
  await named('one')
  expect(await inbox()).toMatchObject({ todo: 1, entries: [{ cause: 'mention' }] })
  const news = () => bob.heard.filter(({ type }) => type === 'inbox').length
  const before = news()
  expect((await bob.ask('PUT', `/api/blocks/${ann.user.id}`)).status).toBe(204)
  await until(() => news() > before)
  expect([await inbox(), await marks()]).toMatchObject([{ todo: 0, entries: [] }, []])
  for (const filter of ['all', 'mentions', 'done'])
    expect((await inbox(`filter=${filter}`)).entries).toEqual([])
  expect((await bob.ask('DELETE', `/api/blocks/${ann.user.id}`)).status).toBe(204)
  expect((await inbox()).todo).toBe(1)
})

test('what somebody else was told of can be put away or taken back by nobody', async () => {
  await named('mine alone')
  const [entry] = (await inbox()).entries
  const mallory = await brook.enter(`Mallory ${tests}`)
  await mallory.joins(room)
  for (const body of [{ ids: [entry?.id] }, { upTo: entry?.id }, { room, upTo: entry?.id }])
    expect((await mallory.ask<InboxDoneAnswer>('POST', '/api/inbox/done', body)).body.done).toBe(0)
  expect((await inbox()).todo).toBe(1)
  const { undo } = await done({ ids: [entry?.id] })
  expect((await mallory.ask('POST', '/api/inbox/undo', { undo })).status).toBe(404)
  expect((await inbox()).todo).toBe(0)
})

test('the number for a device is that of the inbox, for several people at once', async () => {
  const cho = await brook.enter(`Cho ${tests}`)
  await cho.joins(room)
  const seq = await named('one')
  await says(ann, `@${cho.user.name} two`)
  const reply = await named('in the thread', { thread: seq })
  await named('another', { thread: seq })
  const polls = `/api/rooms/${room}/polls`
  const poll = { cid: newCid(), question: 'which?', options: ['a', 'b'] }
  const { seq: own } = (await bob.ask<{ seq: number }>('POST', polls, poll)).body
  expect((await ann.ask('POST', `${polls}/${own}/close`, { cid: newCid() })).status).toBeLessThan(300)
  const users = [ann, bob, cho].map(({ user }) => user.id)
  const same = async (): Promise<number[]> => {
    const { counts, behind } = await countToDo({ db: brook.db, readTo: () => undefined }, users)
    expect(behind.size).toBe(0)
    const shown = [ann, bob, cho].map(async (who) => (await inbox('', who)).todo)
    expect(users.map((user) => counts.get(user))).toEqual(await Promise.all(shown))
    return users.map((user) => counts.get(user) ?? 0)
  }
  await untilDecided(brook)
  const all = await same()
  expect(all[1]).toBeGreaterThanOrEqual(3)
  await bob.ask('PUT', `/api/rooms/${room}/threads/${seq}/read`, { seq: reply })
  expect((await same())[1]).toBe((all[1] ?? 0) - 1)
  const ahead = () => ({ generation: 0, seq })
  expect((await countToDo({ db: brook.db, readTo: ahead }, users)).behind).toEqual(new Set(users.slice(1)))
  await bob.ask('DELETE', `/api/rooms/${room}/members/me`)
  expect((await same())[1]).toBe(0)
})

test('bad input is refused', async () => {
  for (const query of ['limit=0', 'limit=101', 'after=x', 'filter=new'])
    expect(await bob.tries('GET', `/api/inbox?${query}`), query).toBe('bad_request')
  for (const body of [{}, { ids: [] }, { ids: ['1'] }, { room }, { upTo: 0 }])
    expect(await bob.tries('POST', '/api/inbox/done', body), JSON.stringify(body)).toBe('bad_request')
})
