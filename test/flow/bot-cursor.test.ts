// A bot's durable cursor: whatever happens in its rooms while it is here, away, or killed, it is told at least once and
// in each room's order.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bots } from '../../server/bot/bots.ts'
import { formatCursor, parseCursor } from '../../server/bot/cursor.ts'
import { openDesk, type Desk } from '../../server/bot/desk.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Bot, textsOf, type Told } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let desk: Desk
beforeAll(async () => {
  brook = await Brook.start()
  desk = await openDesk(brook.config)
})
afterAll(async () => {
  await desk.close()
  await brook.stop()
})

async function added(name: string, server = 0): Promise<Bot & { id: string }> {
  const made = await desk.bots.add(name)
  if ('code' in made) throw new Error(made.code)
  return Object.assign(new Bot(made.token, brook.servers[server]?.address ?? ''), { id: made.bot.id })
}

/** Somebody with a room, and a bot that is in it and has heard everything so far. */
async function pair(
  name: string,
): Promise<{ ann: Person; room: string; bot: Bot & { id: string }; cursor: string }> {
  const ann = await brook.enter(`${name} person`)
  const { id: room } = await ann.makes(name)
  const bot = await added(`${name} bot`)
  expect((await bot.ask('PUT', `/api/rooms/${room}/members/me`)).status).toBe(200)
  // Its coming is told in the log, which is read a moment later.
  const { cursor } = await until(
    () => bot.catchesUp(),
    ({ entries }) => entries.some((entry) => entry.room === room),
  )
  return { ann, room, bot, cursor }
}

const say = async (ann: Person, room: string, texts: readonly string[]): Promise<void> => {
  for (const text of texts) await ann.acked(ann.says(text, { room }))
}

/** A server that has nothing of the archive in memory, as after days. */
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

test('a poll waits for what happens, and asks MySQL nothing meanwhile', async () => {
  const other = await brook.enter('busy elsewhere')
  const { id: elsewhere } = await other.makes('elsewhere')
  const { ann, room, bot, cursor } = await pair('waits')
  const poll = bot.polls({ after: cursor, waitMs: limits.bots.waitMs })
  await until(() => brook.metric('brook_bot_waits'))
  const asked = async () =>
    Number((await brook.db.rows<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Com_select'"))[0]?.Value)
  // Other people's rooms are lively meanwhile. A server asks a few things by itself; a poll that asked would for each message.
  const before = await asked()
  const lively = Array.from({ length: 30 }, (_, n) => String(n))
  await say(other, elsewhere, lively)
  expect((await asked()) - before).toBeLessThan(lively.length / 3)
  await say(ann, room, ['hello'])
  expect(textsOf(await poll)).toEqual(['hello'])
})

test('who does not wait is told at once that there is nothing, with the same cursor', async () => {
  const { bot, cursor } = await pair('nothing')
  expect(await bot.polls({ after: cursor })).toEqual({ entries: [], cursor, more: false })
  expect(await bot.polls({ after: cursor, waitMs: 30 })).toEqual({ entries: [], cursor, more: false })
})

test('a bot killed between hearing and acknowledging is told again; what it acknowledged is not', async () => {
  const { ann, room, bot, cursor } = await pair('again')
  await say(ann, room, ['one', 'two'])
  const first = await bot.polls({ after: cursor })
  expect(textsOf(first)).toEqual(['one', 'two'])
  // Killed here: it comes back with nothing in its hands, to another server.
  const back = new Bot(bot.token, await brook.serve())
  expect(textsOf(await back.polls())).toEqual(['one', 'two'])
  // Asking with the cursor acknowledges.
  await back.polls({ after: first.cursor })
  expect(textsOf(await back.polls())).toEqual([])
  await say(ann, room, ['three'])
  expect(textsOf(await back.polls({ waitMs: 5_000 }))).toEqual(['three'])
  // So does saying so.
  const { cursor: third } = await back.polls({ waitMs: 5_000 })
  expect((await bot.ask('PUT', '/api/bots/me/cursor', { cursor: third })).status).toBe(200)
  expect(textsOf(await bot.polls())).toEqual([])
})

test('two polls at once are harmless: an older acknowledgement takes nothing back', async () => {
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

test('after days away every message is told once and in order, from MySQL page by page', async () => {
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

test('edits, deletions and reactions are told: one by one while they are fresh, and as what became of it later', async () => {
  const { ann, room, bot, cursor } = await pair('changed')
  const seqs: number[] = []
  for (const text of ['old', 'gone', 'plain']) seqs.push((await ann.acked(ann.says(text, { room }))).seq)
  const [old = 0, gone = 0] = seqs
  const before = await bot.catchesUp(cursor)
  const fresh = (await ann.acked(ann.says('new', { room }))).seq
  const change = async (command: object) => {
    const cid = newCid()
    ann.tells({ ...command, room, cid })
    await ann.acked(cid)
  }
  await change({ type: 'edit', seq: old, text: 'old, edited' })
  await change({ type: 'edit', seq: fresh, text: 'new, edited' })
  await change({ type: 'react', seq: old, emoji: '👍', on: true })
  await change({ type: 'delete', seq: gone })
  const live = await until(
    () => bot.catchesUp(before.cursor),
    ({ entries }) => entries.length === 5,
  )
  expect(live.entries.map(({ type, target }) => [type, target])).toEqual([
    ['message', undefined],
    ['edited', old],
    ['edited', fresh],
    ['reacted', old],
    ['deleted', gone],
  ])
  bot.address = await forgetful()
  // A change of a message that memory has overwrites nothing of what was missed.
  await change({ type: 'react', seq: old, emoji: '🎉', on: true })
  for (const limit of [1, 100]) {
    const told = await until(
      () => bot.catchesUp(before.cursor, limit),
      ({ entries }) => entries.some(({ type }) => type === 'reacted'),
    )
    expect(textsOf(told)).toEqual(['new, edited'])
    const states = new Map(told.entries.flatMap(({ message }) => (message ? [[message.seq, message]] : [])))
    expect(states.get(old)).toMatchObject({ text: 'old, edited', reactions: [{ emoji: '👍' }] })
    expect(states.get(gone)).toMatchObject({ text: '', deletedAt: expect.any(Number) as number })
    expect(told.entries.at(-1)).toMatchObject({ type: 'reacted', target: old })
  }
  // Archived as well, the later change carries the earlier ones.
  bot.address = await forgetful()
  const told = await bot.catchesUp(before.cursor, 1)
  const states = new Map(told.entries.flatMap(({ message }) => (message ? [[message.seq, message]] : [])))
  expect(states.get(old)).toMatchObject({
    text: 'old, edited',
    reactions: [{ emoji: '👍' }, { emoji: '🎉' }],
  })
})

test('a bot begins where it joined, hears nothing of a room it left, and begins again where it joins again', async () => {
  const { ann, room, bot } = await pair('comes')
  const { id: late } = await ann.makes('comes late')
  await say(ann, late, ['before'])
  const join = () => bot.ask('PUT', `/api/rooms/${late}/members/me`)
  const waiting = bot.polls({ after: (await bot.catchesUp()).cursor, waitMs: limits.bots.waitMs })
  await until(() => brook.metric('brook_bot_waits'))
  await join()
  // The poll that waited already is told of the room, although it did not know it.
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

test('a socket resumes from what was acknowledged, also in a room that was joined while it was away', async () => {
  const { ann, room, bot, cursor } = await pair('socket')
  await bot.polls({ after: cursor })
  await say(ann, room, ['missed'])
  const { id: more } = await ann.makes('socket more')
  expect(await desk.memberships.place({ id: bot.id, name: 'x' }, more)).toBeUndefined()
  await say(ann, more, ['missed too'])
  await bot.connects({ type: 'resume' })
  const texts = () => bot.heard.flatMap((event) => (event.type === 'message' ? event.text : []))
  await until(texts, (heard) => heard.includes('missed') && heard.includes('missed too'))
  await say(ann, room, ['live'])
  await until(texts, (heard) => heard.includes('live'))
  // What it heard on the socket it acknowledges by number.
  const seq = Math.max(
    ...bot.heard.flatMap((event) => (event.type === 'message' && event.room === room ? event.seq : 0)),
  )
  await bot.ask('PUT', '/api/bots/me/cursor', { rooms: { [room]: seq } })
  expect(textsOf(await bot.catchesUp())).toEqual(['missed too'])
  bot.drops()
})

test('a log that was wiped gives numbers again: what was said under them is told', async () => {
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

test('a server that stops answers those who wait, and the poll goes on at another', async () => {
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

test('a bot waits at most four times at once, for its bounded time, and only with a cursor of ours', async () => {
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
  await desk.bots.revoke({ id: bot.id, name: 'bounds' })
  await Promise.all(polls)

  const { bot: other } = await pair('bounds two')
  const codes = async (path: string) => (await other.ask('GET', `/api/bots/me/entries?${path}`)).code
  expect(await codes(`waitMs=${limits.bots.waitMs + 1}`)).toBe('bad_request')
  expect(await codes(`limit=${limits.bots.entries.most + 1}`)).toBe('bad_request')
  for (const after of ['x', 'c1.', 'c1.AAAA', `c1.${'A'.repeat(5_000)}`])
    expect(await codes(`after=${after}`)).toBe('bad_cursor')
  const person = await Person.arrive(brook.servers[0]?.address ?? '', 'no bot')
  expect((await person.ask('GET', '/api/bots/me/entries')).status).toBe(403)
})

test('while MySQL is away a bot that keeps its cursor goes on hearing what is said', async () => {
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
