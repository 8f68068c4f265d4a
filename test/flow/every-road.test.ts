// Every field of a message passes every way in and out, and so does a field that the next version adds to the schema.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AdminServices } from '../../server/bot/admin-services.ts'
import type { DraftBody } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { SpokenMessage, ThreadAnswer } from '../../server/protocol/http.ts'
import type { SearchAnswer } from '../../server/protocol/search.ts'
import { Bot } from '../support/bot.ts'
import type { Brook } from '../support/brook.ts'
import { flatFields } from '../support/flat-entry.ts'
import { forget, learn } from '../support/learned.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

let brook: Brook
let other: Brook
let services: AdminServices
let receiver: Receiver
let ann: Person
let bot: Bot
let room = ''
/** The number of the message that has every field, and its content. */
let seq = 0
let whole: Record<string, unknown> = {}
/** Servers by what they have in memory: everything, and nothing. */
let remembers = ''
let archived = ''

beforeAll(async () => {
  learn()
  const { Brook: Cluster } = await import('../support/brook.ts')
  const { openAdminServices } = await import('../../server/bot/admin-services.ts')
  ;[brook, other] = await Promise.all([Cluster.start({ webhookPrivate: true }), Cluster.start()])
  services = await openAdminServices(brook.config)
  receiver = await Receiver.up()
  remembers = brook.servers[0]?.address ?? ''
  ann = await brook.enter('Ann')
  room = (await ann.makes('roads')).id
  const made = await services.bots.add('reader')
  if ('code' in made) throw new Error(made.code)
  bot = new Bot(made.token, remembers)
  expect((await bot.ask('PUT', `/api/rooms/${room}/members/me`)).status).toBe(200)
  await ann.ask('POST', `/api/rooms/${room}/hooks/outgoing`, { url: receiver.url })
  const { seq: root } = await ann.acked(ann.says('where the thread begins'))
  const { seq: answered } = await ann.acked(ann.says('what is answered'))
  whole = {
    text: 'every field, @Ann',
    replyTo: answered,
    thread: root,
    alsoInRoom: true,
    mentions: [{ name: 'Ann', ids: [ann.user.id] }],
    at: 5_000,
    editedAt: 6_000,
    dueAt: 4_000,
    forwarded: { room, seq: answered },
    files: [
      {
        id: '7',
        name: 'сад 花园.jpg',
        type: 'image/jpeg',
        size: 48_120,
        kind: 'image',
        width: 400,
        height: 300,
        thumb: 'YTkGJwaRhWUIt4lbgnhZl3ath2BUBGYA',
        alt: 'a garden in spring',
      },
    ],
    colour: 'red',
  }
  seq = await keeps({ type: 'message', ...whole } as DraftBody)
  await ann.hears('every field, @Ann')
  // All modules are loaded again for the learned version.
}, 180_000)
afterAll(async () => {
  await receiver.goesDown()
  await services.close()
  await Promise.all([brook.stop(), other.stop()])
  forget()
})

/** An entry as the log has it, imported ones too. Returns its number. */
async function keeps(body: DraftBody): Promise<number> {
  const keys = keysOf(0)
  const number = await brook.redis.hincrby(keys.numbers, room, 1)
  const user = { id: ann.user.id, name: ann.user.name }
  const fields = flatFields({ room, user, cid: newCid(), body })
  const id = await brook.redis.xadd(keys.log, '*', 'seq', String(number), ...fields)
  await brook.redis.hset(keys.times, room, (id ?? '').split('-')[0] ?? '')
  return number
}

const has = (told: unknown, fields = whole): void => expect(told).toMatchObject(fields)

/** The same from a server that has it in memory, and from one that has it only in MySQL. */
async function fromBoth(read: (person: Person) => Promise<unknown>): Promise<void> {
  for (const address of [remembers, archived]) {
    const person = ann.again()
    Object.assign(person, { address, room })
    has(await read(person))
  }
}

test('the schema has no field that this test does not check', async () => {
  const { keptFields, sentFields } = await import('../../server/protocol/message-fields.ts')
  expect(Object.keys(whole).sort()).toEqual(Object.keys(keptFields).sort())
  expect(Object.keys(sentFields).sort()).toEqual([
    'alsoInRoom',
    'colour',
    'files',
    'forwarded',
    'replyTo',
    'text',
    'thread',
  ])
})

test('what is sent over the socket and over HTTP is in the log whole, without unknown fields', async () => {
  const { thread, replyTo, forwarded } = whole
  const sent = { replyTo, thread, forwarded, alsoInRoom: true, colour: 'blue' }
  ann.tells({ type: 'send', room, cid: newCid(), text: 'by socket', ...sent })
  has(await ann.hears('by socket'), sent)
  const answer = await ann.ask('POST', `/api/rooms/${room}/messages`, {
    cid: newCid(),
    text: 'by HTTP',
    ...sent,
  })
  expect(answer.status).toBe(201)
  has(await ann.hears('by HTTP'), sent)
  const refused = newCid()
  ann.tells({ type: 'send', room, cid: refused, text: 'odd', ...sent, shape: 'round' })
  expect(await ann.refused(refused)).toMatchObject({ code: 'bad_request' })
})

test('live, and again after a reconnect', async () => {
  has(await ann.hears('every field, @Ann'))
  const again = ann.again()
  await again.connects({ [room]: 0 })
  has(await again.hears('every field, @Ann'))
  again.drops()
})

test('to a bot from memory and by webhook', async () => {
  const { entries } = await until(
    () => bot.catchesUp(),
    (told) => told.entries.some((entry) => entry.seq === seq),
  )
  has(entries.find((entry) => entry.seq === seq))
  const delivery = await until(
    () => receiver.posted.find((one) => one.seq === seq),
    (one) => one !== undefined,
  )
  has(JSON.parse(delivery?.body ?? '{}'))
})

test('archived: pages, changes, the thread, search, exports, and late bots', async () => {
  const { cursor } = await bot.polls({ limit: 1 })
  await brook.archive()
  await brook.index()
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  archived = await brook.serve()
  const find = (messages: readonly { seq: number }[]): unknown => messages.find((one) => one.seq === seq)
  await fromBoth(async (person) => find((await person.page('limit=50')).messages))
  await fromBoth(async (person) => find((await person.page(`limit=50&asOf=${seq}`)).messages))
  await fromBoth(async (person) => find((await person.changes(0)).messages))
  const thread = `/api/rooms/${room}/threads/${String(whole['thread'])}/messages`
  await fromBoth(async (person) => find((await person.ask<ThreadAnswer>('GET', thread)).body.messages))
  await fromBoth(
    async (person) => (await person.ask<SearchAnswer>('GET', '/api/search?q=every')).body.hits[0]?.message,
  )
  await fromBoth(async (person) => {
    const headers = { cookie: person.cookie }
    const file = await fetch(`${person.address}/api/rooms/${room}/export?format=jsonl`, { headers })
    const lines = (await file.text()).trim().split('\n')
    return find(lines.map((line) => JSON.parse(line) as { seq: number }))
  })
  const late = new Bot(bot.token, archived)
  has((await late.catchesUp(cursor)).entries.find((entry) => entry.seq === seq && entry.type === 'message'))
})

test('a later change leaves the field as it was; a deletion removes it with the text', async () => {
  const other = await keeps({ type: 'message', text: 'short', colour: 'green' } as DraftBody)
  const does = async (type: string, more: object = {}): Promise<void> => {
    const cid = newCid()
    ann.tells({ type, room, seq: other, cid, ...more })
    await ann.acked(cid)
  }
  await ann.hears('short')
  await does('react', { emoji: '👍', on: true })
  await does('edit', { text: 'shorter' })
  const shown = async (address: string): Promise<unknown> => {
    const person = ann.again()
    Object.assign(person, { address, room })
    return (await person.page('limit=50')).messages.find((one) => one.seq === other)
  }
  has(await shown(remembers), { text: 'shorter', colour: 'green' })
  await brook.archive()
  has(await shown(await brook.serve()), { text: 'shorter', colour: 'green' })
  await does('delete')
  expect(await shown(remembers)).not.toHaveProperty('colour')
  await brook.archive()
  const [row] = await brook.db.rows('SELECT text, body FROM messages WHERE room_id = ? AND seq = ?', [
    room,
    other,
  ])
  expect(row).toEqual({ text: null, body: null })
  expect(await shown(await brook.serve())).not.toHaveProperty('colour')
})

test('into another Brook, except ids of people and rooms: there the text mentions nobody, and nothing is forwarded', async () => {
  const { OtherBrook } = await import('../../server/import/brook/source.ts')
  const { Remote } = await import('../../server/import/brook/remote.ts')
  const { runImport } = await import('../../server/import/run.ts')
  const [say, refuse] = [() => undefined, () => undefined]
  const token = ann.cookie.replace(/^[^=]*=/, '')
  const source = new OtherBrook(remembers, new Remote({ address: remembers, token, say }), refuse)
  await runImport({
    config: other.config,
    source,
    rate: 100_000,
    dryRun: false,
    matchUsers: false,
    refuse,
    say,
    signal: new AbortController().signal,
  })
  const rita = await other.arrive('Rita')
  const brought = (await rita.rooms()).find(({ name }) => name === 'roads')
  const { messages } = await rita.page('limit=50', brought?.id)
  const numberOf = (text: string) => messages.find((one) => 'text' in one && one.text === text)?.seq
  const said = String(whole['text'])
  const found = messages.find((one): one is SpokenMessage => 'text' in one && one.text.startsWith(said))
  const { mentions: _ids, forwarded: _place, files: _bytes, ...kept } = whole
  has(found, {
    ...kept,
    // Its bytes are nowhere, so it is named.
    text: `${said}\n📎 сад 花园.jpg`,
    replyTo: numberOf('what is answered'),
    thread: numberOf('where the thread begins'),
  })
  expect(found).not.toHaveProperty('mentions')
  // The number of a room is another room's there.
  expect(found).not.toHaveProperty('forwarded')
  expect(found).not.toHaveProperty('files')
})
