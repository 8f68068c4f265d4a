// The end of an account: nothing speaks for the person any more on any server, their rooms go to others, and what they said stays
// under "Former member" or is deleted.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import type { BlocksAnswer } from '../../server/protocol/directs.ts'
import { ownTables } from '../../server/own-data/tables.ts'
import { closes } from '../../server/protocol/errors.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { formerMember } from '../../server/protocol/former-member.ts'
import type { MembersAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const password = 'violet anchors drift north'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())

const ends = (who: Person, given: object = {}) =>
  who.tries('DELETE', '/api/me', { messages: 'keep', ...given })
const address = (server: number) => brook.servers[server]?.address ?? ''

const isDone = async ({ user }: Person): Promise<boolean> => {
  const rows = await brook.db.rows('SELECT user_id FROM endings WHERE user_id = ? AND done_at IS NOT NULL', [
    BigInt(user.id),
  ])
  return rows.length === 1
}
const membersOf = async (who: Person, room: string) =>
  (await who.ask<MembersAnswer>('GET', `/api/rooms/${room}/members`)).body.members.map(
    ({ name, role }) => `${name}: ${role}`,
  )
const saidIn = async (who: Person, room: string): Promise<SpokenMessage[]> =>
  (await who.page('', room)).messages.filter((one): one is SpokenMessage => one.kind === 'message')

test('nobody is this person any more, anywhere; their rooms have new owners; their messages stay under "Former member"', async () => {
  const ann = await brook.enter('Ann')
  expect(await ann.tries('PUT', '/api/session/password', { password })).toBe(200)
  const elsewhere = await Person.signsIn(address(1), 'Ann', password)
  await elsewhere.connects()
  brook.people.push(elsewhere)
  const [bob, cho] = [await brook.enter('Bob', 1), await brook.enter('Cho')]
  const room = await brook.meet(ann, bob, cho)
  expect(await ann.tries('PUT', `/api/rooms/${room.id}/members/${cho.user.id}`, { role: 'moderator' })).toBe(
    204,
  )
  const secret = await ann.makes('only hers', 'private')
  expect(await ann.tries('POST', `/api/rooms/${secret.id}/members`, { name: 'Bob' })).toBe(204)
  ann.room = room.id
  await ann.says('what I said')
  const said = await bob.hears('what I said')
  await bob.says('and @Ann heard it')
  await ann.ask('PUT', `/api/saved/${room.id}/${said.seq}`)

  expect(await bob.tries('PUT', `/api/blocks/${ann.user.id}`)).toBe(204)
  expect(await ann.tries('PUT', `/api/blocks/${cho.user.id}`)).toBe(204)

  expect(await ends(ann)).toBe('wrong_password')
  expect(await ends(ann, { password: 'not that one at all' })).toBe('wrong_password')
  expect(await ends(ann, { password })).toBe(204)

  for (const one of [ann, elsewhere]) {
    expect((await one.ends()).code).toBe(closes.signedOut.code)
    expect(await one.tries('GET', '/api/rooms')).toBe('signed_out')
  }
  await expect(Person.signsIn(address(1), 'Ann', password)).rejects.toThrow('wrong_password')
  await expect(Person.arrive(address(0), 'Ann')).rejects.toThrow('name_taken')
  await until(() => isDone(ann))
  await until(async () => !(await membersOf(bob, room.id)).some((one) => one.includes('Ann')))
  expect(await membersOf(bob, room.id)).toEqual(['Bob: member', 'Cho: owner'])
  await until(async () => String(await membersOf(bob, secret.id)) === 'Bob: owner')
  for (const reader of [bob, cho]) {
    const shown = await saidIn(reader, room.id)
    expect(shown.map(({ user, text }) => `${user.name}: ${text}`)).toEqual([
      `${formerMember}: what I said`,
      'Bob: and @Ann heard it',
    ])
    expect(shown[1]?.mentions).toMatchObject([{ now: formerMember }])
  }
  const gone = ownTables.filter(({ end }) => end !== 'elsewhere').map(({ table }) => table)
  for (const table of ['sessions', 'memberships', ...gone.filter((table) => table !== 'reminders')])
    expect([
      table,
      await brook.db.rows(`SELECT 1 FROM ${table} WHERE user_id = ?`, [BigInt(ann.user.id)]),
    ]).toEqual([table, []])
  expect((await bob.ask<BlocksAnswer>('GET', '/api/blocks')).body.blocks).toEqual([])
  // Their name leads to nobody, and they cannot be brought in.
  expect(await bob.tries('POST', `/api/rooms/${secret.id}/members`, { name: 'Ann' })).toBe('no_such_person')
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit?kind=account_ended')
  expect(body.entries.at(-1)).toMatchObject({
    by: { id: ann.user.id, name: 'Ann' },
    about: { changed: { messages: 'keep' } },
  })
  const people = await root.ask<{ people: { name: string }[] }>('GET', '/api/admin/people')
  expect(people.body.people.map(({ name }) => name)).not.toContain(formerMember)
})

test('whoever wants it so takes their messages along, archived or not, in every room', async () => {
  const [dan, eva] = [await brook.enter('Dan'), await brook.enter('Eva', 1)]
  const rooms = [await brook.meet(eva, dan), await brook.meet(eva, dan)]
  for (const { id } of rooms)
    for (const text of ['one', 'two', 'three']) await dan.says(`${text} in ${id}`, { room: id })
  const [first, second] = rooms
  await brook.sync().run()
  await dan.says('not archived yet', { room: first?.id ?? '' })
  await eva.says('stays', { room: second?.id ?? '' })
  await until(async () => (await saidIn(eva, first?.id ?? '')).length === 4)

  expect(await ends(dan, { messages: 'delete' })).toBe(204)
  const sync = brook.sync()
  await until(async () => {
    await sync.run()
    return isDone(dan)
  })
  for (const { id } of rooms) {
    const shown = await saidIn(eva, id)
    for (const { user, text, deletedAt } of shown)
      if (user.id === dan.user.id) expect([text, deletedAt === null]).toEqual(['', false])
  }
  const left = await brook.db.rows<{ text: string }>(
    "SELECT text FROM messages WHERE user_id = ? AND text <> ''",
    [BigInt(dan.user.id)],
  )
  expect(left).toEqual([])
  expect((await saidIn(eva, second?.id ?? '')).at(-1)?.text).toBe('stays')
})

test('what an administrator had deleted goes for good too, with what reports and rules keep, and their name', async () => {
  const [pia, quin] = [await brook.enter('Pia'), await brook.enter('Quin', 1)]
  const { id: room } = await brook.meet(quin, pia)
  pia.room = quin.room = room
  await pia.says('secret plums')
  const { seq } = await quin.hears('secret plums')
  expect(await quin.tries('POST', `/api/rooms/${room}/messages/${seq}/reports`, { reason: 'spam' })).toBe(204)
  const rule = { kind: 'word', text: 'plum', does: 'hold' }
  const made = await root.ask<{ rule: { id: string } }>('POST', '/api/admin/rules', rule)
  const held = { cid: newCid(), text: 'one plum' }
  await until(
    async () => (await pia.tries('POST', `/api/rooms/${room}/messages`, held)) === 'held_for_review',
  )
  expect(await root.tries('DELETE', `/api/admin/rules/${made.body.rule.id}`)).toBe(204)
  const erased = await root.ask<{ erasing: { id: string } }>('POST', '/api/admin/erasings', {
    user: pia.user.id,
    sinceMs: 0,
  })
  expect(erased.status).toBe(201)
  const sync = brook.sync()
  await sync.run()
  expect(await ends(pia, { messages: 'delete' })).toBe(204)
  expect(await root.tries('DELETE', `/api/admin/erasings/${erased.body.erasing.id}`)).toBe('erased_for_good')
  await until(async () => {
    await sync.run()
    return isDone(pia)
  })
  const rows = await brook.db.rows(
    'SELECT text, first_text, body, erased_seq FROM messages WHERE user_id = ? AND notice IS NULL',
    [pia.user.id],
  )
  expect(rows).toEqual([{ text: null, first_text: null, body: null, erased_seq: null }])
  const cases = await brook.db.rows<{ author: string }>(
    'SELECT author, text, said, handled_at IS NOT NULL AS handled FROM review_cases WHERE author_id = ? ORDER BY id',
    [pia.user.id],
  )
  expect(cases.map(({ author, ...one }) => ({ ...one, author: JSON.parse(author) as unknown }))).toEqual(
    [0, 1].map((handled) => ({
      author: { id: pia.user.id, name: formerMember },
      text: null,
      said: null,
      handled,
    })),
  )
})

test('the last administrator cannot end; of the last two at once, one stays', async () => {
  expect(await ends(root)).toBe('last_admin')
  const others = [await brook.enter('Second'), await brook.enter('Third', 1)]
  for (const one of others) await brook.makesAdmin(one)
  await brook.db.run('UPDATE users SET is_admin = 0 WHERE id = ?', [BigInt(root.user.id)])
  // Other tokens first, which the next requests bring.
  for (const one of others) await one.ask('GET', '/api/session')
  const answers = await Promise.all(others.map((one) => ends(one)))
  expect(answers.toSorted()).toEqual([204, 'last_admin'])
  await brook.makesAdmin(root)
})

test('what a server did not get to is done by another', async () => {
  const fay = await brook.enter('Fay')
  const gil = await brook.enter('Gil', 1)
  const room = await brook.meet(fay, gil)
  // As after a crash right after the decision.
  await brook.db.run('UPDATE users SET ended_at = NOW(3), renamed_at = NOW(3), name = ? WHERE id = ?', [
    formerMember,
    BigInt(fay.user.id),
  ])
  await brook.db.run("INSERT INTO endings (user_id, messages, created_at) VALUES (?, 'keep', NOW(3))", [
    BigInt(fay.user.id),
  ])
  await until(() => isDone(fay))
  expect(await membersOf(gil, room.id)).toEqual(['Gil: owner'])
})

test('what tools post by a webhook of theirs is refused at once, also while MySQL is away', async () => {
  const maker = await brook.enter('Maker')
  const { id: room } = await maker.makes('monitored')
  const hook = await maker.ask<{ path: string }>('POST', `/api/rooms/${room}/hooks/incoming`, {
    name: 'tool',
  })
  const posts = async (): Promise<number> => {
    const answer = await fetch(address(0) + hook.body.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'all is well' }),
    })
    await answer.text()
    return answer.status
  }
  expect(await posts()).toBe(200)
  // Remembered: this is what it does for everybody else.
  await brook.stores.mariadbProcess.kill()
  expect(await posts()).toBe(200)
  await brook.stores.mariadbProcess.start()
  await until(
    () => ends(maker),
    (answer) => answer === 204,
  )
  await brook.stores.mariadbProcess.kill()
  expect(await posts()).not.toBe(200)
  await brook.stores.mariadbProcess.start()
  await until(() => isDone(maker).catch(() => false), Boolean)
})
