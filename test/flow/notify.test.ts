// Deciding once who is told of what, and why: by settings as they are, for what is in the log, and for nobody twice.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { InboxEvent } from '../../server/protocol/events.ts'
import { untilTurnedOff } from '../../server/protocol/member-settings.ts'
import { defaultNotifySettings } from '../../server/protocol/notify-defaults.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { toldIn, untilDecided } from '../support/told.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let bob: Person
let wang: Person
let room: string
let tests = 0
beforeAll(async () => {
  brook = await Brook.start()
})
beforeEach(async () => {
  tests += 1
  ann = await brook.enter(`Ann ${tests}`)
  bob = await brook.enter(`Bob ${tests}`)
  wang = await brook.enter(`老王 ${tests}`)
  room = (await brook.meet(ann, bob, wang)).id
})
afterAll(() => brook.stop())

const at = ({ user }: Person): string => `@${user.name}`
const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const tell = async (who: Person, command: object): Promise<number> => {
  const cid = newCid()
  who.tells({ room, ...command, cid })
  return (await who.acked(cid)).seq
}
const replies = (who: Person, text: string, thread: number, more: object = {}): Promise<number> =>
  tell(who, { type: 'send', text, thread, ...more })
const sets = async (who: Person, change: object): Promise<void> => {
  const { status } = await who.ask('PATCH', `/api/rooms/${room}/members/me`, change)
  expect(status).toBeLessThan(300)
}
const hearsOf = async (who: Person, ...keywords: string[]): Promise<void> => {
  const { status } = await who.ask('PUT', '/api/me/notifications', { ...defaultNotifySettings, keywords })
  expect(status).toBe(200)
}
/** Who is told of a message, as "who: why", in the order of their names. */
const told = async (seq: number, event = ''): Promise<string[]> => {
  const people = new Map([ann, bob, wang].map((who) => [who.user.id, who.user.name.split(' ')[0] ?? '']))
  const rows = (await toldIn(brook, room)).filter(
    (row) => row.seq === seq && row.event === event && !row.gone,
  )
  return rows.map(({ user, cause }) => `${people.get(user)}: ${cause}`).sort()
}

test('whom a message names is told, and by default nobody else; nobody of what they said themselves', async () => {
  expect(await told(await says(ann, 'nobody in particular'))).toEqual([])
  expect(await told(await says(ann, `${at(bob)}, look, says ${at(ann)}`))).toEqual(['Bob: mention'])
  expect(await told(await says(ann, '@room come'))).toEqual(['Bob: mention', '老王: mention'])
  expect(await told(await says(ann, `\`${at(bob)}\` is code`))).toEqual([])
})

test('a level decides: all, only what names me, nothing', async () => {
  await sets(bob, { level: 'all' })
  await sets(wang, { level: 'nothing' })
  expect(await told(await says(ann, `hello ${at(wang)}`))).toEqual(['Bob: all'])
  expect(await told(await says(ann, `hello ${at(bob)}`))).toEqual(['Bob: mention'])
  expect(await told(await says(bob, 'my own'))).toEqual([])
})

test('a muted room tells only what names me myself', async () => {
  await sets(bob, { level: 'all', mutedUntil: untilTurnedOff })
  expect(await told(await says(ann, 'hello'))).toEqual([])
  expect(await told(await says(ann, '@room hello'))).toEqual(['老王: mention'])
  expect(await told(await says(ann, `${at(bob)} hello`))).toEqual(['Bob: mention'])
  await sets(bob, { mutedUntil: null })
  expect(await told(await says(ann, 'hello'))).toEqual(['Bob: all'])
})

test('keywords of one’s own are whole words, or any place in Chinese, without regard to case', async () => {
  await hearsOf(bob, 'Pump', '灌溉')
  await hearsOf(wang, 'big  pump')
  expect(await told(await says(ann, 'the PUMP, again'))).toEqual(['Bob: keyword'])
  expect(await told(await says(ann, 'pumps and a pumpkin'))).toEqual([])
  expect(await told(await says(ann, '明天要灌溉花园'))).toEqual(['Bob: keyword'])
  expect(await told(await says(ann, 'a Big\npump'))).toEqual(['Bob: keyword', '老王: keyword'])
  expect(await told(await says(bob, 'my own pump'))).toEqual([])
  await hearsOf(bob)
  expect(await told(await says(ann, 'the pump'))).toEqual([])
})

test('a reply is told to who follows its thread: began it, replied, was named or asked; not to who does not want to', async () => {
  const root = await says(ann, 'a root')
  const first = await replies(bob, 'first', root)
  // Nothing is archived yet.
  expect(await told(first)).toEqual(['Ann: thread'])
  const second = await replies(wang, 'second', root)
  expect(await told(second)).toEqual(['Ann: thread', 'Bob: thread'])
  await brook.archive()
  const third = await replies(wang, `third ${at(bob)}`, root)
  expect(await told(third)).toEqual(['Ann: thread', 'Bob: mention'])
  expect((await ann.ask('DELETE', `/api/rooms/${room}/threads/${root}/follow`)).status).toBe(204)
  expect(await told(await replies(wang, 'fourth', root))).toEqual(['Bob: thread'])
  await bob.ask('PUT', `/api/rooms/${room}/threads/${root}/read`, { seq: third + 9 })
  const both = await replies(wang, `for the room, ${at(ann)}`, root, { alsoInRoom: true })
  expect(await told(both)).toEqual(['Ann: mention', 'Bob: thread'])
})

test('a direct message is told to all others in it, a reply too; whom they block does not reach them', async () => {
  const { body } = await ann.ask<{ room: { id: string } }>('POST', '/api/directs', {
    people: [bob.user.id, wang.user.id],
  })
  room = body.room.id
  await until(() => ann.heard.some((event) => event.type === 'room' && event.room.id === room))
  const first = await tell(ann, { type: 'send', text: 'hello' })
  expect(await told(first)).toEqual(['Bob: direct', '老王: direct'])
  await sets(wang, { level: 'mentions' })
  expect(await told(await replies(ann, 'a reply to myself', first))).toEqual(['Bob: direct'])
  expect((await bob.ask('PUT', `/api/blocks/${ann.user.id}`)).status).toBeLessThan(300)
  expect(await told(await tell(ann, { type: 'send', text: `hello ${at(bob)} ${at(wang)}` }))).toEqual([
    '老王: mention',
  ])
})

test('a group is told as a group, unless the room is muted', async () => {
  const root = await brook.arrive(`Root ${tests}`)
  await brook.makesAdmin(root)
  const name = `garden-${tests}`
  const { body } = await root.ask<{ group: { id: string } }>('POST', '/api/groups', { name })
  for (const { user } of [bob, wang])
    expect((await root.ask('PUT', `/api/groups/${body.group.id}/members/${user.id}`)).status).toBeLessThan(
      300,
    )
  await sets(wang, { mutedUntil: untilTurnedOff })
  expect(await told(await says(ann, `@${name} come`))).toEqual(['Bob: group'])
})

test('what was read is not told, nor what is imported, nor what was said before somebody came', async () => {
  const seq = await says(ann, 'a message')
  await tell(ann, { type: 'edit', seq, text: `a message for ${at(bob)}` })
  expect(await told(seq), 'an edit that names somebody').toEqual(['Bob: mention'])
  const other = await says(ann, 'another')
  bob.tells({ type: 'read', room, seq: other })
  await bob.event('read')
  await tell(ann, { type: 'edit', seq: other, text: `another for ${at(bob)} and ${at(wang)}` })
  expect(await told(other), 'one has read it').toEqual(['老王: mention'])
  const mei = await brook.enter(`Mei ${tests}`)
  await mei.joins(room)
  await tell(ann, { type: 'edit', seq: other, text: `another for ${at(mei)}` })
  expect((await toldIn(brook, room)).filter(({ user }) => user === mei.user.id)).toEqual([])
})

test('what is deleted is taken away, alone or with others, and comes back with them', async () => {
  const seq = await says(ann, `${at(bob)} one`)
  expect(await told(seq)).toEqual(['Bob: mention'])
  await tell(ann, { type: 'delete', seq })
  expect(await told(seq)).toEqual([])
  const heard = await until(
    () => bob.heard.filter((event): event is InboxEvent => event.type === 'inbox'),
    (events) => events.some(({ gone }) => gone?.seq === seq),
  )
  expect(heard[0]?.told).toMatchObject({ room, seq, cause: 'mention', readBy: 'room' })
  const root = await brook.arrive(`Root ${tests}`)
  await brook.makesAdmin(root)
  const other = await says(ann, `${at(bob)} two`)
  expect(await told(other)).toEqual(['Bob: mention'])
  const { body } = await root.ask<{ erasing: { id: string } }>('POST', '/api/admin/erasings', {
    user: ann.user.id,
    sinceMs: 3_600_000,
  })
  await until(
    () => told(other),
    (people) => people.length === 0,
  )
  await root.ask('DELETE', `/api/admin/erasings/${body.erasing.id}`)
  await until(
    () => told(other),
    (people) => people.length === 1,
  )
  expect(await told(seq), 'it was deleted alone before').toEqual([])
})

test('who made a poll and who voted are told once that it is over', async () => {
  const poll = async (more: object = {}) => {
    const body = { cid: newCid(), question: 'Lunch?', options: ['Noodles', 'Rice'], ...more }
    return (await ann.ask<{ seq: number }>('POST', `/api/rooms/${room}/polls`, body)).body.seq
  }
  const vote = (who: Person, seq: number) =>
    who.ask('PUT', `/api/rooms/${room}/polls/${seq}/vote`, { cid: newCid(), choices: [0] })
  const closed = await poll()
  await vote(bob, closed)
  await ann.ask('POST', `/api/rooms/${room}/polls/${closed}/close`, { cid: newCid() })
  expect(await told(closed, 'ended')).toEqual(['Bob: poll'])
  const timed = await poll({ endsAt: Date.now() + 1_500 })
  await vote(bob, timed)
  await until(
    () => told(timed, 'ended'),
    (people) => people.length > 0,
  )
  expect(await told(timed, 'ended')).toEqual(['Ann: poll', 'Bob: poll'])
  const secret = await poll({ anonymous: true, endsAt: Date.now() + 1_500 })
  await vote(bob, secret)
  await until(
    () => told(secret, 'ended'),
    (people) => people.length > 0,
  )
  expect(await told(secret, 'ended'), 'nobody can know who has voted').toEqual(['Ann: poll'])
})

test('a server that stops hands over, and one that dies is replaced: everybody is told once', async () => {
  const says3 = async (word: string): Promise<void> => {
    for (const number of [1, 2, 3]) await says(ann, `${at(bob)} ${word} ${number}`)
  }
  await brook.serve()
  await says3('before')
  await untilDecided(brook)
  // As if the one that decides had died without a word: somebody else holds the lease for now.
  await brook.db.run(
    "UPDATE notify_cursors SET fence = fence + 1, holder = 'dead', lease_until = NOW(3) + INTERVAL 2 SECOND",
  )
  await says3('meanwhile')
  await untilDecided(brook)
  const rows = await toldIn(brook, room)
  expect(rows.map(({ user, cause }) => [user, cause])).toEqual(Array(6).fill([bob.user.id, 'mention']))
})

test('who decides again after the log was trimmed reads the archive: nobody is missed or told twice', async () => {
  const first = await says(ann, `${at(bob)} before`)
  await untilDecided(brook)
  await sets(bob, { level: 'all' })
  await brook.db.run(
    "UPDATE notify_cursors SET fence = fence + 1, holder = 'dead', lease_until = NOW(3) + INTERVAL 4 SECOND",
  )
  const seqs: number[] = []
  for (const number of [1, 2, 3]) seqs.push(await says(ann, `while nobody decides ${number}`))
  const gone = await says(ann, 'deleted before anybody is told')
  await tell(ann, { type: 'delete', seq: gone })
  await brook.archive()
  // What memory has begins above them.
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  const address = await brook.serve()
  for (const old of brook.servers.splice(0, brook.servers.length - 1)) await old.close()
  for (const who of [ann, bob]) await who.returns(address)
  await brook.db.run('UPDATE notify_cursors SET lease_until = NOW(3)')
  seqs.push(await says(ann, 'afterwards'))
  await until(
    () => toldIn(brook, room),
    (rows) => rows.length >= 5,
  )
  const rows = (await toldIn(brook, room)).filter(({ user, gone }) => user === bob.user.id && !gone)
  expect(rows.map(({ seq, cause }) => [seq, cause])).toEqual([
    [first, 'mention'],
    ...seqs.map((seq) => [seq, 'all']),
  ])
})
