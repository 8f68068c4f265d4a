// Changes of a message, from the request to everybody's screen, MySQL and back.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { keysOf } from '../../server/log/keys.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob', 1)
})
beforeEach(() => brook.meet(ann, bob))
afterAll(() => brook.stop())

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq

/** Sends a request about a message; returns its cid. */
function does(
  who: Person,
  command: { type: string; seq: number; cid?: string; [field: string]: unknown },
): string {
  const { cid = newCid() } = command
  who.tells({ room: who.room, ...command, cid })
  return cid
}

async function seen(who: Person, seq: number): Promise<SpokenMessage> {
  const { messages } = await who.page('limit=200')
  return messages.find((message) => message.seq === seq) as SpokenMessage
}

test('an edit reaches everybody under its own number, and pages show it before and after it is archived', async () => {
  const seq = await says(ann, 'frist')
  const { seq: number } = await ann.acked(does(ann, { type: 'edit', seq, text: 'first' }))
  expect(number).toBe(seq + 1)
  expect(await bob.change('edited', seq)).toMatchObject({ seq: number, text: 'first' })
  expect(await seen(bob, seq)).toMatchObject({ text: 'first', updatedSeq: number })
  await brook.archive()
  const fresh = await brook.serve()
  const carl = await brook.enter(
    'Carl',
    brook.servers.findIndex(({ address }) => address === fresh),
  )
  await carl.joins(ann.room)
  expect(await seen(carl, seq)).toMatchObject({ text: 'first', updatedSeq: number })
  const [row] = await brook.db.rows<{ text: string; first: string }>(
    'SELECT text, first_text AS first FROM messages WHERE room_id = ? AND seq = ?',
    [ann.room, seq],
  )
  expect(row).toEqual({ text: 'first', first: 'frist' })
})

test('only its author edits a message; its author and moderators delete it', async () => {
  const hers = await says(ann, 'hers')
  const his = await says(bob, 'his')
  await bob.hears('hers')
  expect(await bob.refused(does(bob, { type: 'edit', seq: hers, text: 'x' }))).toMatchObject({
    code: 'not_yours',
  })
  expect(await bob.refused(does(bob, { type: 'delete', seq: hers }))).toMatchObject({ code: 'not_yours' })
  expect(await ann.refused(does(ann, { type: 'edit', seq: his, text: 'x' }))).toMatchObject({
    code: 'not_yours',
  })
  await ann.acked(does(ann, { type: 'delete', seq: his }))
  expect(await seen(ann, his)).toMatchObject({ text: '', deletedAt: expect.any(Number) as number })
})

test('a missing message, a notice, a deleted message and a non-member are refused', async () => {
  const seq = await says(ann, 'short')
  await ann.acked(does(ann, { type: 'delete', seq }))
  await until(
    () => seen(ann, seq),
    ({ deletedAt }) => deletedAt !== null,
  )
  const refusal = async (who: Person, command: Parameters<typeof does>[1]): Promise<string> =>
    (await who.refused(does(who, command))).code
  expect(await refusal(ann, { type: 'edit', seq, text: 'x' })).toBe('message_deleted')
  expect(await refusal(ann, { type: 'react', seq, emoji: '👍', on: true })).toBe('message_deleted')
  expect(await refusal(ann, { type: 'delete', seq: 1 })).toBe('no_such_message')
  expect(await refusal(ann, { type: 'delete', seq: 99_999 })).toBe('no_such_message')
  expect(await refusal(ann, { type: 'edit', seq, text: ' ' })).toBe('empty_message')
  const dora = await brook.enter('Dora')
  expect(await refusal(dora, { type: 'delete', seq, room: ann.room })).toBe('not_allowed')
})

test('the same cid gives the same number, even if the message is deleted by then', async () => {
  const seq = await says(ann, 'gone')
  const cid = newCid()
  const { seq: number } = await ann.acked(does(ann, { type: 'delete', seq, cid }))
  await until(
    () => seen(ann, seq),
    ({ deletedAt }) => deletedAt !== null,
  )
  ann.heard = []
  expect(await ann.acked(does(ann, { type: 'delete', seq, cid }))).toMatchObject({ seq: number })
  await brook.archive()
  const body = { cid }
  const path = `/api/rooms/${ann.room}/messages/${seq}`
  expect(await ann.ask('DELETE', path, body)).toMatchObject({ status: 200, body: { seq: number } })
})

test('reactions are sent, toggled and counted, by every way in', async () => {
  const seq = await says(ann, 'party?')
  await bob.hears('party?')
  await bob.acked(does(bob, { type: 'react', seq, emoji: '🎉', on: true }))
  const to = (emoji: string) =>
    `/api/rooms/${ann.room}/messages/${seq}/reactions/${encodeURIComponent(emoji)}`
  const path = to('❤')
  expect((await ann.ask('PUT', path, { cid: newCid() })).status).toBe(200)
  for (const method of ['PUT', 'DELETE'] as const)
    expect((await ann.ask(method, to('👍\ufe0f'), { cid: newCid() })).status).toBe(200)
  const both = (await seen(ann, seq)).reactions
  expect(both.map(({ emoji, users }) => [emoji, users.map(({ name }) => name)])).toEqual([
    ['🎉', ['Bob']],
    ['❤️', ['Ann']],
  ])
  expect((await ann.ask('DELETE', path, { cid: newCid() })).status).toBe(200)
  await brook.archive()
  expect((await seen(ann, seq)).reactions.map(({ emoji }) => emoji)).toEqual(['🎉'])
  expect(await bob.refused(does(bob, { type: 'react', seq, emoji: 'lol', on: true }))).toMatchObject({
    code: 'bad_emoji',
  })
})

test('a change without effect makes no entry', async () => {
  const seq = await says(ann, 'once')
  const { seq: first } = await ann.acked(does(ann, { type: 'react', seq, emoji: '👍', on: true }))
  await until(
    () => seen(ann, seq),
    ({ reactions }) => reactions.length === 1,
  )
  expect(await ann.acked(does(ann, { type: 'react', seq, emoji: '👍', on: true }))).toMatchObject({
    seq: first,
  })
  expect((await ann.page()).upTo).toBe(first)
})

test('a message takes a limited number of different reactions', async () => {
  const seq = await says(ann, 'many')
  const kinds = Array.from({ length: limits.reactions.kinds + 1 }, (_, i) =>
    String.fromCodePoint(0x1f400 + i),
  )
  const last = kinds.pop() ?? ''
  for (const emoji of kinds) await ann.acked(does(ann, { type: 'react', seq, emoji, on: true }))
  await until(
    () => seen(ann, seq),
    ({ reactions }) => reactions.length === limits.reactions.kinds,
  )
  expect(await ann.refused(does(ann, { type: 'react', seq, emoji: last, on: true }))).toMatchObject({
    code: 'too_many_reactions',
  })
})

test('changes made while somebody was away are there when they return, from memory and from the archive', async () => {
  const seqs = [await says(ann, 'to edit'), await says(ann, 'to delete'), await says(ann, 'to like')] as const
  await bob.hears('to like')
  bob.drops()
  await ann.acked(does(ann, { type: 'edit', seq: seqs[0], text: 'edited' }))
  await ann.acked(does(ann, { type: 'delete', seq: seqs[1] }))
  await ann.acked(does(ann, { type: 'react', seq: seqs[2], emoji: '👍', on: true }))
  await bob.returns()
  expect(await bob.change('edited', seqs[0])).toMatchObject({ text: 'edited' })
  await bob.change('deleted', seqs[1])
  expect(await bob.change('reacted', seqs[2])).toMatchObject({ emoji: '👍' })
  await brook.archive()
  const missed = await bob.changes(seqs[2])
  expect(missed.messages.map(({ seq }) => seq)).toEqual([...seqs])
})

test('the text of a deleted message is nowhere: not in a table, the stream, its edits, or a resume', async () => {
  const secret = 'xyzzy-plugh'
  const seq = await says(ann, secret)
  await ann.acked(does(ann, { type: 'edit', seq, text: `${secret} two` }))
  await brook.archive()
  // Guard: before the deletion its text is wherever a version of it is stored.
  expect(await found(secret)).toEqual(
    expect.arrayContaining(['messages.text', 'messages.first_text', 'changes.text', keysOf(0).log]),
  )
  const versions = `/api/rooms/${ann.room}/messages/${seq}/revisions`
  expect((await ann.ask('GET', versions)).status).toBe(200)
  await ann.acked(does(ann, { type: 'delete', seq }))
  await brook.archive()
  expect(await found(secret)).toEqual([])
  expect(JSON.stringify(await ann.ask('GET', versions))).not.toContain(secret)
  const eve = await brook.enter('Eve')
  await eve.joins(ann.room)
  eve.drops()
  eve.numbers.set(ann.room, [seq - 1])
  await eve.returns()
  await eve.change('deleted', seq)
  expect(JSON.stringify(eve.heard)).not.toContain(secret)
})

/** Where the stores contain this text. */
async function found(words: string): Promise<string[]> {
  const places: string[] = []
  const tables = await brook.db.rows<{ name: string; columns: string }>(
    `SELECT table_name AS name, GROUP_CONCAT(column_name) AS columns FROM information_schema.columns
     WHERE table_schema = DATABASE() AND data_type IN ('text', 'mediumtext', 'longtext', 'varchar') GROUP BY table_name`,
  )
  for (const { name, columns } of tables)
    for (const column of columns.split(',')) {
      const rows = await brook.db.rows(`SELECT 1 FROM \`${name}\` WHERE \`${column}\` LIKE ?`, [`%${words}%`])
      if (rows.length > 0) places.push(`${name}.${column}`)
    }
  for (const key of [keysOf(0).log, keysOf(0).dead])
    if (JSON.stringify(await brook.redis.xrange(key, '-', '+')).includes(words)) places.push(key)
  return places
}

test('a server that starts after a deletion shows the room without a hole', async () => {
  const archived = [await says(ann, 'kept'), await says(ann, 'gone'), await says(ann, 'kept too')] as const
  await brook.archive()
  const late = await says(ann, 'gone as well')
  for (const seq of [archived[1], late]) await ann.acked(does(ann, { type: 'delete', seq }))
  const { upTo } = await ann.page()
  const address = await brook.serve()
  const fred = await brook.enter(
    'Fred',
    brook.servers.findIndex((server) => server.address === address),
  )
  await fred.joins(ann.room)
  const page = await fred.page('limit=200')
  expect(page.messages).toEqual((await ann.page('limit=200')).messages)
  expect(page.upTo).toBeGreaterThanOrEqual(upTo)
})
