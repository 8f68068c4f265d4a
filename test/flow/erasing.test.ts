// Everything that somebody has said is deleted by one entry a room, reads as deleted everywhere, can be restored for a day, and is
// in no table after it. The clock: the time of the decision is moved back, instead of waiting for a day.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tellAll } from '../../server/erasing/carrying-out.ts'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { archivedLog } from '../../server/history/sql/archived-log.ts'
import { BulkLog, bulkEntries } from '../../server/log/bulk.ts'
import type { Draft } from '../../server/log/entry.ts'
import { LogWriter } from '../../server/log/log-writer.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { ErasedEvent } from '../../server/protocol/entries/erased.ts'
import type { Erasing, ErasingsAnswer } from '../../server/protocol/erasing.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { Erasings } from '../../server/erasing/erasings.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { BanAnswer } from '../../server/protocol/moderation.ts'
import { Bot, type Told } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let line: CommandLine
let root: Person
/** Reads on another server than the one that is asked. */
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  line = await commandLine(brook.stores)
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
  bob = await brook.enter('Bob', 1)
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

/** Says this in a room, and waits until everybody has it. */
async function says(
  person: Person,
  text: string,
  more: { room?: string; thread?: number } = {},
): Promise<number> {
  const { room = person.room, thread } = more
  const cid = newCid()
  person.tells({ type: 'send', room, cid, text, ...(thread === undefined ? {} : { thread }) })
  const { seq } = await person.acked(cid)
  await until(
    async () => (await bob.page(`around=${seq}`, room)).messages,
    (messages) => messages.some((one) => one.seq === seq),
  )
  return seq
}

async function deletes(user: string, sinceMs = 0): Promise<Erasing> {
  const { status, body } = await root.ask<{ erasing: Erasing }>('POST', '/api/admin/erasings', {
    user,
    sinceMs,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.erasing
}

async function code(person: Person, method: string, path: string, body?: unknown): Promise<string | number> {
  const answer = await person.ask<{ error?: { code: string } } | undefined>(method, path, body)
  return answer.body?.error?.code ?? answer.status
}
const restores = (id: string) => code(root, 'DELETE', `/api/admin/erasings/${id}`)

const spoken = (messages: readonly Message[]): SpokenMessage[] =>
  messages.filter((one): one is SpokenMessage => one.kind !== 'notice')

/** What everybody reads of these numbers, on both servers. */
async function read(room: string, seqs: readonly number[]): Promise<(string | null)[][]> {
  return Promise.all(
    [root, bob].map(async (person) => {
      const { messages } = await person.page('limit=200', room)
      const found = new Map(spoken(messages).map((one) => [one.seq, one]))
      return seqs.map((seq) => {
        const one = found.get(seq)
        return one === undefined || one.deletedAt !== null ? null : one.text
      })
    }),
  )
}
const reads = async (room: string, seqs: readonly number[], wanted: (string | null)[]): Promise<void> => {
  await until(
    () => read(room, seqs),
    (found) => JSON.stringify(found) === JSON.stringify([wanted, wanted]),
  )
}
/** Where there is no memory of it: from MySQL alone. */
async function kept(room: string, seqs: readonly number[]): Promise<(string | null)[]> {
  const { messagesAt } = await import('../../server/history/sql/messages.ts')
  const found = new Map(spoken(await messagesAt(brook.db, room, seqs)).map((one) => [one.seq, one]))
  return seqs.map((seq) => {
    const one = found.get(seq)
    return one === undefined || one.deletedAt !== null ? null : one.text
  })
}

test('a ban deletes everything in all rooms with one entry each, on both servers, and undoing brings it back', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  const other = (await brook.meet(root, eve, bob)).id
  eve.room = bob.room = room
  const before = await says(eve, 'kind words')
  const since = Date.now()
  await until(
    () => Date.now(),
    (now) => now > since,
  )
  const first = await says(eve, 'buy pills')
  const answer = await says(bob, 'please stop')
  const second = await says(eve, 'more pills', { room: other })
  const { body } = await root.ask<BanAnswer>('POST', '/api/admin/bans', {
    user: eve.user.id,
    deleteSinceMs: since,
  })
  expect(body.erasing).toMatchObject({ person: { id: eve.user.id }, messages: 2, by: { name: 'Root' } })
  await reads(room, [before, first, answer], ['kind words', null, 'please stop'])
  await reads(other, [second], [null])
  const told = await until(
    () => bob.heard.filter((event): event is ErasedEvent => event.type === 'erased'),
    (events) => events.length === 2,
  )
  expect(new Map(told.map((event) => [event.room, [event.from, event.to + 1, event.person?.id]]))).toEqual(
    new Map([
      [room, [first, answer + 1, eve.user.id]],
      [other, [second, second + 1, eve.user.id]],
    ]),
  )
  // ... in MySQL too, and then by a server that has nothing in memory.
  expect(await kept(room, [first])).toEqual([null])
  await brook.archive()
  expect(await kept(room, [before, first, answer])).toEqual(['kind words', null, 'please stop'])
  const id = body.erasing?.id ?? ''
  const list = await root.ask<ErasingsAnswer>('GET', '/api/admin/erasings')
  expect(list.body.erasings).toContainEqual(body.erasing)
  expect(await restores(id)).toBe(204)
  await reads(room, [before, first, answer], ['kind words', 'buy pills', 'please stop'])
  await reads(other, [second], ['more pills'])
  await brook.archive()
  await reads(room, [before, first, answer], ['kind words', 'buy pills', 'please stop'])
  expect(await kept(other, [second])).toEqual(['more pills'])
  expect(await restores(id)).toBe('not_found')
  const audit = await root.ask<AuditAnswer>('GET', `/api/admin/audit?person=${eve.user.id}`)
  const about = { person: { id: eve.user.id }, messages: 2, id }
  expect(audit.body.entries.slice(-3)).toMatchObject([
    { kind: 'banned', by: { name: 'Root' } },
    { kind: 'messages_deleted', about: { ...about, since } },
    { kind: 'messages_restored', by: { name: 'Root' }, about },
  ])
})

test('what was restored a moment ago, and is not in MySQL yet, is deleted again', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  eve.room = room
  const seq = await says(eve, 'buy pills')
  const erasing = await deletes(eve.user.id)
  await brook.archive()
  expect(await restores(erasing.id)).toBe(204)
  // As by a server that knows that all of it is archived.
  const erasings = new Erasings({ db: brook.db, log: { waiting: () => [] }, carryOut: async () => undefined })
  const decided = await brook.db.transaction((tx) =>
    erasings.decide(tx, { by: root.user, address: '127.0.0.1' }, { person: eve.user, sinceMs: 0 }),
  )
  expect(await erasings.decided(decided)).toMatchObject({ messages: 1 })
  await reads(room, [seq], [null])
  await brook.archive()
  expect(await kept(room, [seq])).toEqual([null])
})

test('what is deleted so is nowhere: not in search, lists, counts, changes, revisions, exports or the feed of a bot', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  const { printed } = await line.type('bot', 'add', fresh('bot'))
  const bot = new Bot(printed[0] ?? '', brook.servers[1]?.address ?? '')
  const start = (await bot.ask<{ cursor: string }>('GET', '/api/bots/me/entries')).body.cursor
  const named = (await bot.ask<{ user: { name: string } }>('GET', '/api/session')).body.user.name
  expect(await code(root, 'POST', `/api/rooms/${room}/members`, { name: named })).toBe(204)
  eve.room = bob.room = room
  const seq = await says(eve, `zebra @${bob.user.name}`)
  const root1 = await says(bob, 'a thread')
  const reply = await says(eve, 'zebra in a thread', { thread: root1 })
  const [edit, pin] = [newCid(), newCid()]
  eve.tells({ type: 'edit', room, seq, cid: edit, text: `zebra stripes @${bob.user.name}` })
  await eve.acked(edit)
  root.tells({ type: 'pin', room, seq, cid: pin, on: true })
  await root.acked(pin)
  await brook.archive()
  await brook.index()
  const everywhere = async (): Promise<string> => {
    const texts = await Promise.all(
      [
        '/api/search?query=zebra',
        '/api/mentions',
        `/api/rooms/${room}/pins`,
        `/api/rooms/${room}/changes?after=0`,
        `/api/rooms/${room}/messages/${seq}/revisions`,
        `/api/rooms/${room}/threads/${root1}/messages`,
        `/api/rooms/${room}/messages?asOf=${root1}`,
        `/api/rooms/${room}/export?format=jsonl`,
      ].map(async (path) => (await fetch(bob.address + path, { headers: { cookie: bob.cookie } })).text()),
    )
    return texts.join('\n')
  }
  expect((await everywhere()).match(/zebra/g)?.length).toBeGreaterThan(5)
  const unread = async () => (await bob.rooms()).find(({ id }) => id === room)
  expect((await unread())?.mentions).toBe(1)
  const erasing = await deletes(eve.user.id)
  expect(erasing.messages).toBe(2)
  await reads(room, [seq, reply], [null, null])
  for (const when of ['in memory', 'in MySQL']) {
    expect(await everywhere(), when).not.toContain('zebra')
    expect((await unread())?.mentions, when).toBe(0)
    const { status, body } = await bot.ask<Told>('GET', `/api/bots/me/entries?after=${start}&limit=200`)
    expect(status, when).toBe(200)
    expect(JSON.stringify(body), when).not.toContain('zebra')
    await brook.archive()
  }
  const log = await archivedLog(brook.db, room, { after: 0, before: 1_000, limit: 500 })
  expect(JSON.stringify(log.events)).not.toContain('zebra')
  const changes = await bob.changes(reply, room)
  expect(changes.anew).toBe(true)
  expect(await restores(erasing.id)).toBe(204)
  await reads(room, [seq, reply], [`zebra stripes @${bob.user.name}`, 'zebra in a thread'])
  expect((await everywhere()).match(/zebra/g)?.length).toBeGreaterThan(5)
})

const tables = { messages: 'text', changes: 'text' } as const

test('a day later the words are in no table, the numbers stay, and it cannot be restored', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  eve.room = bob.room = room
  const seqs: number[] = []
  for (const n of [1, 2, 3]) seqs.push(await says(eve, `walrus ${n} @${bob.user.name}`))
  const cid = newCid()
  eve.tells({ type: 'edit', room, seq: seqs[0], cid, text: 'walrus edited' })
  await eve.acked(cid)
  await brook.archive()
  await brook.index()
  const words = async (): Promise<number> => {
    let found = 0
    for (const [table, column] of Object.entries(tables)) {
      const [row] = await brook.db.rows<{ n: number }>(
        `SELECT COUNT(*) AS n FROM ${table} WHERE room_id = ? AND (${column} LIKE '%walrus%' OR body LIKE '%walrus%')`,
        [room],
      )
      found += Number(row?.n)
    }
    const [named] = await brook.db.rows<{ n: number }>(
      'SELECT COUNT(*) AS n FROM mentions WHERE room_id = ?',
      [room],
    )
    return found + Number(named?.n)
  }
  const postings = async (): Promise<number> => {
    const rows = await brook.db.rows('SELECT token FROM search_postings WHERE room_id = ?', [room])
    return rows.length
  }
  const erasing = await deletes(eve.user.id)
  await brook.archive()
  await brook.index()
  expect(await words()).toBeGreaterThan(4)
  expect(await postings()).toBeGreaterThan(0)
  await brook.db.run('UPDATE erasings SET created_at = created_at - INTERVAL ? SECOND WHERE id = ?', [
    limits.erasing.undoMs / 1_000 - 60,
    erasing.id,
  ])
  const list = async () =>
    (await root.ask<ErasingsAnswer>('GET', '/api/admin/erasings')).body.erasings.filter(
      ({ id }) => id === erasing.id,
    )
  expect(await list()).toHaveLength(1)
  await brook.db.run('UPDATE erasings SET created_at = created_at - INTERVAL 120 SECOND WHERE id = ?', [
    erasing.id,
  ])
  const erased = async () =>
    (await brook.db.rows('SELECT id FROM erasings WHERE id = ? AND erased_at IS NOT NULL', [erasing.id]))
      .length
  await until(erased, (n) => n === 1, 20_000)
  expect(await words()).toBe(0)
  expect(await postings()).toBe(0)
  expect(await list()).toHaveLength(0)
  expect(await restores(erasing.id)).toBe('erased_for_good')
  await reads(
    room,
    seqs,
    seqs.map(() => null),
  )
  const rows = await brook.db.rows<{ seq: number }>(
    'SELECT seq FROM messages WHERE room_id = ? AND user_id = ? AND text IS NULL AND notice IS NULL AND deleted_ms IS NOT NULL',
    [room, eve.user.id],
  )
  expect(rows.map(({ seq }) => seq)).toEqual(seqs)
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit?kind=messages_erased')
  expect(body.entries.at(-1)).toMatchObject({ by: null, about: { person: { id: eve.user.id }, messages: 3 } })
})

test('what reports and rules keep of those words goes with them, and what was held is posted by nobody then', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  eve.room = bob.room = room
  const seq = await says(eve, 'walrus for sale')
  expect(await code(bob, 'POST', `/api/rooms/${room}/messages/${seq}/reports`, { reason: 'spam' })).toBe(204)
  const rule = { kind: 'word', text: 'walruses', does: 'hold' }
  const made = await root.ask<{ rule: { id: string } }>('POST', '/api/admin/rules', rule)
  const held = { cid: newCid(), text: 'two walruses' }
  await until(
    () => code(eve, 'POST', `/api/rooms/${room}/messages`, held),
    (answer) => answer === 'held_for_review',
  )
  expect(await code(root, 'DELETE', `/api/admin/rules/${made.body.rule.id}`)).toBe(204)
  const erasing = await deletes(eve.user.id)
  await brook.archive()
  const kept = async () =>
    brook.db.rows<{ kind: string; words: number; handled: number }>(
      `SELECT kind, text IS NOT NULL OR said IS NOT NULL AS words, handled_at IS NOT NULL AS handled FROM review_cases
       WHERE author_id = ? ORDER BY id`,
      [eve.user.id],
    )
  expect(await kept(), 'as long as it can be restored').toEqual([
    { kind: 'report', words: 1, handled: 0 },
    { kind: 'held', words: 1, handled: 0 },
  ])
  await brook.db.run('UPDATE erasings SET created_at = created_at - INTERVAL 1 DAY WHERE id = ?', [
    erasing.id,
  ])
  // It was held before the decision, whose time was moved back.
  await brook.db.run('UPDATE review_cases SET said_at = said_at - INTERVAL 1 DAY WHERE author_id = ?', [
    eve.user.id,
  ])
  const erased = async () =>
    (await brook.db.rows('SELECT id FROM erasings WHERE id = ? AND erased_at IS NOT NULL', [erasing.id]))
      .length
  await until(erased, (n) => n === 1, 20_000)
  expect(await kept()).toEqual([
    { kind: 'report', words: 0, handled: 0 },
    { kind: 'held', words: 0, handled: 1 },
  ])
})

test('whoever was to tell the logs and died is replaced; nothing is told twice, and a decision that is undone stays undone', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  const other = (await brook.meet(root, eve, bob)).id
  eve.room = bob.room = room
  const seqs = [await says(eve, 'first'), await says(eve, 'second')]
  const there = await says(eve, 'there', { room: other })
  await brook.archive()
  const writer = new LogWriter({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  // The process that is asked has committed, told one room, and dies before it has written that down.
  const decide = async (undone: boolean): Promise<number> => {
    const { insertId } = await brook.db.run(
      `INSERT INTO erasings (person_id, person_name, since_ms, messages, by_id, by_name, created_at, told_at, undone_at) VALUES (?)`,
      // Told already, so that no server is faster than the test.
      [[eve.user.id, eve.user.name, 0, 3, root.user.id, 'Root', new Date(), new Date(), null]],
    )
    await brook.db.run('INSERT INTO erasing_rooms (erasing_id, room_id, from_seq, cid, undo_cid) VALUES ?', [
      [room, other].map((id) => [insertId, id, 1, newCid(), newCid()]),
    ])
    const appended: string[] = []
    const dying = {
      append: async (draft: Draft) => {
        const answer = await writer.append(draft)
        appended.push(draft.room)
        if ('seq' in answer) throw new Error('the process died')
        return answer
      },
    }
    await brook.db.transaction(async (tx) => {
      await tx.run('UPDATE erasings SET told_at = NULL WHERE id = ?', [insertId])
      const frozen = {
        rows: tx.rows.bind(tx),
        run: tx.run.bind(tx),
        transaction: <T>(work: (one: typeof tx) => Promise<T>) => work(tx),
      }
      await expect(tellAll({ db: frozen as never, log: dying })).rejects.toThrow('the process died')
      if (undone)
        await tx.run('UPDATE erasings SET undone_at = NOW(3), undone_by = ?, undone_name = ? WHERE id = ?', [
          root.user.id,
          'Root',
          insertId,
        ])
    })
    expect(appended).toHaveLength(1)
    return Number(insertId)
  }
  await decide(false)
  await reads(room, seqs, [null, null])
  await reads(other, [there], [null])
  const entriesOf = async () => {
    await brook.archive()
    return brook.db.rows<{ n: number }>(
      `SELECT COUNT(*) AS n FROM changes WHERE kind = 'erased' AND room_id IN (?) GROUP BY room_id`,
      [[room, other]],
    )
  }
  expect((await entriesOf()).map(({ n }) => Number(n))).toEqual([1, 1])
  const list = await root.ask<ErasingsAnswer>('GET', '/api/admin/erasings')
  expect(await restores(list.body.erasings.find(({ person }) => person.id === eve.user.id)?.id ?? '')).toBe(
    204,
  )
  await reads(room, seqs, ['first', 'second'])
  await reads(other, [there], ['there'])
  // One that was undone before it was told everywhere hides nothing.
  await decide(true)
  await until(
    async () => (await entriesOf()).map(({ n }) => Number(n)),
    (counts) => JSON.stringify(counts) === '[4,4]',
    20_000,
  )
  await reads(room, seqs, ['first', 'second'])
  await reads(other, [there], ['there'])
})

test('only administrators may, of somebody who is there and has said something', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const silent = await brook.arrive(fresh('Silent'))
  const mine = { user: root.user.id, sinceMs: 0 }
  expect(await code(eve, 'POST', '/api/admin/erasings', mine)).toBe('not_found')
  expect(await code(eve, 'GET', '/api/admin/erasings')).toBe('not_found')
  expect(await code(eve, 'DELETE', '/api/admin/erasings/1')).toBe('not_found')
  expect(await code(root, 'POST', '/api/admin/erasings', { ...mine, user: '999999' })).toBe('no_such_person')
  const nothing = await root.ask('POST', '/api/admin/erasings', { ...mine, user: silent.user.id })
  expect(nothing).toMatchObject({ status: 201, body: { erasing: null } })
  expect(await restores('999999')).toBe('not_found')
  const ban = { address: '203.0.113.9', deleteSinceMs: 0 }
  expect(await code(root, 'POST', '/api/admin/bans', ban)).toBe('bad_request')
})

test('10,000 messages are gone on both servers, and marked in MySQL, in less than 5 s; so they are restored', async () => {
  const eve = await brook.enter(fresh('Eve'))
  const room = (await brook.meet(root, eve, bob)).id
  const log = await BulkLog.open({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  const total = 10_000
  let last = 0
  for (let n = 0; n < total; n += bulkEntries) {
    const drafts = Array.from({ length: bulkEntries }, (_, place) => ({
      room,
      user: { id: eve.user.id, name: eve.user.name },
      cid: newCid(),
      body: { type: 'message' as const, text: `pills ${n + place}` },
    }))
    last = (await log.append(drafts)).at(-1)?.seq ?? last
  }
  log.close()
  await reads(room, [last], [`pills ${total - 1}`])
  await brook.archive()
  const took = async (act: () => Promise<unknown>, wanted: string | null): Promise<number> => {
    const began = performance.now()
    await act()
    await reads(room, [last], [wanted])
    await brook.archive()
    const ms = performance.now() - began
    const deleted = wanted === null ? 'IS NOT NULL' : 'IS NULL'
    const [row] = await brook.db.rows<{ n: number }>(
      `SELECT COUNT(*) AS n FROM messages WHERE room_id = ? AND user_id = ? AND deleted_ms ${deleted} AND notice IS NULL`,
      [room, eve.user.id],
    )
    expect(Number(row?.n)).toBe(total)
    return ms
  }
  let erasing: Erasing | undefined
  const deleting = await took(async () => (erasing = await deletes(eve.user.id)), null)
  const restoring = await took(() => restores(erasing?.id ?? ''), `pills ${total - 1}`)
  console.log(`deleted in ${Math.round(deleting)} ms, restored in ${Math.round(restoring)} ms`)
  expect(Math.max(deleting, restoring)).toBeLessThan(5_000)
})
