// Kinds of entries: one that a version does not know is never taken for another. One that it learns needs no table and
// no SQL: it is folded, archived, read back, changed and deleted like the existing ones.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Message } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { ann as annie, bob as bobby } from '../support/entries.ts'
import { forget, learn, type Quiz } from '../support/learned.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
let room = ''
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  room = (await ann.makes('kinds')).id
})
afterAll(() => brook.stop())

/** Appends what a later version would. Returns its number. */
async function writeAsLater(type: string, body: object): Promise<number> {
  const keys = keysOf(0)
  const seq = await brook.redis.hincrby(keys.numbers, room, 1)
  const e = JSON.stringify([body, room, type, ann.user.id, ann.user.name, newCid()])
  const id = await brook.redis.xadd(keys.log, '*', 'seq', String(seq), 'e', e)
  await brook.redis.hset(keys.times, room, (id ?? '').split('-')[0] ?? '')
  return seq
}

const tables = ['messages', 'changes', 'reactions', 'pins', 'mentions', 'replies']
const rowsIn = async (table: string): Promise<number> => {
  const [row] = await brook.db.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table} WHERE room_id = ?`, [
    room,
  ])
  return Number(row?.n)
}

test('an entry of an unknown kind keeps its number, shows nothing, and is not stored as another kind', async () => {
  const { seq: first } = await ann.acked(ann.says('before it'))
  await brook.archive()
  const before = await Promise.all(tables.map(rowsIn))
  const said = await ann.page('limit=50')
  const unknown = [
    await writeAsLater('quiz', { text: 'which?', choices: ['a', 'b'], thread: first, mentions: [] }),
    await writeAsLater('guessed', { target: first, choice: 1 }),
    await writeAsLater('ended', { target: first, on: true, emoji: '👍', text: 'x' }),
  ]
  const { seq: last } = await ann.acked(ann.says('after them'))
  await ann.hears('after them')
  expect(last).toBe(first + unknown.length + 1)
  expect(ann.numbersOf(room).slice(-unknown.length - 2)).toEqual([first, ...unknown, last])
  expect(ann.heard.filter(({ type }) => type === 'unknown')).toMatchObject(unknown.map((seq) => ({ seq })))
  const isShown = async (): Promise<void> => {
    const { messages } = await ann.page('limit=50')
    expect(messages.slice(0, -1)).toEqual(said.messages)
    expect(messages.at(-1)).toMatchObject({ text: 'after them' })
    // ... nor is the message that it seems to be about changed now.
    expect(messages.at(-2)).toMatchObject({ seq: first, updatedSeq: first })
  }
  await isShown()
  await brook.archive()
  expect(await brook.redis.xlen(keysOf(0).dead)).toBe(0)
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  expect(await Promise.all(tables.map(rowsIn))).toEqual(before.map((n, at) => (at === 0 ? n + 1 : n)))
  ann.address = await brook.serve()
  await isShown()
})

test('rows written by a later version are ignored, and stay for when it is back', async () => {
  const { seq } = await ann.acked(ann.says('changed later'))
  await ann.hears('changed later')
  await brook.archive()
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  const to = [room, seq + 1_000]
  await brook.db.run(
    `INSERT INTO messages (room_id, seq, kind, user_id, user_name, cid, text, log_ms, log_n, updated_seq)
     VALUES (?, ?, 'quiz', 1, 'Ann', ?, 'which?', 1, 1, ?)`,
    [...to, Buffer.from(newCid().replaceAll('-', ''), 'hex'), seq + 1_000],
  )
  await brook.db.run(
    `INSERT INTO changes (room_id, seq, kind, target, user_id, user_name, cid, body, log_ms, log_n)
     VALUES (?, ?, 'guessed', ?, 1, 'Ann', ?, '{"choice":1}', 1, 2)`,
    [room, seq + 1_001, seq, Buffer.from(newCid().replaceAll('-', ''), 'hex')],
  )
  const { messagesBetween } = await import('../../server/history/sql/messages.ts')
  const { changesOf } = await import('../../server/history/sql/kept-changes.ts')
  const messages = await messagesBetween(brook.db, room, seq - 1, seq + 2_000, 10)
  expect(messages.map((one) => one.seq)).toEqual([seq])
  expect(await changesOf(brook.db, room, [seq])).toEqual([])
})

const doing = fc.record({
  kind: fc.constantFrom(
    'quiz',
    'quiz',
    'message',
    'guessed',
    'guessed',
    'guessed',
    'ended',
    'reacted',
    'deleted',
  ),
  user: fc.constantFrom(annie, bobby),
  back: fc.integer({ min: 1, max: 6 }),
  choice: fc.nat(3),
})

let fresh = 100_000

/** What people do, as the log of a later version has it: read by its own parsers. */
async function entriesOf(
  doings: readonly (typeof doing extends fc.Arbitrary<infer T> ? T : never)[],
): Promise<Entry[]> {
  const { decodeEntry } = await import('../../server/log/decode.ts')
  fresh += 1
  return doings.map(({ kind, user, back, choice }, index) => {
    const seq = index + 1
    const target = Math.max(1, seq - back)
    const bodies: Record<string, object> = {
      quiz: { text: `which ${seq}?`, choices: ['a', 'b', `${seq}`] },
      message: { text: `words ${seq}` },
      guessed: { target, choice },
      ended: { target },
      reacted: { target, emoji: '👍', on: true },
      deleted: { target },
    }
    const e = JSON.stringify([bodies[kind], String(fresh), kind, user.id, user.name, newCid()])
    return decodeEntry(`${1_000 + seq}-0`, ['seq', String(seq), 'e', e])
  })
}

test('a new kind folds, is archived in any order and twice, is read back, and shows its past', async () => {
  learn()
  try {
    const { Db } = await import('../../server/db.ts')
    const { writeEntries } = await import('../../server/history/sync/archive.ts')
    const { History } = await import('../../server/history/history.ts')
    const { Tail } = await import('../../server/log/tail.ts')
    const { isChange, isEffect, targetOf, toMessage, withChange } =
      await import('../../server/protocol/timeline.ts')
    const db = new Db(brook.stores.mysql, 2)
    const fold = (entries: readonly Entry[]): Message[] => {
      const made = new Map<number, Message>()
      for (const { event } of entries) {
        const message = toMessage(event)
        if (message !== undefined) made.set(message.seq, message)
        const known = isEffect(event) ? made.get(targetOf(event)) : undefined
        if (known !== undefined && isEffect(event)) made.set(known.seq, withChange(known, event))
      }
      return [...made.values()]
    }
    const read = async (entries: readonly Entry[], edge: number, asOf?: number): Promise<Message[]> => {
      const tail = new Tail({ ms: 0, n: 0 }, new Map([[String(fresh), { seq: edge, at: null }]]))
      tail.take(entries.slice(edge).map((entry) => ({ ...entry })))
      const moment = asOf === undefined ? {} : { asOf }
      const page = await new History(db, { tail: () => tail }).page(String(fresh), { limit: 200, ...moment })
      if ('code' in page) throw new Error(page.code)
      return page.messages
    }
    let quizzes = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(doing, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
        fc.nat(30),
        async (doings, places, cut) => {
          const entries = await entriesOf(doings)
          const placeOf = ({ seq }: Entry): number => places[seq - 1] ?? 0
          const changes = entries.filter(({ event }) => isChange(event))
          const write = (some: readonly Entry[]) => db.transaction((tx) => writeEntries(tx, some))
          await write(entries.filter(({ event }) => !isChange(event)))
          for (const one of changes.toSorted((a, b) => placeOf(a) - placeOf(b))) await write([one])
          await write(entries)
          const whole = fold(entries)
          for (const edge of [0, Math.min(cut, entries.length), entries.length])
            expect(await read(entries, edge)).toEqual(whole)
          const asOf = Math.min(cut + 1, entries.length)
          const gone = new Map(
            whole.flatMap((one) => ('deletedAt' in one && one.deletedAt !== null ? [[one.seq, one]] : [])),
          )
          const then = fold(entries.slice(0, asOf)).map((one) => gone.get(one.seq) ?? one)
          expect(await read(entries, entries.length, asOf)).toEqual(then)
          for (const one of whole as (Message | Quiz)[])
            if (one.kind === 'quiz' && 'guesses' in one) quizzes += 1
        },
      ),
      { numRuns: 30 },
    )
    expect(quizzes, 'quizzes were guessed at').toBeGreaterThan(0)
    await db.close()
  } finally {
    forget()
  }
}, 120_000)
