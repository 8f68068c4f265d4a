// Marking unread, in a whole Brook of two servers: it moves the pointer back, and nothing of the previous turn undoes
// it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReadEvent } from '../../server/protocol/events.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook

beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

/** Somebody with a connection to each server, and six messages of another person in one of their rooms. */
async function reader(name: string) {
  const desk = await brook.enter(name)
  const phone = desk.again()
  phone.address = brook.servers[1]?.address ?? ''
  brook.people.push(phone)
  await phone.connects()
  const { id } = await desk.makes(`${name}’s room`)
  phone.room = id
  const other = await brook.enter(`friend of ${name}`)
  await other.joins(id)
  await other.event('room')
  const seqs: number[] = []
  for (let n = 1; n <= 6; n += 1) seqs.push((await other.acked(other.says(`message ${n}`))).seq)
  await Promise.all([desk.hears('message 6'), phone.hears('message 6')])
  return { desk, phone, other, seqs }
}

const reads = (who: Person, seq: number, turn?: number): void =>
  who.tells({ type: 'read', room: who.room, seq, ...(turn === undefined ? {} : { turn }) })
const told = (who: Person): ReadEvent[] => who.heard.filter((event) => event.type === 'read')
const hearsRead = (who: Person, wanted: Partial<ReadEvent>) =>
  until(
    () => told(who),
    (events) =>
      events.some((event) =>
        Object.entries(wanted).every(([key, value]) => event[key as keyof ReadEvent] === value),
      ),
  )
const shown = async (who: Person) => {
  const room = (await who.rooms()).find(({ id }) => id === who.room)
  return room && { read: room.read, unread: room.unread, turn: room.turn }
}
const isWritten = () =>
  until(
    async () =>
      (await brook.metric('brook_read_markers_waiting', 0)) +
      (await brook.metric('brook_read_markers_waiting', 1)),
    (waiting) => waiting === 0,
  )
const written = async (who: Person) => {
  const [row] = await brook.db.rows<{ read_turn: number; read_seq: number }>(
    'SELECT read_turn, read_seq FROM memberships WHERE user_id = ? AND room_id = ?',
    [who.user.id, who.room],
  )
  return row && { turn: Number(row.read_turn), seq: Number(row.read_seq) }
}

test('what is marked unread is unread on every device, and a late or repeated mark of the old turn changes nothing', async () => {
  const { desk, phone, seqs } = await reader('ann')
  const [first = 0, second = 0, third = 0, , , last = 0] = seqs
  reads(desk, last, 0)
  await hearsRead(phone, { seq: last, unread: 0 })
  // On the phone everything from the third on is marked unread.
  reads(phone, third - 1, 1_000)
  for (const one of [desk, phone]) await hearsRead(one, { seq: second, turn: 1_000, unread: 4 })
  for (const one of [desk, phone]) expect(await shown(one)).toEqual({ read: second, unread: 4, turn: 1_000 })
  // The desktop had slept, and reports what it knew; and reports it again.
  for (const seq of [last, first, last]) reads(desk, seq, 0)
  await until(() => told(desk).length >= 5)
  for (const one of [desk, phone]) expect(await shown(one)).toEqual({ read: second, unread: 4, turn: 1_000 })
  await isWritten()
  expect(await written(desk)).toEqual({ turn: 1_000, seq: second })
  // Reading continues in the current turn.
  reads(phone, third, 1_000)
  await hearsRead(desk, { seq: third, turn: 1_000, unread: 3 })
  await isWritten()
  expect(await written(desk)).toEqual({ turn: 1_000, seq: third })
})

test('a device that names no turn reads in the current one, even if it has just connected', async () => {
  const { desk, phone, seqs } = await reader('bob')
  const [first = 0, second = 0, third = 0] = seqs
  reads(desk, first - 1, 5_000)
  await hearsRead(phone, { seq: first - 1, turn: 5_000, unread: 6 })
  reads(phone, second)
  await hearsRead(desk, { seq: second, turn: 5_000, unread: 4 })
  phone.drops()
  expect((await phone.connects()).rooms.find(({ id }) => id === phone.room)).toMatchObject({
    read: second,
    turn: 5_000,
    unread: 4,
  })
  reads(phone, third)
  await hearsRead(desk, { seq: third, turn: 5_000, unread: 3 })
})

test('of two turns begun at once the later one wins, in whatever order the servers learn of them', async () => {
  const { desk, phone, seqs } = await reader('cho')
  const [first = 0, second = 0, third = 0] = seqs
  reads(desk, first, 8_000)
  reads(phone, third, 7_000)
  reads(phone, second, 7_000)
  for (const one of [desk, phone]) await hearsRead(one, { seq: first, turn: 8_000, unread: 5 })
  await isWritten()
  expect(await written(desk)).toEqual({ turn: 8_000, seq: first })
  for (const one of [desk, phone]) expect(await shown(one)).toEqual({ read: first, unread: 5, turn: 8_000 })
})

test('a turn that begins below memory is counted in MySQL, including mentions', async () => {
  const { desk, phone, other, seqs } = await reader('dia')
  const { seq } = await other.acked(other.says('hello @dia'))
  await phone.hears('hello @dia')
  reads(desk, seq, 0)
  await hearsRead(phone, { seq, unread: 0, mentions: 0 })
  await brook.archive()
  reads(desk, (seqs[0] ?? 0) - 1, 2_000)
  await hearsRead(phone, { turn: 2_000, unread: 7, mentions: 1 })
})

test('a person who leaves and rejoins does not return to their earlier position', async () => {
  const { desk, other, seqs } = await reader('eve')
  const eve = other
  reads(eve, (seqs[1] ?? 0) - 1, 9_000)
  await hearsRead(eve, { turn: 9_000 })
  await isWritten()
  await eve.ask('DELETE', `/api/rooms/${eve.room}/members/me`)
  await eve.event('gone')
  await desk.acked(desk.says('while you were out'))
  await eve.joins(eve.room)
  await until(
    () => shown(eve),
    (room) => room?.unread === 0 && room.turn === 0,
  )
})
