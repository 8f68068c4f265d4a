// Mentions: found when a message is posted, sent and stored with it, counted while unread, and kept in line with the
// message.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { MentionsAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
let wang: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann Lee')
  bob = await brook.enter('Bob')
  wang = await brook.enter('老王')
})
beforeEach(() => brook.meet(ann, bob, wang))
afterAll(() => brook.stop())

const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const named = async (who: Person): Promise<number | undefined> =>
  (await who.rooms()).find(({ id }) => id === ann.room)?.mentions
const seen = async (seq: number): Promise<SpokenMessage> =>
  (await bob.page('limit=200')).messages.find((message) => message.seq === seq) as SpokenMessage
const change = async (who: Person, command: object): Promise<void> => {
  const cid = newCid()
  who.tells({ room: who.room, ...command, cid })
  await who.acked(cid)
}
const reads = async (who: Person, seq: number): Promise<void> => {
  who.tells({ type: 'read', room: who.room, seq })
  await until(
    () => who.heard,
    (heard) => heard.some((event) => event.type === 'read' && event.seq === seq),
  )
}

test('a name in any script, with spaces and in any case, is sent and stored with the message', async () => {
  const seq = await says(bob, 'thanks @ann lee，还有@老王。not @Bobby, nor x@bob, nor ``@Ann LEE``')
  const mentions = [
    { name: 'ann lee', ids: [ann.user.id] },
    { name: '老王', ids: [wang.user.id] },
  ]
  expect(
    (await ann.hears('thanks @ann lee，还有@老王。not @Bobby, nor x@bob, nor ``@Ann LEE``')).mentions,
  ).toEqual(mentions)
  expect((await seen(seq)).mentions).toEqual(mentions)
  await brook.archive()
  const [row] = await brook.db.rows<{ mentions: string }>(
    'SELECT mentions FROM messages WHERE room_id = ? AND seq = ?',
    [ann.room, seq],
  )
  expect(JSON.parse(row?.mentions ?? '')).toEqual(mentions)
})

test('unread mentions are counted, from memory and from the archive, until they are read', async () => {
  const first = await says(bob, '@Ann Lee one')
  await says(bob, 'two, without')
  const before = await named(ann)
  expect(before).toBeGreaterThan(0)
  await brook.archive()
  expect(await named(ann)).toBe(before)
  const last = await says(bob, '@Ann Lee three')
  expect(await named(ann)).toBe((before ?? 0) + 1)
  await reads(ann, first)
  expect(await named(ann)).toBe(1)
  await reads(ann, last)
  expect(await named(ann)).toBe(0)
  expect(await named(bob)).toBe(0)
})

test('an edit adds and removes a mention, and a deletion removes it; archiving twice changes nothing', async () => {
  const rows = async (seq: number): Promise<string[]> =>
    (
      await brook.db.rows<{ user_id: number }>(
        'SELECT user_id FROM mentions WHERE room_id = ? AND seq = ? ORDER BY user_id',
        [ann.room, seq],
      )
    ).map(({ user_id }) => String(user_id))
  await says(bob, 'for @老王 in any case')
  const seq = await says(bob, 'hello @老王')
  expect(await named(wang)).toBe(2)
  await brook.archive()
  expect(await rows(seq)).toEqual([wang.user.id])
  await change(bob, { type: 'edit', seq, text: 'hello @Ann Lee' })
  expect((await seen(seq)).mentions).toEqual([{ name: 'Ann Lee', ids: [ann.user.id] }])
  expect(await named(wang)).toBe(1)
  await brook.archive()
  expect(await rows(seq)).toEqual([ann.user.id])
  expect((await seen(seq)).mentions).toEqual([{ name: 'Ann Lee', ids: [ann.user.id] }])
  await change(bob, { type: 'delete', seq })
  expect((await seen(seq)).mentions).toBeUndefined()
  await brook.archive()
  expect(await rows(seq)).toEqual([])
  expect((await seen(seq)).mentions).toBeUndefined()
  expect(await named(ann)).toBe(0)
})

test('@room is for the owner; from anybody else it is a plain word', async () => {
  const owners = await says(ann, 'dinner @room')
  expect((await seen(owners)).mentions).toEqual([
    { name: 'room', ids: expect.arrayContaining([bob.user.id, wang.user.id]) as string[] },
  ])
  expect((await seen(owners)).mentions?.[0]?.ids).not.toContain(ann.user.id)
  expect((await seen(await says(bob, 'dinner @room'))).mentions).toBeUndefined()
})

test('messages sent one after the other keep their order while names are looked up', async () => {
  const cids = ['@Ann Lee a', 'b', '@老王 c', 'd', 'e'].map((text) => bob.says(text))
  const numbers = await Promise.all(cids.map(async (cid) => (await bob.acked(cid)).seq))
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
})

test('messages that are not archived yet are included, in their current state, and once afterwards', async () => {
  const texts = async (who: Person, query = 'limit=200'): Promise<string[]> =>
    (await who.ask<MentionsAnswer>('GET', `/api/mentions?${query}`)).body.mentions.map(
      ({ message }) => message.text,
    )
  await brook.archive()
  const older = await says(bob, 'nobody yet')
  await brook.archive()
  const gone = await says(bob, '@老王 gone')
  const edited = await says(bob, '@老王 not any more')
  await says(bob, '@老王 here')
  await change(bob, { type: 'delete', seq: gone })
  await change(bob, { type: 'edit', seq: edited, text: 'not any more' })
  await change(bob, { type: 'edit', seq: older, text: '@老王 after all' })
  const all = await texts(wang)
  expect(all.slice(0, 2)).toEqual(['@老王 here', '@老王 after all'])
  expect(all.filter((text) => /gone|not any more/.test(text))).toEqual([])
  const pages: string[] = []
  for (let next: string | null = '', n = 0; next !== null && n < 20; n += 1) {
    const query: string = next === '' ? 'limit=1' : `limit=1&before=${next}`
    const page: MentionsAnswer = (await wang.ask<MentionsAnswer>('GET', `/api/mentions?${query}`)).body
    pages.push(...page.mentions.map(({ message }) => message.text))
    next = page.next
  }
  expect(pages).toEqual(all)
  await brook.archive()
  expect(await texts(wang)).toEqual(all)
})

test('people find their mentions, newest first, page by page, and only in rooms they are in', async () => {
  const page = async (who: Person, query: string) =>
    (await who.ask<MentionsAnswer>('GET', `/api/mentions?${query}`)).body
  const cora = await brook.enter('Cora')
  const { id: room } = await brook.meet(ann, cora)
  for (const text of ['@Cora first', '@Cora second', '@Cora third']) await says(ann, text)
  await brook.archive()
  const newest = await page(cora, 'limit=2')
  expect(newest.mentions.map(({ message }) => message.text)).toEqual(['@Cora third', '@Cora second'])
  expect(newest.mentions[0]).toMatchObject({ room, unread: true })
  const older = await page(cora, `limit=2&before=${newest.next}`)
  expect(older.mentions[0]?.message).toMatchObject({ text: '@Cora first' })
  expect((await ann.ask('GET', '/api/mentions?before=x')).status).toBe(400)
  await cora.ask('DELETE', `/api/rooms/${room}/members/me`)
  expect((await page(cora, '')).mentions).toEqual([])
})
