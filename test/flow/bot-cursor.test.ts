// A bot's durable cursor: whatever happens in its rooms while it is connected, away, or killed, it receives everything
// at least once and in each room's order.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bots } from '../../server/bot/bots.ts'
import { formatCursor, parseCursor } from '../../server/bot/cursor.ts'
import { openAdminServices, type AdminServices } from '../../server/bot/admin-services.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Bot, textsOf, type Told } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let services: AdminServices
beforeAll(async () => {
  brook = await Brook.start()
  services = await openAdminServices(brook.config)
})
afterAll(async () => {
  await services.close()
  await brook.stop()
})

async function added(name: string, server = 0): Promise<Bot & { id: string }> {
  const made = await services.bots.add(name)
  if ('code' in made) throw new Error(made.code)
  return Object.assign(new Bot(made.token, brook.servers[server]?.address ?? ''), { id: made.bot.id })
}

/** Somebody with a room, and a bot that is in it and has received everything so far. */
async function pair(
  name: string,
): Promise<{ ann: Person; room: string; bot: Bot & { id: string }; cursor: string }> {
  const ann = await brook.enter(`${name} person`)
  const { id: room } = await ann.makes(name)
  const bot = await added(`${name} bot`)
  expect((await bot.ask('PUT', `/api/rooms/${room}/members/me`)).status).toBe(200)
  // That it joined the lobby is told by a server of its own accord, so it may come after what it did itself.
  const { cursor } = await until(
    () => bot.catchesUp(),
    ({ entries }) => {
      const joins = entries.filter(({ notice, user }) => notice?.kind === 'joined' && user?.id === bot.id)
      return new Set(joins.map((join) => join.room)).size === 2
    },
  )
  return { ann, room, bot, cursor }
}

const say = async (ann: Person, room: string, texts: readonly string[]): Promise<void> => {
  for (const text of texts) await ann.acked(ann.says(text, { room }))
}

/** A server that has none of the archive in memory, as after days. */
async function forgetful(): Promise<string> {
  await brook.archive()
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  return brook.serve()
}

const isInOrder = ({ entries }: Told): boolean => {
  const last = new Map<string, number>()
  return entries.every(({ room, seq }) => {
    const before = last.get(room) ?? 0
    last.set(room, seq)
    return seq > before
  })
}

test('a poll waits for entries, and does not query MySQL meanwhile', async () => {
  const other = await brook.enter('busy elsewhere')
  const { id: elsewhere } = await other.makes('elsewhere')
  const { ann, room, bot, cursor } = await pair('waits')
  const asked = async () =>
    Number((await brook.db.rows<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Com_select'"))[0]?.Value)
  const lively = Array.from({ length: 60 }, (_, n) => String(n))
  /** What a server asks by itself while other rooms are busy; a poll that made queries would make one more for each message. */
  const askedWhileLively = async () => {
    const before = await asked()
    await say(other, elsewhere, lively)
    return (await asked()) - before
  }
  const without = await askedWhileLively()
  const poll = bot.polls({ after: cursor, waitMs: limits.bots.waitMs })
  await until(() => brook.metric('brook_bot_waits'))
  expect(await askedWhileLively()).toBeLessThan(without + lively.length / 2)
  await say(ann, room, ['hello'])
  expect(textsOf(await poll)).toEqual(['hello'])
})

test('a poll that does not wait is answered at once, with nothing and the same cursor', async () => {
  const { bot, cursor } = await pair('nothing')
  expect(await bot.polls({ after: cursor })).toEqual({ entries: [], cursor, more: false })
  expect(await bot.polls({ after: cursor, waitMs: 30 })).toEqual({ entries: [], cursor, more: false })
})

test('a bot killed between receiving and acknowledging receives again; what it acknowledged it does not', async () => {
  const { ann, room, bot, cursor } = await pair('again')
  await say(ann, room, ['one', 'two'])
  const first = await bot.polls({ after: cursor })
  expect(textsOf(first)).toEqual(['one', 'two'])
  // Killed here: it comes back without any state, on another server.
  const back = new Bot(bot.token, await brook.serve())
  expect(textsOf(await back.polls())).toEqual(['one', 'two'])
  // A request with the cursor acknowledges.
  await back.polls({ after: first.cursor })
  expect(textsOf(await back.polls())).toEqual([])
  await say(ann, room, ['three'])
  expect(textsOf(await back.polls({ waitMs: 5_000 }))).toEqual(['three'])
  // So does an explicit acknowledgement.
  const { cursor: third } = await back.polls({ waitMs: 5_000 })
  expect((await bot.ask('PUT', '/api/bots/me/cursor', { cursor: third })).status).toBe(200)
  expect(textsOf(await bot.polls())).toEqual([])
})

test('two polls at once are harmless: an older acknowledgement undoes nothing', async () => {
  const { ann, room, bot, cursor } = await pair('twice')
  await say(ann, room, ['a', 'b', 'c'])
  const few = await bot.polls({ after: cursor, limit: 1 })
  const all = await bot.polls({ after: cursor })
  const [fresh, stale] = await Promise.all([
    bot.polls({ after: all.cursor }),
    bot.polls({ after: few.cursor }),
  ])
  expect(textsOf(fresh)).toEqual([])
  expect(textsOf(stale)).toEqual(['b', 'c'])
  expect(textsOf(await bot.polls())).toEqual([])
})

test('after days away, every message is sent once and in order, from MySQL page by page', async () => {
  const { ann, room, bot, cursor } = await pair('days')
  const other = await ann.makes('days too')
  await bot.ask('PUT', `/api/rooms/${other.id}/members/me`)
  const said = Array.from({ length: 30 }, (_, i) => `d${i}`)
  for (const text of said) await say(ann, Number(text.slice(1)) % 3 === 0 ? other.id : room, [text])
  bot.address = await forgetful()
  await say(ann, room, ['fresh'])
  await until(async () => textsOf(await bot.catchesUp(cursor)).includes('fresh'))
  for (const limit of [1, 7, 100]) {
    const told = await bot.catchesUp(cursor, limit)
    expect(textsOf(told)).toEqual([...said, 'fresh'])
    expect(isInOrder(told)).toBe(true)
  }
})

test('entries that left memory come as they came live: each under its own number, of the same type, with the same fields', async () => {
  const { ann, room, bot, cursor } = await pair('same')
  const act = async (who: Person | Bot, request: object) => {
    const cid = newCid()
    who.tells({ ...request, room, cid })
    const { seq } = (await until(
      () => who.heard.flatMap((event) => (event.type === 'ack' && event.cid === cid ? event : []))[0],
      (ack) => ack !== undefined,
    )) as { seq: number }
    return seq
  }
  const first = await act(ann, { type: 'send', text: 'hello @same bot' })
  const second = await act(ann, { type: 'send', text: 'plain', replyTo: first })
  const gone = await act(ann, { type: 'send', text: 'secret' })
  const { body: poll } = await ann.ask<{ seq: number }>('POST', `/api/rooms/${room}/polls`, {
    cid: newCid(),
    question: 'Lunch?',
    options: ['Rice', 'Noodles'],
    anonymous: true,
  })
  await bot.connects({ type: 'resume' })
  await act(bot, { type: 'send', text: 'in a thread', thread: first })
  await act(ann, { type: 'edit', seq: first, text: 'hello all' })
  await act(ann, { type: 'edit', seq: first, text: 'hello again @same bot' })
  await act(ann, { type: 'edit', seq: gone, text: 'secret too' })
  await act(bot, { type: 'react', seq: second, emoji: '👍', on: true })
  await act(ann, { type: 'react', seq: second, emoji: '🎉', on: true })
  await act(ann, { type: 'react', seq: second, emoji: '🎉', on: false })
  await act(ann, { type: 'pin', seq: second, on: true })
  await ann.ask('PUT', `/api/rooms/${room}/polls/${poll.seq}/vote`, { cid: newCid(), choices: [1] })
  await ann.ask('POST', `/api/rooms/${room}/polls/${poll.seq}/close`, { cid: newCid() })
  await ann.ask('PATCH', `/api/rooms/${room}`, { topic: 'greetings' })
  const last = await act(ann, { type: 'delete', seq: gone })
  bot.drops()
  const live = await until(
    () => bot.catchesUp(cursor),
    ({ entries }) => entries.some(({ seq }) => seq === last),
  )
  expect(new Set(live.entries.map(({ type }) => type))).toEqual(
    new Set(['message', 'poll', 'edited', 'reacted', 'pinned', 'voted', 'poll_closed', 'notice', 'deleted']),
  )
  expect(live.entries.filter(({ mentions }) => mentions !== undefined).map(({ type }) => type)).toEqual([
    'message',
    'edited',
  ])
  bot.address = await forgetful()
  for (const limit of [1, 4, 100]) {
    const late = await bot.catchesUp(cursor, limit)
    expect(late.entries).toEqual(live.entries)
    expect(isInOrder(late)).toBe(true)
  }
  // Deleted in memory, its words still in the archive: they are not sent.
  await act(ann, { type: 'delete', seq: second })
  const after = await until(
    () => bot.catchesUp(cursor, 4),
    ({ entries }) => entries.some(({ type, target }) => type === 'deleted' && target === second),
  )
  expect(textsOf(after)).not.toContain('plain')
})

test('a bot begins where it joined, receives nothing from a room it left, and begins again where it rejoins', async () => {
  const { ann, room, bot } = await pair('comes')
  const { id: late } = await ann.makes('comes late')
  await say(ann, late, ['before'])
  const join = () => bot.ask('PUT', `/api/rooms/${late}/members/me`)
  const waiting = bot.polls({ after: (await bot.catchesUp()).cursor, waitMs: limits.bots.waitMs })
  await until(() => brook.metric('brook_bot_waits'))
  await join()
  // The poll that was already waiting receives the room, although it did not know it.
  const joined = await waiting
  expect(joined.entries.map(({ type }) => type)).toEqual(['notice'])
  await say(ann, late, ['while in'])
  const during = await bot.catchesUp(joined.cursor)
  expect(textsOf(during)).toEqual(['while in'])
  await bot.ask('DELETE', `/api/rooms/${late}/members/me`)
  await say(ann, late, ['while out'])
  await say(ann, room, ['in the other'])
  expect(textsOf(await bot.catchesUp(during.cursor))).toEqual(['in the other'])
  await join()
  await say(ann, late, ['in again'])
  expect(textsOf(await bot.catchesUp(during.cursor))).toEqual(['in the other', 'in again'])
})

test('a bot that is taken out of a room is sent what came before, then `gone`, and nothing after it', async () => {
  const { ann, bot, cursor } = await pair('taken')
  const { id: room } = await ann.makes('taken out', 'private')
  const members = `/api/rooms/${room}/members`
  const add = () => services.memberships.place({ id: bot.id, name: 'taken bot', bot: true }, room)
  const remove = () => ann.ask('DELETE', `${members}/${bot.id}`)
  await say(ann, room, ['before'])
  await add()
  await say(ann, room, ['please answer', 'soon'])
  await remove()
  await say(ann, room, ['without it'])
  const seen = ({ entries }: Told) => entries.map(({ type, text, notice }) => text ?? notice?.kind ?? type)
  const all = ['joined', 'please answer', 'soon', 'removed', 'gone']
  await until(async () => seen(await bot.catchesUp(cursor)).includes('gone'))
  const home = bot.address
  for (const address of [home, await forgetful()])
    for (const limit of [1, 100]) {
      bot.address = address
      expect(seen(await bot.catchesUp(cursor, limit))).toEqual(all)
    }
  // Taken in again before it has heard of any of this, and out again while it waits.
  bot.address = home
  await add()
  await say(ann, room, ['here again'])
  const twice = [...all, 'joined', 'here again']
  const back = await until(
    () => bot.catchesUp(cursor),
    (told) => seen(told).length === twice.length,
  )
  expect(seen(back)).toEqual(twice)
  const waiting = bot.polls({ after: back.cursor, waitMs: limits.bots.waitMs })
  await until(() => brook.metric('brook_bot_waits'))
  await remove()
  const end = await waiting
  expect(seen(end)).toEqual(['removed', 'gone'])
  // Once acknowledged, it is over, also for a bot that has lost its cursor.
  expect(seen(await bot.polls({ after: end.cursor }))).toEqual([])
  expect(seen(await bot.polls())).toEqual([])
  expect(await brook.db.rows('SELECT 1 FROM bot_departures WHERE user_id = ?', [bot.id])).toEqual([])
})

test('a socket resumes from the last acknowledgement, even in a room that was joined while it was away', async () => {
  const { ann, room, bot, cursor } = await pair('socket')
  await bot.polls({ after: cursor })
  await say(ann, room, ['missed'])
  const { id: more } = await ann.makes('socket more')
  expect(await services.memberships.place({ id: bot.id, name: 'x' }, more)).toBeUndefined()
  await say(ann, more, ['missed too'])
  await bot.connects({ type: 'resume' })
  const texts = () => bot.heard.flatMap((event) => (event.type === 'message' ? event.text : []))
  await until(texts, (heard) => heard.includes('missed') && heard.includes('missed too'))
  await say(ann, room, ['live'])
  await until(texts, (heard) => heard.includes('live'))
  // It acknowledges by number what it received on the socket.
  const seq = Math.max(
    ...bot.heard.flatMap((event) => (event.type === 'message' && event.room === room ? event.seq : 0)),
  )
  await bot.ask('PUT', '/api/bots/me/cursor', { rooms: { [room]: seq } })
  expect(textsOf(await bot.catchesUp())).toEqual(['missed too'])
  bot.drops()
})

test('a wiped log assigns numbers again: the new messages under them are sent', async () => {
  const { ann, room, bot, cursor } = await pair('wiped')
  await brook.archive()
  await say(ann, room, ['lost 1', 'lost 2'])
  const heard = await bot.catchesUp(cursor)
  expect(textsOf(heard)).toEqual(['lost 1', 'lost 2'])
  await brook.redis.flushall()
  const cid = newCid()
  const answer = await until(
    () => ann.ask('POST', `/api/rooms/${room}/messages`, { cid, text: 'new 1' }),
    ({ status }) => status === 201,
  )
  expect(answer.status).toBe(201)
  await until(async () => textsOf(await bot.catchesUp(heard.cursor)).includes('new 1'))
})

test('a server that stops answers waiting polls, and polling continues on another', async () => {
  const { ann, room, bot, cursor } = await pair('drain')
  const from = brook.servers.length
  const leaving = new Bot(bot.token, await brook.serve())
  const poll = leaving.polls({ after: cursor, waitMs: limits.bots.waitMs })
  await until(() => brook.metric('brook_bot_waits', from))
  await brook.servers[from]?.close()
  const { entries, cursor: kept } = await poll
  expect(entries).toEqual([])
  brook.servers.splice(from, 1)
  await say(ann, room, ['on'])
  expect(textsOf(await bot.polls({ after: kept, waitMs: 5_000 }))).toEqual(['on'])
})

test('at most four polls of a bot wait at once, for a bounded time, and only with a valid cursor', async () => {
  const { bot, cursor } = await pair('bounds')
  const query = `after=${cursor}&waitMs=${limits.bots.waitMs}`
  const polls = Array.from({ length: limits.bots.waitsOfOne }, () =>
    bot.ask('GET', `/api/bots/me/entries?${query}`),
  )
  await until(
    () => brook.metric('brook_bot_waits'),
    (waits) => waits === limits.bots.waitsOfOne,
  )
  expect((await bot.ask('GET', `/api/bots/me/entries?${query}`)).code).toBe('too_many')
  await services.bots.revoke({ id: bot.id, name: 'bounds' })
  await Promise.all(polls)

  const { bot: other } = await pair('bounds two')
  const codes = async (path: string) => (await other.ask('GET', `/api/bots/me/entries?${path}`)).code
  expect(await codes(`waitMs=${limits.bots.waitMs + 1}`)).toBe('bad_request')
  expect(await codes(`limit=${limits.bots.entries.max + 1}`)).toBe('bad_request')
  for (const after of ['x', 'c1.', 'c1.AAAA', `c1.${'A'.repeat(5_000)}`])
    expect(await codes(`after=${after}`)).toBe('bad_cursor')
  const person = await Person.arrive(brook.servers[0]?.address ?? '', 'no bot')
  expect((await person.ask('GET', '/api/bots/me/entries')).status).toBe(403)
})

test('no bot acknowledges what is not there yet, and it goes back where it asks for that', async () => {
  const { ann, room, bot } = await pair('rewind')
  await say(ann, room, ['one', 'two', 'three'])
  const read = await until(
    () => bot.catchesUp(),
    (told) => textsOf(told).length === 3,
  )
  const put = async (body: object) => bot.ask<{ cursor: string }>('PUT', '/api/bots/me/cursor', body)
  const last = read.entries.at(-1)?.seq ?? 0
  expect((await put({ rooms: { [room]: last + 1_000 } })).code).toBe('bad_cursor')
  expect((await put({ rooms: { '999999': 1 } })).code, 'a room that is not there').toBe('bad_cursor')
  const { id: elsewhere } = await ann.makes('without the bot', 'private')
  expect((await put({ rooms: { [elsewhere]: 1 } })).code, 'a room that it is not in').toBe('bad_cursor')
  const made = parseCursor(read.cursor)
  const ahead = formatCursor({
    epoch: made?.epoch ?? '',
    at: Date.now(),
    places: new Map([[room, last + 1_000]]),
  })
  expect((await put({ cursor: ahead })).code).toBe('bad_cursor')
  expect((await bot.ask('GET', `/api/bots/me/entries?after=${ahead}`)).code).toBe('bad_cursor')
  expect((await put({ rooms: { [room]: last } })).status).toBe(200)
  expect(textsOf(await bot.polls())).toEqual([])
  // Without a word of it, an acknowledgement never goes back.
  await put({ rooms: { [room]: last - 1 } })
  expect(textsOf(await bot.polls())).toEqual([])
  expect((await put({ rooms: { [room]: last - 2 }, rewind: true })).status).toBe(200)
  expect(textsOf(await bot.polls())).toEqual(['two', 'three'])
})

test('while MySQL is down, a bot that keeps its cursor still receives messages', async () => {
  const { ann, room, bot, cursor } = await pair('away')
  await brook.stores.mariadbProcess.kill()
  await say(ann, room, ['in the dark'])
  expect(textsOf(await bot.polls({ after: cursor, waitMs: 5_000 }))).toEqual(['in the dark'])
  expect((await bot.ask('GET', '/api/bots/me/entries')).status).toBe(503)
  await brook.stores.mariadbProcess.start()
  expect(parseCursor(cursor)?.places.get(room)).toBeDefined()
  const bots = new Bots({ db: brook.db, sessions: {} as never, newcomers: {} as never })
  expect(formatCursor((await bots.acked(bot.id)) ?? { epoch: '', at: 0, places: new Map() })).not.toBe('')
})
