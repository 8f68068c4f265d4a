// What is asked right before each delivery: whatever has happened since the decision holds, for push and mail alike.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { stillWanted } from '../../server/notify/wanted.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { untilTurnedOff } from '../../server/protocol/member-settings.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { untilDecided } from '../support/told.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
let room: string
let tests = 0
beforeAll(async () => {
  brook = await Brook.start()
})
beforeEach(async () => {
  tests += 1
  ann = await brook.enter(`Ann ${tests}`)
  bob = await brook.enter(`Bob ${tests}`)
  room = (await brook.meet(ann, bob)).id
})
afterAll(() => brook.stop())

const bans = { of: () => undefined, isOutOf: () => false }
const says = async (text: string): Promise<number> => (await ann.acked(ann.says(text))).seq
const sets = async (change: object): Promise<void> =>
  expect((await bob.ask('PATCH', `/api/rooms/${room}/members/me`, change)).status).toBeLessThan(300)
const does = async (method: string, path: string, body?: object): Promise<void> =>
  expect((await bob.ask(method, path, body)).status).toBeLessThan(300)
/** The causes of what Bob was told of in the room and is still to be delivered, oldest first. */
async function wanted(more: Partial<Parameters<typeof stillWanted>[0]> = {}): Promise<string[]> {
  await untilDecided(brook)
  const rows = await brook.db.rows<{ id: number; cause: string }>(
    'SELECT id, cause FROM notifications WHERE user_id = ? AND room_id = ? ORDER BY id',
    [BigInt(bob.user.id), BigInt(room)],
  )
  const deps = { db: brook.db, bans, readTo: () => undefined, ...more }
  const left = await stillWanted(
    deps,
    rows.map(({ id }) => String(id)),
  )
  return rows.filter(({ id }) => left.has(String(id))).map(({ cause }) => cause)
}

test('a block after the decision holds, and holds no more once it is taken back', async () => {
  await says(`${at(bob)} hello`)
  expect(await wanted()).toEqual(['mention'])
  await does('PUT', `/api/blocks/${ann.user.id}`)
  expect(await wanted()).toEqual([])
  await does('DELETE', `/api/blocks/${ann.user.id}`)
  expect(await wanted()).toEqual(['mention'])
})

test('a level and a mute hold as they are now', async () => {
  await sets({ level: 'all' })
  await says('for everybody')
  await says(`${at(bob)} hello`)
  expect(await wanted()).toEqual(['all', 'mention'])
  await sets({ level: 'mentions' })
  expect(await wanted()).toEqual(['mention'])
  await sets({ level: 'all', mutedUntil: untilTurnedOff })
  expect(await wanted()).toEqual(['mention'])
  await sets({ level: 'nothing', mutedUntil: null })
  expect(await wanted()).toEqual([])
  await sets({ level: 'all' })
  expect(await wanted()).toEqual(['all', 'mention'])
})

test('what was read, put away or deleted is not delivered; what was marked as unread again is', async () => {
  const first = await says(`${at(bob)} one`)
  const second = await says(`${at(bob)} two`)
  const third = await says(`${at(bob)} three`)
  expect(await wanted()).toHaveLength(3)
  const readTo = () => ({ generation: 0, seq: first })
  expect(await wanted({ readTo }), 'this process knows it before MySQL').toHaveLength(2)
  bob.tells({ type: 'read', room, seq: third })
  await until(async () => (await wanted()).length === 0)
  bob.tells({ type: 'read', room, seq: first, turn: 1_000 })
  await until(async () => (await wanted()).length === 2)
  const older = () => ({ generation: 0, seq: third })
  expect(await wanted({ readTo: older }), 'an older generation counts for nothing').toHaveLength(2)
  const cid = newCid()
  ann.tells({ type: 'delete', room, seq: second, cid })
  await ann.acked(cid)
  expect(await wanted()).toHaveLength(1)
  const { body } = await bob.ask<{ entries: { id: number }[] }>('GET', '/api/inbox')
  await does('POST', '/api/inbox/done', { ids: body.entries.map(({ id }) => id) })
  expect(await wanted()).toEqual([])
})

test('who has left, is banned from the room or from everything, or whose account has ended, is told nothing', async () => {
  await says(`${at(bob)} hello`)
  expect(await wanted()).toEqual(['mention'])
  expect(await wanted({ bans: { ...bans, isOutOf: () => true } })).toEqual([])
  expect(await wanted({ bans: { ...bans, of: () => ({ reason: '', until: null }) } })).toEqual([])
  await does('DELETE', `/api/rooms/${room}/members/me`)
  expect(await wanted()).toEqual([])
  await bob.joins(room)
  expect(await wanted(), 'it was said before they came back').toEqual([])
})

test('nothing of a deleted room is delivered, and all of it again once it is restored', async () => {
  await says(`${at(bob)} hello`)
  expect(await wanted()).toEqual(['mention'])
  await brook.db.run('UPDATE rooms SET deleted_at = NOW(3) WHERE id = ?', [room])
  expect(await wanted()).toEqual([])
  await brook.db.run('UPDATE rooms SET deleted_at = NULL WHERE id = ?', [room])
  expect(await wanted()).toEqual(['mention'])
})

test('a reminder is told at every level and of whomever it is, but not of a room that they have left', async () => {
  const seq = await says('to come back to')
  await brook.db.run(
    `INSERT INTO notifications (user_id, room_id, seq, event, cause, read_by, by_id, at_ms, decided_ms)
     VALUES (?, ?, ?, 'remind.1', 'reminder', 'hand', ?, 1, 1)`,
    [bob.user.id, room, seq, ann.user.id].map(Number),
  )
  await sets({ level: 'nothing', mutedUntil: untilTurnedOff })
  await does('PUT', `/api/blocks/${ann.user.id}`)
  expect(await wanted()).toEqual(['reminder'])
  await does('DELETE', `/api/rooms/${room}/members/me`)
  expect(await wanted()).toEqual([])
})

const at = ({ user }: Person): string => `@${user.name}`
