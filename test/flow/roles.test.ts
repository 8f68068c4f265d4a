// Owners, moderators and members: who gives whom which role, what it permits, and who is told.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bots } from '../../server/bot/bots.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

let count = 0
/** Somebody with a name that no other test uses; each on another server than the one before. */
const comes = (name: string): Promise<Person> => brook.enter(`${name} ${(count += 1)}`, count % 2)
const makes = (owner: Person, who: Person, role: string, room = owner.room) =>
  owner.ask<{ error?: { code: string } }>('PUT', `/api/rooms/${room}/members/${who.user.id}`, { role })
const removes = (by: Person, who: Person, room = by.room) =>
  by.ask<{ error?: { code: string } }>('DELETE', `/api/rooms/${room}/members/${who.user.id}`)
const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } | undefined }) =>
  body?.error?.code ?? status
const roleOf = async (who: Person, room = who.room) =>
  (await who.ask<{ room?: RoomSummary }>('GET', `/api/rooms/${room}`)).body.room?.role
async function deletes(who: Person, seq: number, room = who.room): Promise<string> {
  const cid = newCid()
  who.tells({ type: 'delete', room, seq, cid })
  const { found } = await until(
    () => ({
      found: who.heard.find((event) => (event.type === 'ack' || event.type === 'error') && event.cid === cid),
    }),
    ({ found: answer }) => answer !== undefined,
  )
  return found?.type === 'error' ? found.code : 'deleted'
}

test('an owner makes a moderator, who then moderates on every server until they are a member again', async () => {
  const [ann, bob, cid] = [await comes('ann'), await comes('bob'), await comes('cid')]
  await ann.makes(`order ${count}`)
  for (const one of [bob, cid]) {
    await one.joins(ann.room)
    await one.event('room')
  }
  const { seq } = await cid.acked(cid.says('rude'))
  await bob.hears('rude')
  expect(await deletes(bob, seq)).toBe('not_yours')
  expect(codeOf(await makes(bob, bob, 'moderator'))).toBe('not_allowed')
  bob.heard = []
  expect(codeOf(await makes(ann, bob, 'moderator'))).toBe(204)
  const told = await cid.notices('role')
  expect(told).toMatchObject({
    user: { id: ann.user.id },
    notice: { kind: 'role', person: { id: bob.user.id, name: bob.user.name }, role: 'moderator' },
  })
  expect((await bob.event('room')).room).toMatchObject({ id: ann.room, role: 'moderator', joined: true })
  expect(await roleOf(bob)).toBe('moderator')
  expect(await deletes(bob, seq)).toBe('deleted')
  expect(codeOf(await makes(bob, cid, 'moderator'))).toBe('not_allowed')
  expect(codeOf(await makes(ann, bob, 'member'))).toBe(204)
  const { seq: again } = await cid.acked(cid.says('rude again'))
  await bob.hears('rude again')
  expect(await deletes(bob, again)).toBe('not_yours')
})

test('the same role again is no change; an unknown person and an unknown role are refused', async () => {
  const [dan, eve] = [await comes('dan'), await comes('eve')]
  const { id } = await dan.makes(`same ${count}`)
  expect(codeOf(await makes(dan, eve, 'moderator'))).toBe('no_such_member')
  await eve.joins(id)
  const { upTo } = await dan.page()
  expect(codeOf(await makes(dan, eve, 'member'))).toBe(204)
  expect((await dan.page()).upTo).toBe(upTo)
  expect(codeOf(await makes(dan, eve, 'king'))).toBe('bad_request')
  const fay = await comes('fay')
  expect(codeOf(await makes(fay, eve, 'member', id))).toBe('not_allowed')
  const secret = await dan.makes('hidden', 'private')
  expect(codeOf(await makes(fay, dan, 'member', secret.id))).toBe('not_found')
  expect(codeOf(await removes(fay, dan, secret.id))).toBe('not_found')
})

test('a room keeps an owner: the last one steps down only after another was made one, even if both try at once', async () => {
  const [gus, hal] = [await comes('gus'), await comes('hal')]
  const { id } = await gus.makes(`two ${count}`, 'private')
  await gus.ask('POST', `/api/rooms/${id}/members`, { name: hal.user.name })
  expect(codeOf(await makes(gus, gus, 'member'))).toBe('last_owner')
  expect(codeOf(await makes(gus, hal, 'owner'))).toBe(204)
  const both = await Promise.all([makes(gus, gus, 'member', id), makes(hal, hal, 'member', id)])
  expect(both.map(codeOf).sort()).toEqual([204, 'last_owner'])
  expect([await roleOf(gus, id), await roleOf(hal, id)].sort()).toEqual(['member', 'owner'])
})

test('an owner hands the room over in one act: the other is its owner, they are a moderator, and one entry says so to all', async () => {
  const [ora, pat, quin] = [await comes('ora'), await comes('pat'), await comes('quin')]
  const { id } = await ora.makes(`given ${count}`)
  for (const one of [pat, quin]) {
    await one.joins(id)
    await one.event('room')
  }
  const hands = async (by: Person, user: Person, more: object = {}) =>
    codeOf(await by.ask('PUT', `/api/rooms/${id}/owner`, { user: user.user.id, ...more }))
  await makes(ora, quin, 'moderator', id)
  await quin.notices('role')
  expect(await hands(quin, pat)).toBe('not_allowed')
  expect(await hands(ora, ora)).toBe('not_allowed')
  expect(await hands(ora, await comes('rex'))).toBe('no_such_member')
  for (const one of [ora, pat, quin]) one.heard = []
  expect(await hands(ora, pat)).toBe(204)
  const { upTo, messages } = await ora.page('', id)
  expect(messages.at(-1)).toMatchObject({
    seq: upTo,
    user: { id: ora.user.id },
    notice: { kind: 'role', person: { id: pat.user.id }, role: 'owner', own: 'moderator' },
  })
  // On both servers, for the log says both at once.
  expect((await ora.event('room')).room).toMatchObject({ id, role: 'moderator' })
  expect((await pat.event('room')).room).toMatchObject({ id, role: 'owner' })
  expect([await roleOf(ora, id), await roleOf(pat, id)]).toEqual(['moderator', 'owner'])
  expect(await hands(ora, quin)).toBe('not_allowed')
  // An administrator has the rights of an owner, and no room to give away.
  await brook.makesAdmin(quin)
  expect(await hands(quin.again(), ora)).toBe('not_allowed')
  expect(await hands(pat, ora, { own: 'member' })).toBe(204)
  expect([await roleOf(ora, id), await roleOf(pat, id)]).toEqual(['owner', 'member'])
  // Of two at once one counts.
  const both = await Promise.all([hands(ora, pat), hands(ora, quin)])
  expect(both.sort()).toEqual([204, 'not_allowed'])
  expect(await roleOf(ora, id)).toBe('moderator')
})

test('a private room whose owner leaves goes to a moderator before a member, and its log says so', async () => {
  const [ida, jay, kim] = [await comes('ida'), await comes('jay'), await comes('kim')]
  const { id } = await ida.makes(`heirs ${count}`, 'private')
  for (const one of [jay, kim]) await ida.ask('POST', `/api/rooms/${id}/members`, { name: one.user.name })
  await makes(ida, kim, 'moderator', id)
  await kim.event('room')
  expect((await ida.ask('DELETE', `/api/rooms/${id}/members/me`)).status).toBe(204)
  expect(await roleOf(kim, id)).toBe('owner')
  expect(await roleOf(jay, id)).toBe('member')
  const { messages } = await until(
    () => kim.page('', id),
    (page) => page.messages.some((one) => one.kind === 'notice' && one.notice.kind === 'left'),
  )
  expect(messages.slice(-2)).toMatchObject([
    { notice: { kind: 'role', person: { id: kim.user.id }, role: 'owner' } },
    { notice: { kind: 'left' } },
  ])
})

test('it goes to nobody who is banned, and to no program, as long as anybody else is there', async () => {
  const [ida, jay, kim] = [await comes('ida'), await comes('jay'), await comes('kim')]
  const bot = await Bots.addForDuty(brook.db, `helper ${count}`, `helping ${count}`)
  const { id } = await ida.makes(`heirs ${count}`, 'private')
  for (const name of [bot?.name, jay.user.name, kim.user.name])
    await ida.ask('POST', `/api/rooms/${id}/members`, { name })
  const root = await comes('root')
  await brook.makesAdmin(root)
  expect(await root.tries('POST', '/api/admin/bans', { user: jay.user.id, suspended: true })).toBe(201)
  expect((await ida.ask('DELETE', `/api/rooms/${id}/members/me`)).status).toBe(204)
  expect(await roleOf(kim, id)).toBe('owner')
})

test('a removed person is out on all devices at once, receives and reads nothing more, and rejoins only where all may', async () => {
  const [lea, mia] = [await comes('lea'), await comes('mia')]
  const { id } = await lea.makes(`doors ${count}`, 'private')
  await lea.ask('POST', `/api/rooms/${id}/members`, { name: mia.user.name })
  const phone = mia.again()
  phone.address = brook.servers[(brook.servers.findIndex(({ address }) => address === mia.address) + 1) % 2]
    ?.address as string
  await phone.connects()
  brook.people.push(phone)
  await mia.event('room')
  await lea.acked(lea.says('before'))
  for (const device of [mia, phone]) await device.hears('before')
  expect(codeOf(await removes(mia, lea, id))).toBe('not_allowed')
  expect(codeOf(await removes(lea, mia))).toBe(204)
  for (const device of [mia, phone]) {
    expect((await device.notices('removed')).notice).toMatchObject({ person: { id: mia.user.id } })
    expect((await device.event('gone')).room).toBe(id)
  }
  await lea.acked(lea.says('after'))
  await lea.hears('after')
  expect((await mia.refused(mia.says('still here?', { room: id }))).code).toBe('not_found')
  expect(JSON.stringify(mia.heard)).not.toContain('after')
  expect((await mia.ask('GET', `/api/rooms/${id}/messages`)).status).toBe(404)
  expect((await mia.ask('PUT', `/api/rooms/${id}/members/me`)).status).toBe(404)
  const open = await lea.makes(`gate ${count}`)
  await mia.joins(open.id)
  expect(codeOf(await removes(lea, mia, open.id))).toBe(204)
  expect(codeOf(await removes(lea, mia, open.id))).toBe('no_such_member')
  await mia.joins(open.id)
  expect(await roleOf(mia, open.id)).toBe('member')
})

test('a moderator removes only members; nobody is removed from the default room', async () => {
  const [ned, oda, pia] = [await comes('ned'), await comes('oda'), await comes('pia')]
  const { id } = await ned.makes(`ranks ${count}`)
  for (const one of [oda, pia]) await one.joins(id)
  await makes(ned, oda, 'moderator')
  expect(codeOf(await removes(oda, ned, id))).toBe('not_allowed')
  expect(codeOf(await removes(oda, pia, id))).toBe(204)
  await pia.joins(id)
  await makes(ned, pia, 'moderator')
  expect(codeOf(await removes(oda, pia, id))).toBe('not_allowed')
  expect(codeOf(await removes(ned, pia, id))).toBe(204)
  const [lobby] = await ned.rooms()
  const lobbyId = lobby?.id ?? ''
  await brook.db.run('UPDATE memberships SET role = ? WHERE user_id = ? AND room_id = ?', [
    'owner',
    ned.user.id,
    lobbyId,
  ])
  expect(codeOf(await removes(ned, oda, lobbyId))).toBe('last_room')
})

test('an administrator counts as an owner in a room they are in, and has no rights in others', async () => {
  const [quinn, rex] = [await comes('quinn'), await comes('rex')]
  await brook.makesAdmin(quinn)
  const { id } = await rex.makes(`workspace ${count}`)
  expect(codeOf(await makes(quinn, rex, 'moderator', id))).toBe('not_allowed')
  await quinn.joins(id)
  expect(codeOf(await makes(quinn, quinn, 'owner', id))).toBe(204)
  expect(codeOf(await makes(quinn, rex, 'member', id))).toBe(204)
})
