// Polls by every way: created, voted on, closed, sent live, archived, read at earlier times, exported, found,
// delivered.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SignedAnswer } from '../../server/protocol/hooks.ts'
import { cidTime, newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { NewPollBody, OwnVotesAnswer } from '../../server/protocol/polls.ts'
import type { SearchAnswer } from '../../server/protocol/search.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

let brook: Brook
let line: CommandLine
let receiver: Receiver
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  await brook.serve()
  line = await commandLine(brook.stores)
  receiver = await Receiver.up()
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob', 1)
})
let room: RoomSummary
beforeEach(async () => {
  room = await brook.meet(ann, bob)
})
afterAll(async () => {
  await line.close()
  await receiver.goesDown()
  await brook.stop()
})

interface Answer {
  seq: number
  error?: { code: string }
}
const base = (): string => `/api/rooms/${ann.room}/polls`
const lunch = { question: 'Lunch?', options: ['Noodles', 'Rice', '饺子'] }
const asks = async (who: Person, poll: Partial<NewPollBody> = {}) =>
  (await who.ask<Answer>('POST', base(), { cid: newCid(), ...lunch, ...poll })).body
const votes = async (who: Person, seq: number, choices: number[], cid = newCid()) =>
  (await who.ask<Answer>('PUT', `${base()}/${seq}/vote`, { cid, choices })).body
const closes = async (who: Person, seq: number) =>
  (await who.ask<Answer>('POST', `${base()}/${seq}/close`, { cid: newCid() })).body
const own = async (who: Person, seq: number) =>
  (await who.ask<{ choices: number[] }>('GET', `${base()}/${seq}/vote`)).body.choices
const seen = async (who: Person, seq: number, query = 'limit=200') =>
  (await who.page(query, ann.room)).messages.find((message) => message.seq === seq) as SpokenMessage
const sees = (who: Person, seq: number, is: (poll: SpokenMessage) => boolean) =>
  until(() => seen(who, seq), is)
const code = ({ error }: Answer) => error?.code
/** What they have heard of the votes of a poll in this room. */
const votesHeard = (who: Person, seq: number) =>
  who.heard.flatMap((event) =>
    event.type === 'voted' && event.target === seq && event.room === room.id ? [event] : [],
  )

test('everybody sees who has voted for what, at once and from MySQL; a vote is changed and withdrawn', async () => {
  const { seq } = await asks(ann)
  await sees(bob, seq, (found) => (found as SpokenMessage | undefined) !== undefined)
  expect(await seen(bob, seq)).toMatchObject({
    kind: 'poll',
    text: 'Lunch?\nNoodles\nRice\n饺子',
    poll: { options: lunch.options },
    user: { name: 'Ann' },
  })
  await votes(ann, seq, [0])
  const cid = newCid()
  const first = await votes(bob, seq, [2], cid)
  expect(await votes(bob, seq, [2], cid), 'the same cid is the same vote').toEqual(first)
  expect(await bob.change('voted', seq)).toMatchObject({ choices: [0], user: { name: 'Ann' } })
  const both = [
    { voter: ann.user.id, name: 'Ann', choices: [0] },
    { voter: bob.user.id, name: 'Bob', choices: [2] },
  ]
  expect((await sees(ann, seq, ({ votes: some }) => some?.length === 2)).votes).toEqual(both)
  expect(await own(bob, seq)).toEqual([2])
  await votes(bob, seq, [1])
  await sees(ann, seq, ({ votes: some }) => some?.[1]?.choices[0] === 1)
  await votes(bob, seq, [])
  await sees(ann, seq, ({ votes: some }) => some?.length === 1)
  await votes(bob, seq, [2])
  const live = await sees(ann, seq, ({ votes: some }) => some?.length === 2)
  expect(live.votes).toEqual(both)
  await brook.archive()
  const address = await brook.serve()
  const fresh = brook.servers.findIndex((server) => server.address === address)
  const carl = await brook.enter('Carl', fresh)
  expect(await seen(carl, seq), 'from MySQL alone').toEqual(live)
  expect((await seen(carl, seq, `asOf=${first.seq}`)).votes, 'as it was').toEqual(both)
  expect((await seen(carl, seq, `asOf=${seq}`)).votes).toBeUndefined()
})

test('in an anonymous poll nobody sees who has voted for what, and no store has it', async () => {
  const { seq } = await asks(ann, { question: 'Secret?', anonymous: true, multiple: true })
  await sees(bob, seq, (found) => (found as SpokenMessage | undefined) !== undefined)
  await votes(ann, seq, [0, 1])
  await votes(bob, seq, [1])
  await votes(bob, seq, [1, 2])
  const poll = await sees(bob, seq, ({ votes: some }) => some?.[1]?.choices.length === 2)
  expect(poll.votes?.map(({ choices }) => choices)).toEqual([
    [0, 1],
    [1, 2],
  ])
  const told = await until(
    () => votesHeard(ann, seq),
    (heard) => heard.length === 3,
  )
  expect(told.every(({ user }) => user.id === '0' && user.name === '')).toBe(true)
  const voters = poll.votes?.map(({ voter }) => voter) ?? []
  expect(voters.every((voter) => ![ann.user.id, bob.user.id].includes(voter))).toBe(true)
  expect(poll.votes?.some((vote) => 'name' in vote)).toBe(false)
  expect([await own(ann, seq), await own(bob, seq)]).toEqual([
    [0, 1],
    [1, 2],
  ])
  await brook.archive()
  const rows = await brook.db.rows<{ user: number; body: string }>(
    "SELECT user_id AS user, body FROM changes WHERE room_id = ? AND target = ? AND kind = 'voted'",
    [ann.room, seq],
  )
  expect(rows.map(({ user }) => Number(user))).toEqual([0, 0, 0])
  // Two people, or two programs, may make the same cid; and a cid has the clock of the device that made it.
  const same = newCid(Date.now() - 12_345)
  expect(code(await votes(ann, seq, [2], same))).toBeUndefined()
  expect(code(await votes(bob, seq, [0], same))).toBeUndefined()
  const after = await sees(ann, seq, ({ votes: some }) => some?.[1]?.choices[0] === 0)
  expect(after.votes?.map(({ choices }) => choices)).toEqual([[2], [0]])
  const cids = await until(
    () => votesHeard(ann, seq).map(({ cid }) => cid),
    (heard) => new Set(heard).size === 5,
  )
  expect(cids).not.toContain(same)
  expect(new Set(cids.map(cidTime))).toEqual(new Set([poll.at]))
  const known = await ann.ask<OwnVotesAnswer>('GET', `${base()}/votes?polls=${seq},1`)
  expect(known.body).toEqual({ votes: { [seq]: [2] } })
  const other = await asks(ann, { anonymous: true })
  await votes(ann, other.seq, [0])
  const again = await sees(ann, other.seq, ({ votes: some }) => some?.length === 1)
  expect(voters, 'nobody is known again in another poll').not.toContain(again.votes?.[0]?.voter)
})

test('its author or a moderator closes it, and later votes do not count', async () => {
  const { seq } = await asks(bob)
  const carl = await brook.enter('Carla')
  await carl.joins(ann.room)
  await votes(ann, seq, [1])
  expect(code(await closes(carl, seq))).toBe('not_yours')
  await closes(ann, seq)
  const closed = await sees(bob, seq, ({ closedAt }) => closedAt !== undefined)
  expect(code(await votes(bob, seq, [0]))).toBe('poll_closed')
  expect((await closes(bob, seq)).seq, 'closing it again is nothing').toBe(closed.updatedSeq)
  expect(closed.votes).toHaveLength(1)
  const mine = await asks(carl)
  expect(code(await closes(carl, mine.seq))).toBeUndefined()
})

test('a vote that is answered counts, and one that does not count is refused, also while the poll is closed', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { seq } = await asks(ann)
    const [vote] = await Promise.all([votes(bob, seq, [1]), closes(ann, seq)])
    const closed = await sees(bob, seq, ({ closedAt }) => closedAt !== undefined)
    expect(code(vote)).toBe(closed.votes?.length === 1 ? undefined : 'poll_closed')
  }
})

test('of a vote and its withdrawal at once neither is lost', async () => {
  const { seq } = await asks(ann)
  await sees(bob, seq, (found) => (found as SpokenMessage | undefined) !== undefined)
  await Promise.all([votes(bob, seq, [1]), votes(bob, seq, [])])
  await until(() => votesHeard(bob, seq).length === 2)
})

test('how long it is open is counted by the server, and sent again it is the same poll', async () => {
  const cid = newCid()
  const first = await asks(ann, { cid, lastsMs: 60_000 })
  const poll = await sees(ann, first.seq, (found) => (found as SpokenMessage | undefined) !== undefined)
  expect(Math.abs(Number(poll.poll?.endsAt) - poll.at - 60_000)).toBeLessThan(5_000)
  expect(await asks(ann, { cid, lastsMs: 60_000 })).toEqual(first)
})

test('a poll with an end takes no vote after it', async () => {
  const { seq } = await asks(ann, { endsAt: Date.now() + 400 })
  await votes(ann, seq, [0])
  await until(async () => code(await votes(bob, seq, [1])) === 'poll_closed')
  expect((await seen(ann, seq)).votes?.[0]).toMatchObject({ voter: ann.user.id })
})

test('invalid polls and votes are refused with a reason, and nothing is posted', async () => {
  const { messages } = await ann.page('limit=200')
  const bad: Partial<NewPollBody>[] = [
    { question: ' ' },
    { options: ['one'] },
    { options: ['one', ' '] },
    { options: ['same', ' same '] },
    { options: ['a', 'b'.repeat(limits.polls.chars + 1)] },
    { question: '问'.repeat(limits.polls.chars + 1) },
    { question: '\u200b\u2060' },
    { question: 'which\u202e?' },
    { options: ['a', '\u001b[31m'] },
    { options: ['é', 'e\u0301'] },
    { options: ['Ja', 'ｊａ'] },
  ]
  for (const poll of bad)
    expect(['bad_poll', 'bad_request'], JSON.stringify(poll)).toContain(code(await asks(ann, poll)))
  for (const endsAt of [Date.now() - 1, Date.now() + limits.polls.maxMs + 60_000])
    expect(code(await asks(ann, { endsAt }))).toBe('bad_end')
  const many = Array.from({ length: limits.polls.max + 1 }, (_, place) => `answer ${place}`)
  expect(code(await asks(ann, { options: many }))).toBe('bad_request')
  expect((await ann.page('limit=200')).messages).toHaveLength(messages.length)
  const { seq } = await asks(ann)
  expect(code(await votes(ann, seq, [3]))).toBe('bad_vote')
  expect(code(await votes(ann, seq, [0, 1]))).toBe('bad_vote')
  const { seq: words } = await ann.acked(ann.says('no poll'))
  expect(code(await votes(ann, words, [0]))).toBe('not_a_poll')
  expect(code(await votes(ann, words + 1_000, [0]))).toBe('no_such_message')
  const edit = { cid: newCid(), text: 'Dinner?' }
  expect(code((await ann.ask<Answer>('PATCH', `/api/rooms/${ann.room}/messages/${seq}`, edit)).body)).toBe(
    'not_editable',
  )
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${seq}`, { cid: newCid() })
  expect(code(await votes(ann, seq, [0]))).toBe('message_deleted')
  const gone = await seen(ann, seq)
  expect([gone.text, gone.poll, gone.votes]).toEqual(['', undefined, undefined])
})

test('/poll posts as the person who types it, once, and explains itself if it was typed wrongly', async () => {
  const cid = newCid()
  const types = (args: string, id = newCid()) =>
    ann.ask<{ message?: { seq: number }; note?: { text: string } }>(
      'POST',
      `/api/rooms/${ann.room}/commands`,
      {
        cid: id,
        name: 'poll',
        args,
      },
    )
  const { body } = await types('午饭吃什么？｜面 | 饭', cid)
  expect((await types('午饭吃什么？｜面 | 饭', cid)).body).toEqual(body)
  const seq = body.message?.seq ?? 0
  expect(await sees(ann, seq, (found) => (found as SpokenMessage | undefined) !== undefined)).toMatchObject({
    kind: 'poll',
    poll: { options: ['面', '饭'] },
    user: { id: ann.user.id },
  })
  for (const [typed, told] of [
    ['alone?', 'Add at least 2 answers. For example: /poll Lunch?'],
    [' | a | b', 'Write a question.'],
    ['which? | a | A ', 'Two answers are the same.'],
    [`which? | a | ${'b'.repeat(201)}`, 'Use at most 200 visible characters'],
    [`which? ${'| x'.repeat(21)}`, 'Use at most 20 answers.'],
    ['选哪个？', '请至少填写 2 个选项。'],
  ] as const)
    expect((await types(typed)).body.note).toMatchObject({
      text: expect.stringContaining(told),
      failed: true,
    })
  const { commands } = (await ann.ask<{ commands: object[] }>('GET', '/api/commands')).body
  expect(commands).toContainEqual({
    name: 'poll',
    usage: 'question | a | b',
    help: 'Create a poll',
  })
})

test('a poll is in a thread, in search, in exports, in webhooks and in what bots receive', async () => {
  const { body } = await ann.ask<SignedAnswer>('POST', `/api/rooms/${ann.room}/hooks/outgoing`, {
    url: receiver.url,
  })
  expect(body.secret).toBeDefined()
  const { printed } = await line.type('bot', 'add', 'counter', '--room', room.name)
  const bot = new Bot(printed[0] ?? '', ann.address)
  const from = await bot.catchesUp()
  const { seq: root } = await ann.acked(ann.says('about lunch'))
  const { seq } = await asks(ann, { question: 'Which aubergine?', thread: root })
  await sees(ann, seq, (found) => (found as SpokenMessage | undefined) !== undefined)
  await votes(bob, seq, [1])
  await sees(ann, seq, ({ votes: some }) => some?.length === 1)
  const thread = await ann.ask<{ messages: SpokenMessage[] }>(
    'GET',
    `/api/rooms/${ann.room}/threads/${root}/messages`,
  )
  expect(thread.body.messages).toMatchObject([{ kind: 'poll', seq }])

  const told = await bot.catchesUp(from.cursor)
  expect(told.entries).toMatchObject([
    { type: 'message', seq: root },
    { type: 'poll', seq, poll: { options: lunch.options } },
    { type: 'voted', target: seq, choices: [1], user: { name: 'Bob' } },
  ])
  const [delivery] = await until(
    () => receiver.posted.filter((one) => one.seq === seq),
    (some) => some.length === 1,
  )
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject({ type: 'poll', poll: { options: lunch.options } })

  await brook.archive()
  const found = await ann.ask<SearchAnswer>('GET', `/api/search?q=${encodeURIComponent('aubergine 饺子')}`)
  expect(found.body.hits.map(({ message }) => message.seq)).toEqual([seq])
  const markdown = await fetch(`${ann.address}/api/rooms/${ann.room}/export?from=${seq}&to=${seq}`, {
    headers: { cookie: ann.cookie },
  })
  expect(await markdown.text()).toContain(
    '> Which aubergine?\n> \n> - ○ Noodles\n> - ○ Rice · 1 (Bob)\n> - ○ 饺子',
  )
})
