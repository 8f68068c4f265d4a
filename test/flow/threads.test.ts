// Replies in threads: where they are shown, what counts as unread, who follows, and how far they have read.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { ReadEvent, ServerEvent, ThreadEvent } from '../../server/protocol/events.ts'
import type { MentionsAnswer, SpokenMessage, ThreadAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { ThreadMarksAnswer, ThreadsAnswer } from '../../server/protocol/threads.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
let wang: Person
beforeAll(async () => {
  brook = await Brook.start()
})
/** New people in a new room for each test: what somebody follows is a list over all rooms. */
let tests = 0
beforeEach(async () => {
  tests += 1
  ann = await brook.enter(`Ann ${tests}`)
  bob = await brook.enter(`Bob ${tests}`)
  wang = await brook.enter(`老王 ${tests}`)
  await brook.meet(ann, bob, wang)
})
afterAll(() => brook.stop())

/** A mention of somebody. */
const at = ({ user }: Person): string => `@${user.name}`
const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const send = (who: Person, text: string, thread: number, more: object = {}): string => {
  const cid = newCid()
  who.tells({ type: 'send', room: who.room, cid, text, thread, ...more })
  return cid
}
const replies = async (who: Person, text: string, thread: number, more: object = {}): Promise<number> =>
  (await who.acked(send(who, text, thread, more))).seq
const change = async (who: Person, command: object): Promise<void> => {
  const cid = newCid()
  who.tells({ room: who.room, ...command, cid })
  await who.acked(cid)
}
const thread = async (who: Person, root: number, query = '') =>
  (await who.ask<ThreadAnswer>('GET', `/api/rooms/${who.room}/threads/${root}/messages?${query}`)).body
const seqs = (messages: readonly { seq: number }[]): number[] => messages.map(({ seq }) => seq)
const root = async (seq: number): Promise<SpokenMessage> =>
  (await ann.page('limit=200')).messages.find((message) => message.seq === seq) as SpokenMessage
const summary = async (who: Person) => (await who.rooms()).find(({ id }) => id === ann.room)
const marks = async (who: Person) =>
  (await who.ask<ThreadMarksAnswer>('GET', '/api/threads/marks')).body.threads
const mark = async (who: Person, of: number) => (await marks(who)).find((one) => one.thread === of)
const list = async (who: Person, query = '') =>
  (await who.ask<ThreadsAnswer>('GET', `/api/threads?${query}`)).body
/** The threads of each page. */
async function pagesOf(who: Person, limit: number, before = ''): Promise<number[][]> {
  const { threads, next } = await list(who, `limit=${limit}${before === '' ? '' : `&before=${before}`}`)
  const page = threads.map((one) => one.root.seq)
  return next === null ? [page] : [page, ...(await pagesOf(who, limit, next))]
}
const mentionsOf = async (who: Person) =>
  (await who.ask<MentionsAnswer>('GET', '/api/mentions?limit=2')).body.mentions
const told = (who: Person, of: number) =>
  who.heard.filter((event): event is ThreadEvent => event.type === 'thread' && event.thread === of)
const follows = async (who: Person, of: number): Promise<ThreadEvent[]> =>
  until(
    () => told(who, of),
    (events) => events.some(({ following }) => following === true),
  )

test('a reply is an entry of the room; its root message says how many there are, when and by whom', async () => {
  const first = await says(ann, 'What shall we plant?')
  const one = await replies(bob, 'Beans', first)
  const two = await replies(wang, '豆子', first, { alsoInRoom: true })
  expect(await ann.hears('豆子')).toMatchObject({ seq: two, thread: first, alsoInRoom: true })
  expect(two).toBe(one + 1)
  const live = (await root(first)).threaded
  expect(live).toMatchObject({ replies: 2, lastSeq: two })
  expect(live?.people.map(({ name }) => name)).toEqual([wang.user.name, bob.user.name])
  expect(seqs((await thread(ann, first)).messages)).toEqual([one, two])
  // Readers of the API see every number; the room's own list only what was posted there as well.
  expect(seqs((await ann.page()).messages)).toEqual(expect.arrayContaining([one, two]))
  expect(seqs((await ann.page('view=room')).messages)).not.toContain(one)
  expect(seqs((await ann.page('view=room')).messages)).toContain(two)
  // A returning client receives the reply and the change of its root.
  expect(seqs((await ann.changes(one - 1)).messages)).toEqual([first, one, two])
  await brook.archive()
  expect((await root(first)).threaded).toEqual(live)
  await brook.archive()
  expect((await root(first)).threaded).toEqual(live)
})

test('a bot replies over HTTP; a reply sent again is one reply', async () => {
  const first = await says(ann, 'Over HTTP')
  const body = { cid: newCid(), text: 'by curl', thread: first }
  const post = () => bob.ask<{ seq: number }>('POST', `/api/rooms/${bob.room}/messages`, body)
  const { status, body: said } = await post()
  expect(status).toBe(201)
  expect((await post()).body.seq).toBe(said.seq)
  expect((await root(first)).threaded).toMatchObject({ replies: 1 })
})

test('a thread begins with a message of the room that is not itself a reply; a deleted one takes no more', async () => {
  const first = await says(ann, 'The beginning')
  const cid = send(bob, 'a reply', first)
  const reply = (await bob.acked(cid)).seq
  const refused = async (of: number): Promise<string> => (await bob.refused(send(bob, 'no', of))).code
  expect(await refused(reply)).toBe('bad_thread')
  expect(await refused(99_999)).toBe('bad_thread')
  // The first number is the notice that the room was created.
  expect(await refused(1)).toBe('bad_thread')
  await change(ann, { type: 'delete', seq: first })
  expect(await refused(first)).toBe('message_deleted')
  // Replies from before the deletion stay, and a lost answer is given again.
  expect(seqs((await thread(bob, first)).messages)).toEqual([reply])
  const again = bob.again()
  await again.connects()
  again.tells({ type: 'send', room: bob.room, cid, text: 'a reply', thread: first })
  expect((await again.acked(cid)).seq).toBe(reply)
  again.drops()
  expect((await thread(bob, reply)) as unknown).toMatchObject({ error: { code: 'bad_thread' } })
  expect((await thread(bob, 99_999)) as unknown).toMatchObject({ error: { code: 'no_such_message' } })
})

test('a deleted reply keeps its place in the count, and its text is gone', async () => {
  const first = await says(ann, 'Counted')
  const gone = await replies(bob, 'words to be gone', first)
  await replies(bob, 'and one that stays', first)
  await change(bob, { type: 'delete', seq: gone })
  const before = await thread(ann, first)
  expect(before.root.threaded?.replies).toBe(2)
  expect(before.messages[0]).toMatchObject({ seq: gone, text: '' })
  await brook.archive()
  expect(await thread(ann, first)).toEqual(before)
})

test('replies only in a thread are not unread in the room, but a mention in one is', async () => {
  const first = await says(ann, 'Quiet')
  bob.tells({ type: 'read', room: bob.room, seq: first })
  await until(
    () => bob.heard,
    (heard) => heard.some((event) => event.type === 'read' && event.seq === first),
  )
  const counts = async () => {
    const { unread, mentions } = (await summary(bob)) ?? {}
    return [unread, mentions]
  }
  await replies(ann, 'in the thread', first)
  expect(await counts()).toEqual([0, 0])
  await replies(ann, `${at(bob)} see here`, first)
  expect(await counts()).toEqual([0, 1])
  await replies(ann, 'for all', first, { alsoInRoom: true })
  expect(await counts()).toEqual([1, 1])
  await brook.archive()
  expect(await counts()).toEqual([1, 1])
})

test('a mention in a thread is unread until the thread is read, however far the room is read', async () => {
  const first = await says(ann, 'A quiet place')
  const counts = async () => {
    const { mentions, threadMentions } = (await summary(wang)) ?? {}
    return [mentions, threadMentions]
  }
  const recounted = async (seq: number) => {
    wang.tells({ type: 'read', room: wang.room, seq, recount: true })
    const isIt = (event: ServerEvent): event is ReadEvent =>
      event.type === 'read' && event.seq === seq && event.threadMentions !== undefined
    return until(
      () => wang.heard.findLast(isIt),
      (event) => event !== undefined,
    )
  }
  const one = await replies(ann, `to you, ${at(wang)}`, first)
  const last = await says(ann, `and in the room: ${at(wang)}`)
  expect(await counts()).toEqual([2, 1])
  await recounted(last - 1)
  expect(await counts()).toEqual([2, 1])
  expect(await recounted(last)).toMatchObject({ unread: 0, mentions: 0, threadMentions: 1 })
  expect(await counts()).toEqual([1, 1])
  expect((await mentionsOf(wang)).map(({ message, unread }) => [message.seq, unread])).toEqual([
    [last, false],
    [one, true],
  ])
  await brook.archive()
  expect(await counts()).toEqual([1, 1])
  await wang.ask('PUT', `/api/rooms/${wang.room}/threads/${first}/read`, { seq: one })
  expect(await counts()).toEqual([0, 0])
  // An edit names them as the reply itself would have; so it is once MySQL has it, and whatever memory has let go of.
  const two = await replies(ann, 'nobody', first)
  await brook.archive()
  await change(ann, { type: 'edit', seq: two, text: at(wang) })
  expect(await counts()).toEqual([1, 1])
  await brook.archive()
  expect(await counts()).toEqual([1, 1])
  await change(ann, { type: 'delete', seq: two })
  expect(await counts()).toEqual([0, 0])
})

test('a thread whose unread replies are all deleted is not unread', async () => {
  const first = await says(ann, 'Deleted again')
  const seq = await replies(bob, 'never mind', first)
  await brook.archive()
  expect(await mark(ann, first)).toMatchObject({ unread: 1, last: seq })
  const isFirst = async () => (await list(ann)).threads[0]?.root.seq === first
  expect(await isFirst()).toBe(true)
  await change(bob, { type: 'delete', seq })
  expect(await mark(ann, first)).toMatchObject({ unread: 0, last: seq })
  await brook.archive()
  expect(await mark(ann, first)).toMatchObject({ unread: 0, last: seq })
  expect((await list(ann)).threads.find(({ root: of }) => of.seq === first)?.unread).toBe(0)
})

test('people follow a thread by beginning it, replying or being mentioned, and are told at once', async () => {
  const first = await says(ann, 'Who follows?')
  const reply = await replies(bob, `I do, and ${at(wang)}`, first)
  await follows(ann, first)
  await follows(bob, first)
  await follows(wang, first)
  await brook.archive()
  expect(await mark(ann, first)).toMatchObject({ read: first, last: reply })
  expect(await mark(bob, first)).toMatchObject({ read: reply, last: reply })
  expect(await mark(wang, first)).toMatchObject({ read: reply - 1, last: reply })
  // Replies that sync has not written yet count as well.
  const next = await replies(ann, 'So do I', first)
  expect(await mark(ann, first)).toMatchObject({ read: next, last: next })
  expect(await mark(bob, first)).toMatchObject({ read: reply, last: next })
})

test('unread threads come first, counted without deleted and own replies', async () => {
  const older = await says(ann, 'Older')
  const newer = await says(ann, 'Newer')
  await replies(bob, 'b1', older)
  await replies(bob, 'b2', newer)
  await replies(ann, 'mine', newer)
  await brook.archive()
  const gone = await replies(bob, 'b3', older)
  await replies(bob, 'b4', older)
  await change(bob, { type: 'delete', seq: gone })
  await brook.archive()
  const { threads } = await list(ann)
  const place = (of: number) => threads.findIndex((one) => one.root.seq === of)
  expect(place(older)).toBeLessThan(place(newer))
  expect(threads[place(older)]).toMatchObject({ unread: 2, last: { text: 'b4' } })
  expect(threads[place(newer)]).toMatchObject({ unread: 0 })
  // Page by page it is the same list.
  expect((await pagesOf(ann, 1)).flat()).toEqual(threads.map((one) => one.root.seq))
  expect((await ann.ask('GET', '/api/threads?before=x')).status).toBe(400)
})

test('a page has no more threads than its limit, wherever they are, and all pages have each once', async () => {
  for (const text of ['Archived', 'Archived too', 'And that'])
    await replies(bob, 'yes', await says(ann, text))
  await brook.archive()
  const before = (await list(ann, 'limit=200')).threads.length
  expect(before).toBe(3)
  for (const text of ['In memory', 'In memory too', 'And this'])
    await replies(bob, 'yes', await says(ann, text))
  const whole = await until(
    async () => (await list(ann, 'limit=200')).threads.map((one) => one.root.seq),
    (found) => found.length === before + 3,
  )
  const pages = await pagesOf(ann, 2)
  expect(Math.max(...pages.map(({ length }) => length))).toBe(2)
  expect(pages.flat()).toEqual(whole)
  await brook.archive()
  expect((await pagesOf(ann, 2)).flat()).toEqual(whole)
})

test('a thread is read up to a number on all devices, and never back', async () => {
  const first = await says(ann, 'Read it')
  const one = await replies(bob, 'one', first)
  const two = await replies(bob, 'two', first)
  const read = (seq: number) => ann.ask('PUT', `/api/rooms/${ann.room}/threads/${first}/read`, { seq })
  const phone = ann.again()
  await phone.connects()
  // Before sync has written that she follows, and far above the end.
  expect((await read(one)).status).toBe(204)
  await until(
    () => told(phone, first),
    (events) => events.some((event) => event.read === one),
  )
  await brook.archive()
  expect(await mark(ann, first)).toMatchObject({ read: one, last: two })
  await read(99_999)
  await read(1)
  expect(await mark(ann, first)).toMatchObject({ read: two, last: two })
  phone.drops()
})

test('a person who unfollows is not made to follow by later replies, and may follow again by hand', async () => {
  const first = await says(ann, 'Enough')
  await replies(bob, 'one', first)
  await brook.archive()
  const hand = (method: string) => ann.ask(method, `/api/rooms/${ann.room}/threads/${first}/follow`)
  expect((await hand('DELETE')).status).toBe(204)
  expect(await mark(ann, first)).toBeUndefined()
  const before = told(ann, first).length
  await replies(bob, `two ${at(ann)}`, first)
  await follows(bob, first)
  await brook.archive()
  expect(await mark(ann, first)).toBeUndefined()
  expect(
    told(ann, first)
      .slice(before)
      .some(({ following }) => following === true),
  ).toBe(false)
  await hand('PUT')
  expect(await mark(ann, first)).toMatchObject({ thread: first })
})

test('who follows a thread by a reply is known before MySQL has it, unless they do not want to', async () => {
  await brook.archive()
  const first = await says(ann, 'Known at once')
  const seq = await replies(ann, `Is it, ${at(wang)}?`, first)
  const hears = (who: Person) =>
    until(
      () => mark(who, first),
      (known) => known?.last === seq,
    )
  expect(await hears(ann)).toMatchObject({ room: ann.room, thread: first, read: seq, last: seq, unread: 0 })
  expect(await hears(wang)).toMatchObject({
    room: ann.room,
    thread: first,
    read: seq - 1,
    last: seq,
    unread: 1,
  })
  await brook.archive()
  expect(await mark(wang, first)).toMatchObject({ read: seq - 1, last: seq })
  expect((await wang.ask('DELETE', `/api/rooms/${ann.room}/threads/${first}/follow`)).status).toBe(204)
  await replies(ann, `Still, ${at(wang)}`, first)
  await wang.hears(`Still, ${at(wang)}`)
  expect(await mark(wang, first)).toBeUndefined()
})

test('naming somebody again says nothing of how far they have read, before and after MySQL has it', async () => {
  await brook.archive()
  const first = await says(ann, 'Once and again')
  const reply = await replies(ann, `First, ${at(wang)}`, first)
  await follows(wang, first)
  expect((await list(wang)).threads[0]).toMatchObject({ root: { seq: first }, read: reply - 1, unread: 1 })
  const again = async (text: string) => {
    const seq = await replies(ann, text, first)
    return until(
      () => told(wang, first).at(-1),
      (event) => event?.last === seq,
    )
  }
  expect(await again(`Second, ${at(wang)}`)).not.toHaveProperty('read')
  await brook.archive()
  expect(await again(`Third, ${at(wang)}`)).not.toHaveProperty('read')
  expect(await mark(wang, first)).toMatchObject({ read: reply - 1, unread: 3 })
})

test('who replies has read what they reply to, also where memory has none of it', async () => {
  const first = await says(ann, 'A long time ago')
  await replies(ann, `Hello, ${at(wang)}`, first)
  await follows(wang, first)
  await replies(bob, 'And hello from me', first)
  const own = await replies(wang, 'Hello, both', first)
  await brook.archive()
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  const elsewhere = wang.again()
  elsewhere.address = await brook.serve()
  expect(await mark(elsewhere, first)).toMatchObject({ read: own, last: own, unread: 0 })
})

test('threads of a room that was left are not listed', async () => {
  const first = await says(ann, 'Leaving')
  await replies(wang, 'here', first)
  await brook.archive()
  expect(await mark(wang, first)).toBeDefined()
  await wang.ask('DELETE', `/api/rooms/${ann.room}/members/me`)
  expect((await marks(wang)).filter(({ room }) => room === ann.room)).toEqual([])
  expect((await list(wang)).threads.filter(({ room }) => room === ann.room)).toEqual([])
  const refused = await wang.ask('PUT', `/api/rooms/${ann.room}/threads/${first}/follow`)
  expect(refused.status).toBe(403)
})

test('a browser knows a limited number of threads', async () => {
  await replies(bob, 'new', await says(ann, 'A new one'))
  await brook.archive()
  const rows = Array.from({ length: limits.threads.known + 1 }, (_, n) => n + 1_000_000)
  const { id } = ann.user
  await brook.db.run(
    `INSERT INTO messages (room_id, seq, kind, user_id, user_name, cid, log_ms, log_n, updated_seq, text) VALUES ?`,
    [rows.map((seq) => [BigInt(ann.room), seq, 'message', BigInt(id), 'Ann', cidOf(seq), 1, 0, seq, 'old'])],
  )
  await brook.db.run(
    'INSERT INTO followed_threads (user_id, room_id, thread, is_following, read_seq) VALUES ?',
    [rows.map((seq) => [BigInt(id), BigInt(ann.room), seq, 1, seq])],
  )
  const known = await marks(ann)
  expect(known).toHaveLength(limits.threads.known)
  // The newest are among them.
  expect(known.some(({ thread: of }) => of < 1_000_000)).toBe(true)
})
const cidOf = (seq: number): Buffer => Buffer.from(seq.toString(16).padStart(32, '0'), 'hex')
