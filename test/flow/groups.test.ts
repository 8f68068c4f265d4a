// Groups of people: their names are nobody else's, and whoever is in one and in the room is mentioned by it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import type { Group, GroupAnswer, GroupsAnswer } from '../../server/protocol/groups.ts'
import type { MentionsAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
let ann: Person
let bob: Person
let cho: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())
let round = 0
beforeEach(async () => {
  round += 1
  ann = await brook.enter(`Ann ${round}`)
  bob = await brook.enter(`Bob ${round}`)
  cho = await brook.enter(`Cho ${round}`)
  await brook.meet(ann, bob)
})

const at = '/api/groups'
const makes = async (name: string, ...people: Person[]): Promise<Group> => {
  const { body } = await root.ask<GroupAnswer>('POST', at, { name })
  let { group } = body
  for (const { user } of people)
    group = (await root.ask<GroupAnswer>('PUT', `${at}/${group.id}/members/${user.id}`)).body.group
  return group
}
const says = async (who: Person, text: string): Promise<number> => (await who.acked(who.says(text))).seq
const unread = async (who: Person) => (await who.rooms()).find(({ id }) => id === ann.room)?.mentions
const inbox = async (who: Person) =>
  (await who.ask<MentionsAnswer>('GET', '/api/mentions')).body.mentions.map(({ message }) => message.seq)
const seen = async (seq: number): Promise<SpokenMessage> =>
  (await ann.page('limit=200')).messages.find((message) => message.seq === seq) as SpokenMessage
const change = async (who: Person, command: object): Promise<void> => {
  const cid = newCid()
  who.tells({ room: who.room, ...command, cid })
  await who.acked(cid)
}
const meant = (group: Group, name: string, ...people: Person[]) => [
  { name, ids: people.map(({ user }) => user.id), group: group.id },
]

test('whoever is in it and in the room is mentioned, live, unread and in the archive alike', async () => {
  const group = await makes(`design ${round}`, ann, bob, cho)
  expect(group).toMatchObject({ people: 3, mine: false, mayChange: true })
  expect(group.members.map(({ id }) => id).sort()).toEqual([ann, bob, cho].map(({ user }) => user.id).sort())
  const text = `look, @Design ${round}: here`
  const seq = await says(ann, text)
  // Not who says it, nor who is elsewhere.
  const mentions = meant(group, `Design ${round}`, bob)
  expect((await bob.hears(text)).mentions).toEqual(mentions)
  expect((await seen(seq)).mentions).toEqual(mentions)
  expect([await unread(bob), await unread(ann)]).toEqual([1, 0])
  expect(await inbox(bob)).toEqual([seq])
  await brook.archive()
  expect((await seen(seq)).mentions).toEqual(mentions)
  expect(await unread(bob)).toBe(1)
  expect([await inbox(bob), await inbox(cho)]).toEqual([[seq], []])
})

test('who was meant is decided when it is said: it stays so when the group changes or is deleted', async () => {
  const group = await makes(`crew ${round}`, bob)
  const first = await says(ann, `@crew ${round} one`)
  await root.ask('DELETE', `${at}/${group.id}/members/${bob.user.id}`)
  const second = await says(ann, `@crew ${round} two`)
  await root.ask('PUT', `${at}/${group.id}/members/${bob.user.id}`)
  await root.ask('PATCH', `${at}/${group.id}`, { name: `team ${round}` })
  const third = await says(ann, `@crew ${round} three, @team ${round}`)
  expect(await root.tries('DELETE', `${at}/${group.id}`)).toBe(204)
  const fourth = await says(ann, `@team ${round} four`)
  for (const stored of ['log', 'archive']) {
    if (stored === 'archive') await brook.archive()
    const named = async (seq: number) => (await seen(seq)).mentions
    expect(await named(first)).toEqual(meant(group, `crew ${round}`, bob))
    expect(await named(second)).toBeUndefined()
    expect(await named(third)).toEqual(meant(group, `team ${round}`, bob))
    expect(await named(fourth)).toBeUndefined()
    expect(await unread(bob)).toBe(2)
  }
})

test('an edit names a group, or no longer', async () => {
  const group = await makes(`edited ${round}`, bob)
  const seq = await says(ann, 'nobody yet')
  await change(ann, { type: 'edit', seq, text: `now @edited ${round}` })
  expect((await seen(seq)).mentions).toEqual(meant(group, `edited ${round}`, bob))
  expect(await unread(bob)).toBe(1)
  await change(ann, { type: 'edit', seq, text: 'nobody again' })
  expect(await unread(bob)).toBe(0)
})

test('every server knows a group as soon as it is there, and its people as they are renamed', async () => {
  const dan = await brook.enter(`Dan ${round}`, 1)
  await dan.joins(ann.room)
  const group = await makes(`far ${round}`, bob)
  await until(
    async () => {
      const seq = await says(dan, `@far ${round} hello`)
      return (await seen(seq)).mentions
    },
    (mentions) => mentions?.[0]?.group === group.id,
  )
  await root.ask('PATCH', `/api/admin/people/${bob.user.id}`, { name: `Bert ${round}` })
  const seq = await says(ann, `@far ${round} again`)
  // The name of the group stays, though it means one person who is called otherwise by now.
  expect((await seen(seq)).mentions).toEqual(meant(group, `far ${round}`, bob))
})

test('a person and a group never share a name, nor have names that look alike; reserved words are nobody’s', async () => {
  const name = `zebra ${round}`
  await makes(name)
  const tries = (wanted: string) => root.tries('POST', at, { name: wanted })
  expect(await tries(name.toUpperCase())).toBe('name_taken')
  expect(await tries(`zebrа ${round}`)).toBe('misleading_name')
  expect(await tries(`zеbrа ${round}`)).toMatch(/^(?:name_alike|misleading_name)$/)
  expect(await tries(`ｚebra ${round}`)).toBe('name_taken')
  expect(await tries(ann.user.name)).toBe('name_taken')
  expect(await tries(`0llie ${round}`)).toBe(201)
  expect(await tries(`Ollie ${round}`)).toBe('name_alike')
  for (const wanted of ['room', 'here', 'admin', 'everyone', 'ADМIN'])
    expect(await tries(wanted)).toBe('misleading_name')
  for (const wanted of ['', ' ', '\u202eevil', 'x'.repeat(33)]) expect(await tries(wanted)).toBe('bad_name')
  const comes = (wanted: string) => bob.tries('POST', '/api/guests', { name: wanted })
  expect(await comes(name)).toBe('name_taken')
  expect(await comes(`Ollie ${round}`)).toBe('name_alike')
  expect(await bob.tries('PATCH', '/api/me', { name })).toBe('name_taken')
  // Nor what somebody was called until just now.
  const { name: former } = cho.user
  expect(await cho.tries('PATCH', '/api/me', { name: `Chloe ${round}` })).toBe(200)
  expect(await tries(former)).toBe('name_taken')
})

test('of a person and a group who want one name at once, one has it', async () => {
  const name = `race ${round}`
  const both = await Promise.all([
    root.tries('POST', at, { name }),
    bob.tries('POST', '/api/guests', { name }),
  ])
  expect(both.filter((code) => code === 201)).toHaveLength(1)
  expect(both.filter((code) => code === 'name_taken' || code === 'name_alike')).toHaveLength(1)
})

test('administrators make groups, and others only where the workspace lets them; everybody takes themselves out', async () => {
  await brook.db.run('DELETE FROM user_groups')
  const address = brook.servers[0]?.address ?? ''
  const password = 'correct horse battery'
  await bob.ask('POST', '/api/users', { name: `Eve ${round}`, password })
  const eve = await Person.signsIn(address, `Eve ${round}`, password)
  const group = await makes(`ours ${round}`, eve, ann)
  const refused = async (who: Person) => {
    const member = `${at}/${group.id}/members/${bob.user.id}`
    return [
      await who.tries('POST', at, { name: `mine ${who.user.id}` }),
      await who.tries('PATCH', `${at}/${group.id}`, { name: `hers ${round}` }),
      await who.tries('PUT', member),
      await who.tries('DELETE', `${at}/${group.id}/members/${ann.user.id}`),
      await who.tries('DELETE', `${at}/${group.id}`),
    ]
  }
  expect(new Set(await refused(eve))).toEqual(new Set(['no_group_right']))
  expect((await eve.ask<GroupsAnswer>('GET', at)).body).toMatchObject({
    mayMake: false,
    groups: [{ id: group.id, name: `ours ${round}`, people: 2, mine: true, mayChange: false }],
  })
  await root.ask('PATCH', '/api/workspace', { groups: 'members' })
  expect(await refused(eve)).toEqual([201, ...Array<string>(4).fill('no_group_right')])
  expect(new Set(await refused(cho)), 'a guest').toEqual(new Set(['no_group_right']))
  const [own] = (await eve.ask<GroupsAnswer>('GET', at)).body.groups.filter(({ mayChange }) => mayChange)
  expect(await eve.tries('PUT', `${at}/${own?.id}/members/${ann.user.id}`)).toBe(200)
  expect(await eve.tries('DELETE', `${at}/${group.id}/members/${eve.user.id}`)).toBe(200)
  await root.ask('PATCH', '/api/workspace', { groups: 'admins' })
  expect(await eve.tries('DELETE', `${at}/${own?.id}`)).toBe('no_group_right')
})

test('what is not there is refused, and everything that is done stands in the audit log', async () => {
  const group = await makes(`noted ${round}`, bob)
  expect(await root.tries('PUT', `${at}/${group.id}/members/999999`)).toBe('no_such_person')
  expect(await root.tries('PUT', `${at}/999999/members/${bob.user.id}`)).toBe('not_found')
  const named = (name: string) => root.tries('POST', `${at}/${group.id}/members`, { name })
  expect([await named('nobody at all'), await named(`@${bob.user.name.toUpperCase()}`)]).toEqual([
    'no_such_person',
    200,
  ])
  for (const method of ['GET', 'DELETE']) expect(await root.tries(method, `${at}/999999`)).toBe('not_found')
  // Twice is the same as once.
  await root.ask('PUT', `${at}/${group.id}/members/${bob.user.id}`)
  await root.ask('PATCH', `${at}/${group.id}`, { name: `renoted ${round}` })
  for (const _ of [1, 2]) await root.ask('DELETE', `${at}/${group.id}/members/${bob.user.id}`)
  await root.ask('DELETE', `${at}/${group.id}`)
  const { entries } = (await root.ask<AuditAnswer>('GET', '/api/admin/audit')).body
  const own = entries.filter(({ about }) => about.id === group.id && about.name?.includes('noted') === true)
  expect(own.map(({ kind }) => kind)).toEqual([
    'group_made',
    'group_joined',
    'group_changed',
    'group_left',
    'group_deleted',
  ])
  expect(own[1]?.about.person).toEqual(
    bob.user.name === undefined ? undefined : { id: bob.user.id, name: bob.user.name },
  )
})

test('there are at most 200 groups, of at most 500 people', async () => {
  await brook.db.run('DELETE FROM user_groups')
  const group = await makes(`last ${round}`)
  const others = Array.from({ length: limits.groups.atOnce - 2 }, (_, n) => [
    `g${n}`,
    `g${n}`,
    `g${n}`,
    1,
    new Date(),
  ])
  await brook.db.run('INSERT INTO user_groups (name, name_key, skeleton, created_by, created_at) VALUES ?', [
    others,
  ])
  const made = await Promise.all([1, 2].map((n) => root.tries('POST', at, { name: `two ${round} ${n}` })))
  expect(made.sort()).toEqual([201, 'too_many_groups'])
  const people = Array.from({ length: limits.groups.people - 1 }, (_, n) => [
    BigInt(group.id),
    BigInt(900_000 + n),
  ])
  await brook.db.run('INSERT INTO group_members (group_id, user_id) VALUES ?', [people])
  const add = ({ user }: Person) => root.tries('PUT', `${at}/${group.id}/members/${user.id}`)
  expect(await add(ann)).toBe(200)
  expect([await add(bob), await add(ann)]).toEqual(['group_full', 200])
  await brook.db.run('DELETE FROM user_groups')
  await brook.db.run('DELETE FROM group_members')
})

test('whose account has ended is in no group', async () => {
  const group = await makes(`left ${round}`, bob, ann)
  expect(await bob.tries('DELETE', '/api/me', { messages: 'keep' })).toBe(204)
  const { members } = (await root.ask<GroupAnswer>('GET', `${at}/${group.id}`)).body.group
  expect(members.map(({ id }) => id)).toEqual([ann.user.id])
})
