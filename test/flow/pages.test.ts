// Pages across the archive's edge: memory and MySQL give one history, wherever the edge is.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { History } from '../../server/history/history.ts'
import { decodeEntry } from '../../server/log/decode.ts'
import { packDraft } from '../../server/log/packed.ts'
import { Tail } from '../../server/log/tail.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
const count = 130
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  await ann.makes('pages')
  const last = Array.from({ length: count - 1 }, (_, i) => ann.says(`m${i + 2}`)).at(-1) ?? ''
  await ann.acked(last)
  await ann.hears(`m${count}`)
})
afterAll(() => brook.stop())

const numbers = (messages: { seq: number }[]): number[] => messages.map(({ seq }) => seq)
const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** A history whose memory begins at `first`: MySQL has everything up to `archived`. */
function historyFrom(db: Db, first: number): History {
  const tail = new Tail({ ms: 0, n: 0 }, new Map([[ann.room, { seq: first - 1, at: null }]]))
  tail.take(
    span(first, count).map((seq) => {
      const draft = {
        room: ann.room,
        user: ann.user,
        cid: newCid(),
        body: { type: 'message', text: `m${seq}` } as const,
      }
      return decodeEntry(`${seq}-0`, ['seq', String(seq), 'e', packDraft(draft)])
    }),
  )
  return new History(db, { tail: () => tail })
}

test('before anything is archived, memory has every page', async () => {
  const newest = await ann.page('limit=50')
  expect(numbers(newest.messages)).toEqual(span(count - 49, count))
  expect(newest).toMatchObject({ hasBefore: true, hasAfter: false })
  const older = await ann.page(`limit=50&before=${count - 49}`)
  expect(numbers(older.messages)).toEqual(span(count - 99, count - 50))
  expect(older).toMatchObject({ hasBefore: true, hasAfter: true })
  const first = await ann.page('limit=50&before=31')
  expect(numbers(first.messages)).toEqual(span(1, 30))
  expect(first).toMatchObject({ hasBefore: false, hasAfter: true })
})

test('after and around return what they name, and whether there is more', async () => {
  expect(await ann.page('after=120&limit=50')).toMatchObject({ hasBefore: true, hasAfter: false })
  expect(numbers((await ann.page('after=120&limit=5')).messages)).toEqual(span(121, 125))
  const around = await ann.page('around=60&limit=10')
  expect(numbers(around.messages)).toEqual(span(56, 65))
  expect(around).toMatchObject({ hasBefore: true, hasAfter: true })
})

test('wherever memory begins, pages and changes are the same', async () => {
  await brook.archive()
  const db = new Db(brook.stores.mysql, 2)
  const whole = historyFrom(db, 1)
  for (const first of [2, 30, 31, 32, 80, 81, 129, 130, 131]) {
    const history = historyFrom(db, first)
    for (const query of [
      {},
      { before: 81 },
      { before: 31 },
      { after: 29 },
      { after: 128 },
      { around: 80, limit: 21 },
    ]) {
      const [here, there] = [await history.page(ann.room, query), await whole.page(ann.room, query)]
      if ('code' in here || 'code' in there) throw new Error('no page')
      expect({ first, query, page: { ...here, messages: numbers(here.messages) } }).toEqual({
        first,
        query,
        page: { ...there, messages: numbers(there.messages) },
      })
    }
    for (const after of [0, 29, 30, 79, 80, 81, 128, 129, 130]) {
      const changes = await history.changes(ann.room, { after, limit: 40 })
      if ('code' in changes) throw new Error('no changes')
      const last = Math.min(after + 40, count)
      expect({ first, after, found: numbers(changes.messages) }).toEqual({
        first,
        after,
        found: span(after + 1, last),
      })
      expect(changes).toMatchObject({ head: last, more: last < count })
    }
  }
  await db.close()
})

test('unread counts the messages of others, on both sides of the edge', async () => {
  await brook.archive()
  const db = new Db(brook.stores.mysql, 2)
  for (const first of [1, 60, 131])
    for (const read of [0, 1, 59, 60, 129, 130]) {
      const history = historyFrom(db, first)
      // Number 1 is the notice that the room was created.
      const expected = first === 1 ? count - read : count - Math.max(read, 1)
      expect({
        first,
        read,
        unread: (await history.unread('999', [{ room: ann.room, read }])).get(ann.room),
      }).toEqual({
        first,
        read,
        unread: expected,
      })
      expect((await history.unread(ann.user.id, [{ room: ann.room, read }])).get(ann.room)).toBe(0)
    }
  await db.close()
})

test('two places in one request are refused, and so is a page that is too large', async () => {
  const ask = (query: string) =>
    ann.ask<{ error: { code: string } }>('GET', `/api/rooms/${ann.room}/messages?${query}`)
  expect(await ask('before=5&after=1')).toMatchObject({
    status: 400,
    body: { error: { code: 'bad_request' } },
  })
  expect((await ask('limit=201')).status).toBe(400)
  expect((await ask('limit=0')).status).toBe(400)
  expect((await ask('before=-1')).status).toBe(400)
})

test('for others a private room does not exist: no pages, no changes, no sending', async () => {
  const bob = await brook.enter('Bob')
  const pages = ann.room
  const { id } = await ann.makes('secret', 'private')
  ann.room = pages
  for (const [method, path, body] of [
    ['GET', 'messages', undefined],
    ['GET', 'changes?after=0', undefined],
    ['POST', 'messages', { cid: newCid(), text: 'x' }],
  ] as const)
    expect((await bob.ask(method, `/api/rooms/${id}/${path}`, body)).status).toBe(404)
  expect((await bob.rooms()).map(({ name }) => name)).not.toContain('secret')
})

test('after a restart of the server everything is there, once, and numbers continue', async () => {
  const cho = await brook.enter('Cho')
  const { id } = await cho.makes('restarted')
  await cho.acked(cho.says('archived'))
  await brook.archive()
  await cho.acked(cho.says('not archived yet'))
  const before = await cho.page()
  expect(numbers(before.messages)).toEqual([1, 2, 3])
  for (const server of brook.servers.splice(0)) await server.close()
  const address = await brook.serve()
  for (const person of [cho, ann]) await person.returns(address)
  expect(await cho.page()).toEqual(before)
  expect((await cho.acked(cho.says('goes on'))).seq).toBe(4)
  await until(() => cho.messages(id).some(({ text }) => text === 'goes on'))
})
