// Read markers in a whole Brook of two servers: a burst of reading, other devices, and a reload.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook

beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

/** A counter, summed over both servers. */
const sum = async (name: string): Promise<number> =>
  (await brook.metric(`brook_read_${name}`, 0)) + (await brook.metric(`brook_read_${name}`, 1))
const allIsWritten = () =>
  until(
    () => sum('markers_waiting'),
    (waiting) => waiting === 0,
  )
async function deadlocks(): Promise<number> {
  const admin = new Db(brook.stores.admin, 1)
  const [row] = await admin.rows<{ n: string | number }>(
    "SELECT `COUNT` AS n FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'",
  )
  await admin.close()
  return Number(row?.n)
}
const written = async (person: Person, room = person.room): Promise<number | undefined> => {
  const [row] = await brook.db.rows<{ read_seq: number }>(
    'SELECT read_seq FROM memberships WHERE user_id = ? AND room_id = ?',
    [person.user.id, room],
  )
  return row?.read_seq
}

/** Somebody with a connection to each server. */
async function devices(name: string): Promise<[desk: Person, phone: Person]> {
  const desk = await brook.enter(name)
  const phone = desk.again()
  phone.address = brook.servers[1]?.address ?? ''
  brook.people.push(phone)
  await phone.connects()
  return [desk, phone]
}

async function readers(count: number): Promise<[Person, Person][]> {
  const people: [Person, Person][] = []
  while (people.length < count)
    people.push(
      ...(await Promise.all(Array.from({ length: 20 }, (_, n) => devices(`reader ${people.length + n}`)))),
    )
  return people
}

test('200 people who read one room at once, through two servers, are few statements and no deadlock', async () => {
  const people = await readers(200)
  const [ann] = people[0] ?? []
  if (ann === undefined) throw new Error('nobody came')
  const seqs: number[] = []
  for (let n = 0; n < 20; n += 1) seqs.push((await ann.acked(ann.says(`message ${n}`))).seq)
  const head = Math.max(...seqs)
  await allIsWritten()
  const [valuesBefore, flushesBefore, retriesBefore] = [
    await sum('marker_values_total'),
    await sum('marker_flushes_total'),
    await sum('marker_retries_total'),
  ]
  await Promise.all(people.flat().map((one) => one.hears('message 19')))
  for (const seq of seqs)
    for (const [desk, phone] of people) {
      desk.tells({ type: 'read', room: ann.room, seq })
      phone.tells({ type: 'read', room: ann.room, seq })
    }
  const values = await until(
    async () => (await sum('marker_values_total')) - valuesBefore,
    (count) => count === 200 * 2 * 20,
  )
  await allIsWritten()
  expect(new Set(await Promise.all(people.map(([one]) => written(one))))).toEqual(new Set([head]))
  const flushes = (await sum('marker_flushes_total')) - flushesBefore
  expect(flushes).toBeGreaterThan(0)
  expect(flushes).toBeLessThan(values / 20)
  expect([await sum('marker_retries_total'), await sum('marker_refused_total')]).toEqual([retriesBefore, 0])
  expect(await deadlocks()).toBe(0)
})

test('what is read on one device is read on the other at once, on either server', async () => {
  const [desk, phone] = await devices('eve')
  const bob = await brook.enter('bob')
  const { seq } = await bob.acked(bob.says('look here'))
  await Promise.all([desk.hears('look here'), phone.hears('look here')])
  desk.tells({ type: 'read', room: desk.room, seq })
  expect(await phone.event('read')).toMatchObject({ room: desk.room, seq, unread: 0 })
  expect(await desk.event('read')).toMatchObject({ room: desk.room, seq, unread: 0 })
  expect(bob.heard.filter(({ type }) => type === 'read')).toEqual([])
})

test('a reload on either server shows the right badge before MySQL has the marker', async () => {
  const [desk, phone] = await devices('fay')
  const cyd = await brook.enter('cyd')
  const { seq } = await cyd.acked(cyd.says('read me'))
  await Promise.all([desk.hears('read me'), phone.hears('read me')])
  const badge = async (one: Person): Promise<[number, number] | undefined> => {
    const room = (await one.rooms()).find(({ id }) => id === one.room)
    return room && [room.read, room.unread]
  }
  expect((await badge(phone))?.[1]).toBeGreaterThan(0)
  // MySQL holds the row, so the marker cannot be written while the test looks.
  await brook.db.transaction(async (tx) => {
    await tx.rows('SELECT read_seq FROM memberships WHERE user_id = ? AND room_id = ? FOR UPDATE', [
      desk.user.id,
      desk.room,
    ])
    desk.tells({ type: 'read', room: desk.room, seq })
    await Promise.all([desk.event('read'), phone.event('read')])
    expect(await badge(desk)).toEqual([seq, 0])
    expect(await badge(phone)).toEqual([seq, 0])
    phone.drops()
    expect((await phone.connects()).rooms.find(({ id }) => id === phone.room)).toMatchObject({
      read: seq,
      unread: 0,
    })
    const [row] = await brook.db.rows<{ read_seq: number }>(
      'SELECT read_seq FROM memberships WHERE user_id = ? AND room_id = ?',
      [desk.user.id, desk.room],
    )
    expect(row?.read_seq).toBeLessThan(seq)
  })
  await allIsWritten()
  expect(await written(desk)).toBe(seq)
})

test('a server that stops has written every marker', async () => {
  const third = await brook.serve()
  const dan = await brook.enter('dan', 2)
  expect(dan.address).toBe(third)
  const { seq } = await dan.acked(dan.says('last words'))
  dan.tells({ type: 'read', room: dan.room, seq })
  await dan.event('read')
  await brook.servers.pop()?.close()
  expect(await written(dan)).toBe(seq)
})
