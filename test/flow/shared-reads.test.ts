// Equal reads in progress are shared, on the real stores: pages below memory, changes, lists of rooms and of members.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { FlightOutcome } from '../../server/channel/single-flight.ts'
import { Db } from '../../server/db.ts'
import { History } from '../../server/history/history.ts'
import { Tail } from '../../server/log/tail.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
/** Ann's, with as many entries as `count`. */
let long: string
let admin: Db
const count = 60

beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  admin = new Db(brook.stores.admin, 2)
  ann = await brook.enter('Ann')
  long = (await ann.makes('pages')).id
  const last = Array.from({ length: count - 1 }, (_, i) => ann.says(`m${i + 2}`)).at(-1) ?? ''
  await ann.acked(last)
  await brook.archive()
})
afterAll(async () => {
  await admin.close()
  await brook.stop()
})

/** While `work` runs, readers of this table wait. */
async function holding<T>(table: string, work: () => Promise<T>): Promise<T> {
  return admin.transaction(async (session) => {
    await session.run(`LOCK TABLES ${table} WRITE`)
    try {
      return await work()
    } finally {
      await session.run('UNLOCK TABLES')
    }
  })
}

/** A history with nothing in memory, its counts, and the statements that it sends to MySQL. */
function coldHistory() {
  const db = new Db(brook.stores.mysql, 4)
  const statements = vi.spyOn(db, 'rows')
  const tail = new Tail({ ms: 0, n: 0 }, new Map([[long, { seq: count, at: null }]]))
  const counts: Record<FlightOutcome, number> = { read: 0, shared: 0 }
  const history = new History(db, { tail: () => tail }, (_kind, outcome) => (counts[outcome] += 1))
  return { db, history, counts, statements: () => statements.mock.calls.length }
}

test.each([
  ['pages', (history: History, signal?: AbortSignal) => history.page(long, { before: 40 }, signal)],
  ['changes', (history: History, signal?: AbortSignal) => history.changes(long, { after: 10 }, signal)],
])('a hundred equal %s at once are one read, and each reader has the whole answer', async (_what, read) => {
  const { db, history, counts, statements } = coldHistory()
  const alone = await read(history)
  const ofOne = statements()
  expect(ofOne).toBeGreaterThan(0)
  const leaving = new AbortController()
  const answers = await holding('messages', async () => {
    const first = read(history)
    await until(() => statements() > ofOne)
    const others = Array.from({ length: 99 }, () => read(history))
    const gaveUp = expect(read(history, leaving.signal)).rejects.toThrow('gave up')
    leaving.abort(new Error('gave up'))
    await gaveUp
    expect(counts).toEqual({ read: 2, shared: 100 })
    return [first, ...others]
  })
  for (const answer of await Promise.all(answers)) expect(answer).toEqual(alone)
  expect(statements()).toBe(2 * ofOne)
  await db.close()
})

test('people who open one room at once read its members once, and each sees only what they may', async () => {
  const others = await Promise.all(Array.from({ length: 10 }, (_, n) => brook.enter(`guest ${n}`)))
  const secret = await ann.makes('secret', 'private')
  const [lobby] = await ann.rooms()
  const shared = () => sharedOf('members')
  const members = `/api/rooms/${lobby?.id}/members`
  const { total } = (await ann.ask<{ total: number }>('GET', members)).body
  const [before, readsBefore] = [await shared(), await readsOf('members')]
  const answers = await holding('users', async () => {
    const asked = others.map((one) => one.ask<{ total: number }>('GET', members))
    const nosy = others[0]?.ask('GET', `/api/rooms/${secret.id}/members`)
    expect((await nosy)?.status).toBe(404)
    await until(shared, (now) => now === before + others.length - 1)
    return asked
  })
  expect(await readsOf('members')).toBe(readsBefore + 1)
  for (const { status, body } of await Promise.all(answers))
    expect([status, body.total]).toEqual([200, total])
})

test("one person's tabs that load the list of rooms at once read it once", async () => {
  const [before, readsBefore] = [await sharedOf('rooms'), await readsOf('rooms')]
  const answers = await holding('memberships', async () => {
    const asked = Array.from({ length: 10 }, () => ann.ask('GET', '/api/rooms'))
    await until(
      () => sharedOf('rooms'),
      (now) => now === before + 9,
    )
    expect(await readsOf('rooms')).toBe(readsBefore + 1)
    return asked
  })
  const bodies = (await Promise.all(answers)).map(({ body }) => body)
  for (const body of bodies) expect(body).toEqual(bodies[0])
})

test('a reader after a join was answered sees it, on the other server too, even while others are reading', async () => {
  const [here, there] = [brook.servers[0]?.address ?? '', brook.servers[1]?.address ?? '']
  const garden = await ann.makes('garden')
  const bob = await brook.enter('Bob')
  const elsewhere = ann.again()
  elsewhere.address = there
  const members = async (): Promise<string[]> => {
    const { body } = await elsewhere.ask<{ members: { name: string }[] }>(
      'GET',
      `/api/rooms/${garden.id}/members`,
    )
    return body.members.map(({ name }) => name)
  }
  expect(bob.address).toBe(here)
  let isAsking = true
  const readers = Array.from({ length: 8 }, async () => {
    while (isAsking) await members()
  })
  for (let round = 0; round < 15; round += 1) {
    await bob.joins(garden.id)
    expect(await members()).toContain('Bob')
    await bob.ask('DELETE', `/api/rooms/${garden.id}/members/me`)
    expect(await members()).not.toContain('Bob')
  }
  isAsking = false
  await Promise.all(readers)
  expect(await sharedOf('members', 1)).toBeGreaterThan(0)
})

/** Reads that the first server made. */
const readsOf = (kind: string): Promise<number> =>
  brook.metric(`brook_single_flight_reads_total{kind="${kind}"}`, 0)

/** Readers of a server that shared another's read. */
async function sharedOf(kind: string, server = 0): Promise<number> {
  return brook.metric(`brook_single_flight_shared_total{kind="${kind}"}`, server)
}
