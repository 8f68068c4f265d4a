// What is older than a room or the workspace keeps messages is deleted for good: in every table, for every reader, paced. The clock:
// the messages are made older in MySQL, instead of waiting for days.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expireAll } from '../../server/erasing/retention.ts'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { BulkLog, bulkEntries } from '../../server/log/bulk.ts'
import { LogWriter } from '../../server/log/log-writer.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const dayMs = 24 * 60 * 60 * 1_000

let brook: Brook
let root: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
  bob = await brook.enter('Bob', 1)
})
afterAll(() => brook.stop())

async function said(person: Person, text: string, more: object = {}): Promise<number> {
  const cid = newCid()
  person.tells({ type: 'send', room: person.room, cid, text, ...more })
  return (await person.acked(cid)).seq
}
async function does(person: Person, change: object): Promise<void> {
  const cid = newCid()
  person.tells({ room: person.room, cid, ...change })
  await person.acked(cid)
}
async function code(person: Person, path: string, body: object): Promise<string | number> {
  const answer = await person.ask<{ error?: { code: string } }>('PATCH', path, body)
  return answer.body.error?.code ?? answer.status
}
/** The messages up to a number were sent so many days ago. */
const ages = (room: string, upTo: number, days: number) =>
  brook.db.run('UPDATE messages SET log_ms = log_ms - ? WHERE room_id = ? AND seq <= ?', [
    Math.round(days * dayMs),
    room,
    upTo,
  ])

/** One run, while sync carries what it writes. */
async function expires(): Promise<void> {
  const log = new LogWriter({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  let isOver = false
  const run = expireAll({ db: brook.db, log, signal: new AbortController().signal }).finally(() => {
    isOver = true
  })
  await until(
    async () => {
      await brook.archive()
      return isOver
    },
    Boolean,
    30_000,
  )
  await run
}

const spoken = (messages: readonly Message[]): SpokenMessage[] =>
  messages.filter((one): one is SpokenMessage => one.kind !== 'notice')
/** What each of them reads, on both servers. */
async function reads(room: string, wanted: (string | number | undefined)[]): Promise<void> {
  await until(
    () =>
      Promise.all(
        [root, bob].map(async (person) =>
          spoken((await person.page('limit=200', room)).messages).map((one) =>
            one.deletedAt === null ? one.text : one.expired,
          ),
        ),
      ),
    (seen) => JSON.stringify(seen) === JSON.stringify([wanted, wanted]),
  )
}

const kept = ['messages', 'changes', 'reactions', 'pins', 'mentions', 'search_postings']

test('what is old is gone from every table and every reader, its numbers stay, and what is new stays whole', async () => {
  const room = (await brook.meet(root, bob)).id
  root.room = bob.room = room
  const first = await said(bob, `walrus @${root.user.name}`)
  await does(bob, { type: 'edit', seq: first, text: `walrus stripes @${root.user.name}` })
  await does(root, { type: 'react', seq: first, emoji: '👍', on: true })
  await does(root, { type: 'pin', seq: first, on: true })
  await root.ask('POST', `/api/rooms/${room}/polls`, {
    cid: newCid(),
    question: 'walrus?',
    options: ['walrus', 'no'],
  })
  const last = await said(root, 'an old answer to a walrus', { replyTo: first })
  const fresh = await said(bob, 'new words', { replyTo: first })
  await until(
    () => root.page('', room),
    ({ messages }) => messages.some(({ seq }) => seq === fresh),
  )
  await brook.archive()
  await brook.index()
  await ages(room, last, 3)
  expect(await code(bob, `/api/rooms/${room}`, { retentionDays: 1 })).toBe('not_allowed')
  expect(await code(root, `/api/rooms/${room}`, { retentionDays: limits.retention.days + 1 })).toBe(
    'bad_request',
  )
  await expires()
  await reads(room, [
    `walrus stripes @${root.user.name}`,
    'walrus?\nwalrus\nno',
    'an old answer to a walrus',
    'new words',
  ])
  expect(await code(root, `/api/rooms/${room}`, { retentionDays: 1 })).toBe(200)
  const notice = await bob.notices('retentionDays', room)
  expect(notice.notice).toMatchObject({ retentionDays: 1 })
  await expires()
  await reads(room, [1, 1, 1, 'new words'])
  for (const table of kept) {
    const rows = await brook.db.rows<object>(`SELECT * FROM ${table} WHERE room_id = ?`, [room])
    expect(JSON.stringify(rows), table).not.toContain('walrus')
    if (table === 'reactions' || table === 'pins' || table === 'mentions') expect(rows, table).toEqual([])
  }
  for (const path of [
    '/api/search?query=walrus',
    '/api/mentions',
    `/api/rooms/${room}/pins`,
    `/api/rooms/${room}/changes?after=0`,
    `/api/rooms/${room}/messages/${first}/revisions`,
    `/api/rooms/${room}/messages?asOf=${last}`,
    `/api/rooms/${room}/export?format=jsonl`,
  ]) {
    const answer = await fetch(bob.address + path, { headers: { cookie: bob.cookie } })
    expect(await answer.text(), path).not.toContain('walrus')
  }
  // Whoever comes back is not sent it from memory either.
  bob.drops()
  bob.heard.length = 0
  await bob.connects({ [room]: 0 })
  await until(() => bob.heard.some((event) => event.type === 'erased' && event.room === room))
  expect(JSON.stringify(bob.heard)).not.toContain('walrus')
  const audit = await root.ask<AuditAnswer>('GET', '/api/admin/audit?kind=room_changed')
  expect(audit.body.entries.at(-1)).toMatchObject({ about: { changed: { retentionDays: 1 } } })
  // Again, and nothing happens: not even an entry.
  const { upTo } = await root.page('', room)
  await expires()
  expect((await root.page('', room)).upTo).toBe(upTo)
})

test('of the room and the workspace the shorter holds, and a little more than that is no reason for an entry', async () => {
  const [long, short, none] = [
    await brook.meet(root, bob),
    await brook.meet(root, bob),
    await brook.meet(root, bob),
  ]
  for (const [room, days] of [
    [long, 30],
    [short, 2],
    [none, 0],
  ] as const) {
    root.room = room.id
    const seq = await said(root, 'old')
    await until(
      () => bob.page('', room.id),
      ({ upTo }) => upTo >= seq,
    )
    if (days > 0) expect(await code(root, `/api/rooms/${room.id}`, { retentionDays: days })).toBe(200)
    await brook.archive()
    await ages(room.id, seq, 10)
  }
  expect(await code(root, '/api/workspace', { retentionDays: 7 })).toBe(200)
  expect((await root.ask<object>('GET', '/api/workspace')).body).toMatchObject({ retentionDays: 7 })
  await expires()
  await reads(long.id, [7])
  await reads(short.id, [2])
  await reads(none.id, [7])
  root.room = none.id
  const seq = await said(root, 'hardly old')
  await until(
    () => bob.page('', none.id),
    ({ upTo }) => upTo >= seq,
  )
  await brook.archive()
  await ages(none.id, seq, 7 + 0.5 / 24)
  await expires()
  await reads(none.id, [7, 'hardly old'])
  expect(await code(root, '/api/workspace', { retentionDays: 0 })).toBe(200)
})

test('much goes in steps, each an entry that the archive has before the next one', async () => {
  const room = (await brook.meet(root, bob)).id
  const log = await BulkLog.open({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  const total = 2 * limits.retention.step + bulkEntries
  let last = 0
  for (let n = 0; n < total; n += bulkEntries) {
    const drafts = Array.from({ length: bulkEntries }, () => ({
      room,
      user: { id: bob.user.id, name: bob.user.name },
      cid: newCid(),
      body: { type: 'message' as const, text: 'walrus' },
    }))
    last = (await log.append(drafts)).at(-1)?.seq ?? last
  }
  log.close()
  await brook.archive()
  await ages(room, last, 5)
  expect(await code(root, `/api/rooms/${room}`, { retentionDays: 1 })).toBe(200)
  await expires()
  await brook.archive()
  const [left] = await brook.db.rows<{ n: number }>(
    'SELECT COUNT(*) AS n FROM messages WHERE room_id = ? AND text IS NOT NULL',
    [room],
  )
  expect(Number(left?.n)).toBe(0)
  const rows = await brook.db.rows<{ body: string }>(
    `SELECT body FROM changes WHERE room_id = ? AND kind = 'erased' ORDER BY seq`,
    [room],
  )
  const parts = rows.map(({ body }) => JSON.parse(body) as { from: number; to: number })
  expect(parts.length).toBeGreaterThanOrEqual(3)
  expect(parts.at(-1)?.to).toBe(last)
  for (const [index, { from, to }] of parts.entries()) {
    expect(from).toBe((parts[index - 1]?.to ?? 0) + 1)
    expect(to - from).toBeLessThan(limits.retention.step + 10)
  }
})
