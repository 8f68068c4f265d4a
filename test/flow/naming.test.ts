// Names that change: everybody sees the new one at once, in old messages too, and the old one leads to the person for a month.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import type { RenamedEvent } from '../../server/protocol/events.ts'
import type { MembersAnswer, SpokenMessage } from '../../server/protocol/http.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { MeAnswer } from '../../server/protocol/naming.ts'
import { rates } from '../../server/protocol/rates.ts'
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

const renames = (who: Person, name: string, given: object = {}) =>
  who.tries('PATCH', '/api/me', { name, ...given })
const address = (server: number) => brook.servers[server]?.address ?? ''
const joinsAs = (name: string): Promise<Person> => Person.arrive(address(1), name)

/** What `who` hears of others' new names. */
const heardNames = (who: Person): string[] =>
  who.heard
    .filter((event): event is RenamedEvent => event.type === 'renamed')
    .flatMap(({ people }) => people.map(({ name }) => name))

/** The people whose names stand in a message, in the order of its fields. */
const namesIn = ({ user, mentions = [], reactions, pinnedBy, threaded }: SpokenMessage): unknown => ({
  by: user.name,
  mentions: mentions.map(({ name, now }) => now ?? name),
  reactions: reactions.flatMap(({ users }) => users.map(({ name }) => name)),
  pinnedBy: pinnedBy?.name,
  repliers: threaded?.people.map(({ name }) => name),
})

test('a new name is everywhere at once: in old messages, archived or not, on both servers, and for whoever was away', async () => {
  const ann = await brook.enter('Ann Lee')
  const bob = await brook.enter('Bob Roy', 1)
  const room = await brook.meet(ann, bob)
  await ann.says('first words')
  const about = await bob.hears('first words')
  await bob.says('hello @Ann Lee')
  const path = `/api/rooms/${room.id}/messages`
  const cid = () => ({ cid: newCid() })
  await ann.ask('PUT', `${path}/${about.seq}/reactions/👍`, cid())
  await ann.ask('PUT', `/api/rooms/${room.id}/pins/${about.seq}`, cid())
  await brook.sync().run()
  await ann.says('later words')
  const carl = await brook.enter('Carl', 1)
  await carl.joins(room.id)
  carl.drops()

  expect(await renames(ann, 'Anna Berg')).toBe(200)
  await until(() => heardNames(bob).includes('Anna Berg'))
  await ann.says('under the new name')
  await bob.hears('under the new name')

  for (const reader of [ann, bob]) {
    const { messages } = await reader.page('', room.id)
    const said = messages.filter((one): one is SpokenMessage => one.kind === 'message')
    expect(said.map(namesIn)).toMatchObject([
      { by: 'Anna Berg', reactions: ['Anna Berg'], pinnedBy: 'Anna Berg' },
      { by: 'Bob Roy', mentions: ['Anna Berg'] },
      { by: 'Anna Berg' },
      { by: 'Anna Berg' },
    ])
    const notices = messages.filter((one) => one.kind === 'notice').map(({ user }) => user.name)
    expect(notices).not.toContain('Ann Lee')
    const { body } = await reader.ask<MembersAnswer>('GET', `/api/rooms/${room.id}/members`)
    expect(body.members.map(({ name }) => name)).toEqual(expect.arrayContaining(['Anna Berg']))
  }
  const { body: exported } = await bob.ask<string>('GET', `/api/rooms/${room.id}/export?format=json`)
  expect(JSON.stringify(exported)).not.toContain('"name":"Ann Lee"')
  // Whoever was away is told when they come back, also of what they missed under the old name.
  const welcome = await carl.connects({ [room.id]: about.seq - 1 })
  expect(welcome.renamed).toContainEqual({ id: ann.user.id, name: 'Anna Berg' })
  await until(() => carl.heard.some((event) => event.type === 'message' && event.text === 'later words'))
  const missed = carl.heard.flatMap((event) => (event.type === 'message' ? event.user.name : []))
  expect(new Set(missed)).toEqual(new Set(['Anna Berg', 'Bob Roy']))
})

test('the old name leads to the person in mentions, at sign-in, in search and when they are brought in, for 30 days', async () => {
  const dora = await brook.enter('Dora')
  expect(await dora.tries('PUT', '/api/session/password', { password })).toBe(200)
  const emil = await brook.enter('Emil', 1)
  const room = await brook.meet(emil, dora)
  await dora.says('a rare word: quokka')
  await emil.hears('a rare word: quokka')
  expect(await renames(dora, 'Theodora', { password })).toBe(200)
  await until(() => heardNames(emil).includes('Theodora'))

  await emil.says('@Dora are you there?')
  const { seq } = await dora.hears('@Dora are you there?')
  const { messages } = await emil.page(`around=${seq}`, room.id)
  const mention = messages.find((one) => one.seq === seq) as SpokenMessage
  expect(mention.mentions).toEqual([{ name: 'Dora', ids: [dora.user.id], now: 'Theodora' }])

  const again = await Person.signsIn(address(1), 'dora', password)
  expect(again.user).toMatchObject({ id: dora.user.id, name: 'Theodora' })
  await brook.sync().run()
  const found = await emil.ask<{ hits: { message: SpokenMessage }[] }>(
    'GET',
    '/api/search?q=quokka%20from:Dora',
  )
  expect(found.body.hits.map(({ message }) => message.user.name)).toEqual(['Theodora'])
  const other = await emil.makes('by the old name', 'private')
  expect(await emil.tries('POST', `/api/rooms/${other.id}/members`, { name: 'Dora' })).toBe(204)

  // Nobody else may have it meanwhile, not in another spelling and not to rename themselves.
  for (const name of ['Dora', 'DORA', 'Ｄora', 'Dоra'])
    await expect(joinsAs(name)).rejects.toThrow(/name_taken|name_alike|misleading_name/)
  expect(await renames(emil, 'dora')).toBe('name_taken')
  const me = await dora.ask<MeAnswer>('GET', '/api/me')
  expect(me.body.formerNames.map(({ name }) => name)).toEqual(['Dora'])

  // After a month it is free, and leads to nobody.
  const past = new Date(Date.now() - limits.names.leadMs - 1_000)
  await brook.db.run('UPDATE former_names SET ended_at = ? WHERE user_id = ?', [past, BigInt(dora.user.id)])
  await expect(Person.signsIn(address(0), 'Dora', password)).rejects.toThrow('wrong_password')
  await joinsAs('Dora')
})

test('one may go back to a former name, which is then the name again, and the other one leads on', async () => {
  const fay = await brook.enter('Fay')
  expect(await renames(fay, 'Fay Two')).toBe(200)
  expect(await renames(fay, 'Fay')).toBe(200)
  const { body } = await fay.ask<MeAnswer>('GET', '/api/me')
  expect(body).toMatchObject({ user: { name: 'Fay' }, formerNames: [{ name: 'Fay Two' }] })
  // Another spelling of one's own name holds nothing back.
  expect(await renames(fay, 'FAY')).toBe(200)
  expect((await fay.ask<MeAnswer>('GET', '/api/me')).body.formerNames).toHaveLength(1)
})

test('a name that two want at once, or that somebody gives up as another takes it, is one person’s', async () => {
  const [gus, hal] = [await brook.enter('Gus'), await brook.enter('Hal', 1)]
  expect([await renames(gus, 'Wanted'), await renames(hal, 'wanted')]).toEqual([200, 'name_taken'])
  const given = await Promise.all(
    Array.from({ length: 6 }, async (_, n) => {
      const giver = await brook.enter(`Giver ${n}`)
      const [renamed, came] = await Promise.all([
        renames(giver, `Gave ${n}`),
        joinsAs(`Giver ${n}`).then(
          () => 'in',
          () => 'out',
        ),
      ])
      return `${renamed} ${came}`
    }),
  )
  expect(new Set(given)).toEqual(new Set(['200 out']))
})

test('a name that looks like somebody’s is refused; whoever has such a name keeps it', async () => {
  const ivo = await brook.enter('scope')
  expect(await ivo.tries('PATCH', '/api/me', { name: 'Ivory' })).toBe(200)
  await expect(joinsAs('ѕсоре')).rejects.toThrow('name_alike')
  await expect(joinsAs('lvory')).rejects.toThrow('name_alike')
  await brook.db.run('INSERT INTO users (name, name_key, created_at) VALUES (?)', [
    ['modern', 'modern', new Date()],
  ])
  const { addSkeletons } = await import('../../server/naming/skeletons.ts')
  await addSkeletons(brook.db)
  await expect(joinsAs('rnodern')).rejects.toThrow('name_alike')
  for (const name of ['Brook', 'Adrnin', 'S.u.p.p.o.r.t', '客服', 'Former member', 'moderat0r'])
    await expect(joinsAs(name), name).rejects.toThrow('misleading_name')
})

test('of two who come at once with names that look alike, one does', async () => {
  for (let n = 0; n < 8; n += 1) {
    const came = await Promise.all(
      ['Pelican', 'PeIican'].map((name, server) =>
        fetch(`${brook.servers[server]?.address}/api/guests`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: `${name} ${n}` }),
        }),
      ),
    )
    expect(came.map(({ status }) => status).sort()).toEqual([201, 409])
  }
})

test('so is the name of a public room, when it is made, renamed or made public', async () => {
  const one = await brook.enter('Rooms')
  await one.makes('modern')
  const tried = { name: 'rnodern', kind: 'public' }
  expect(await one.tries('POST', '/api/rooms', tried)).toBe('room_name_alike')
  const hidden = await one.makes('rnodern', 'private')
  const path = `/api/rooms/${hidden.id}`
  expect(await one.tries('PATCH', path, { kind: 'public' })).toBe('room_name_alike')
  const other = await one.makes('another')
  expect(await one.tries('PATCH', `/api/rooms/${other.id}`, { name: 'mоdern' })).toBe('misleading_name')
  expect(await one.tries('PATCH', `/api/rooms/${other.id}`, { name: 'rnodern' })).toBe('room_name_alike')
  expect(await one.tries('PATCH', `/api/rooms/${other.id}`, { name: 'other still' })).toBe(200)
})

test('of two public rooms that are made at once and look alike, one is', async () => {
  const makers = [await brook.enter('Maker'), await brook.enter('Other maker', 1)]
  for (let n = 0; n < 6; n += 1) {
    const made = await Promise.all(
      makers.map((maker, one) =>
        maker.tries('POST', '/api/rooms', { name: `${one === 0 ? 'barn' : 'bam'} ${n}`, kind: 'public' }),
      ),
    )
    expect(made.map(String).sort()).toEqual(['201', 'room_name_alike'])
  }
})

test('whoever has a password confirms with it; a guest has none', async () => {
  const jan = await brook.enter('Jan')
  const room = await jan.makes('of guests and members')
  const isGuest = async (): Promise<boolean | undefined> =>
    (await jan.ask<MembersAnswer>('GET', `/api/rooms/${room.id}/members`)).body.members[0]?.guest
  expect(await isGuest()).toBe(true)
  expect(await jan.tries('PUT', '/api/session/password', { password })).toBe(200)
  expect(await isGuest()).toBeUndefined()
  expect(await renames(jan, 'Janus')).toBe('wrong_password')
  expect(await renames(jan, 'Janus', { password: 'not that one at all' })).toBe('wrong_password')
  expect(await renames(jan, 'Janus', { password })).toBe(200)
  expect(await renames(jan, 'a\u202eb', { password })).toBe('bad_name')
  expect((await jan.ask<{ user: { name: string } }>('GET', '/api/session')).body.user.name).toBe('Janus')
})

test('an administrator renames somebody, who is told and can say that they know; the audit log has both names', async () => {
  const kim = await brook.enter('Rude Word', 1)
  const path = `/api/admin/people/${kim.user.id}`
  expect(await kim.tries('PATCH', path, { name: 'Kim' })).toBe('not_found')
  expect(await root.tries('PATCH', path, { name: 'Kim', note: 'Please read the rules.' })).toBe(200)
  const note = { was: 'Rude Word', by: 'Root', note: 'Please read the rules.' }
  await until(() => kim.heard.some((event) => event.type === 'renamed' && event.note?.was === 'Rude Word'))
  expect((await kim.connects()).renameNote).toEqual(note)
  expect((await kim.ask<MeAnswer>('GET', '/api/me')).body).toMatchObject({ user: { name: 'Kim' }, note })
  expect(await kim.tries('DELETE', '/api/me/note')).toBe(204)
  expect((await kim.connects()).renameNote).toBeUndefined()
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit?kind=renamed')
  expect(body.entries.at(-1)).toMatchObject({
    by: { name: 'Root' },
    about: {
      person: { id: kim.user.id, name: 'Rude Word' },
      changed: { name: 'Kim' },
      reason: 'Please read the rules.',
    },
  })
  const bot = await brook.addBot('Helper')
  expect(await root.tries('PATCH', `/api/admin/people/${bot.id}`, { name: 'Other' })).toBe('no_such_person')
})

test('one person has only so many new names in a day', async () => {
  const paced = await Brook.start({ pacing: true })
  try {
    const lou = await paced.enter('Lou')
    const { burst } = rates.rename
    for (let n = 0; n < burst; n += 1) expect(await renames(lou, `Lou the ${n}`)).toBe(200)
    expect(await renames(lou, 'Lou once more')).toBe('too_many')
  } finally {
    await paced.stop()
  }
})
