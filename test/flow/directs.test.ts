// Direct rooms: found or made by who is in them, hidden until something is said, closed and back; and nobody else can tell that
// they exist.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Reminders } from '../../server/builtin-bot/reminders.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())

let count = 0
/** Somebody with a name that no other test uses; the second one is on another server. */
const enter = (name: string, server = 0): Promise<Person> => brook.enter(`${name} ${(count += 1)}`, server)

interface Opened {
  room?: RoomSummary
  error?: { code: string; message: string }
}
const opens = (person: Person, ...people: { user: { id: string } }[]) =>
  person.ask<Opened>('POST', '/api/directs', { people: people.map(({ user }) => user.id) })
async function direct(person: Person, ...people: Person[]): Promise<RoomSummary> {
  const { body } = await opens(person, ...people)
  if (body.room === undefined) throw new Error(`no room: ${JSON.stringify(body)}`)
  return body.room
}
const lists = async (person: Person, room: string): Promise<RoomSummary | undefined> =>
  (await person.rooms()).find(({ id }) => id === room)
const told = (person: Person, room: string): RoomSummary | undefined =>
  person.heard
    .flatMap((event) => (event.type === 'room' && event.room.id === room ? [event.room] : []))
    .at(-1)
const says = async (person: Person, room: string, text: string): Promise<number> =>
  (await person.acked(person.says(text, { room }))).seq

describe('the room of some people', () => {
  test('is made once by the first who asks, and found by each of them, in whatever order they are named', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob', 1), await enter('Carl')]
    const made = await opens(ann, bob, carl)
    expect(made.status).toBe(201)
    const room = made.body.room as RoomSummary
    expect(room).toMatchObject({
      kind: 'direct',
      name: `${bob.user.name}, ${carl.user.name}`,
      role: 'member',
    })
    expect(room.people?.map(({ id }) => id)).toEqual([bob.user.id, carl.user.id])
    const found = await opens(bob, carl, ann, carl, bob)
    expect(found.status).toBe(200)
    expect(found.body.room).toMatchObject({ id: room.id, name: `${ann.user.name}, ${carl.user.name}` })
    expect((await direct(ann, bob)).id).not.toBe(room.id)
  })

  test('is one, if 500 ask at once on two servers', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob', 1)]
    const asked = Array.from({ length: 250 }, () => [opens(ann, bob), opens(bob, ann)]).flat()
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ body }) => body.room?.id)).size).toBe(1)
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(499)
    const id = answers[0]?.body.room?.id ?? ''
    const { messages } = await ann.page('', id)
    expect(messages).toMatchObject([{ kind: 'notice', seq: 1, notice: { kind: 'created' } }])
  })

  test('is for notes, if it is yours alone', async () => {
    const ann = await enter('Ann')
    const room = await direct(ann)
    expect(room).toMatchObject({ kind: 'direct', name: ann.user.name, people: [{ id: ann.user.id }] })
    expect((await direct(ann, ann)).id).toBe(room.id)
    await says(ann, room.id, 'buy tea')
    expect((await lists(ann, room.id))?.head).toBe(2)
  })

  test('is refused with words: nobody, a bot, somebody banned, whose account has ended, yourself twice, too many', async () => {
    const ann = await enter('Ann')
    const code = async (...people: string[]): Promise<unknown> =>
      (await ann.ask<Opened>('POST', '/api/directs', { people })).body.error?.code
    expect(await code('987654321')).toBe('no_such_people')
    expect(await code((await brook.addBot(`bot ${(count += 1)}`)).id)).toBe('not_with_bots')
    expect(await code(ann.user.id, ann.user.id)).toBe('yourself_twice')
    expect(await code(...Array.from({ length: 15 }, (_, n) => String(1_000 + n)))).toBe('too_many_people')
    const banned = await enter('Banned')
    expect(await root.tries('POST', '/api/admin/bans', { user: banned.user.id })).toBe(201)
    expect(await code(banned.user.id)).toBe('cannot_write')
    const former = await enter('Former')
    expect(await former.tries('DELETE', '/api/me', { messages: 'keep' })).toBe(204)
    expect(await code(former.user.id)).toBe('no_such_people')
    const all = await Promise.all(Array.from({ length: 14 }, (_, n) => enter(`One of ${n}`)))
    expect((await direct(ann, ...all)).people).toHaveLength(14)
  })
})

describe('a list', () => {
  test('has it for whoever opened it, and for the others once something is said, on every device and server', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob', 1)]
    const device = bob.again()
    brook.people.push(device)
    await device.connects()
    const room = await direct(ann, bob)
    await until(() => told(ann, room.id))
    expect(await lists(ann, room.id)).toBeDefined()
    expect(await lists(bob, room.id)).toBeUndefined()
    expect((await bob.returns()).rooms.some(({ id }) => id === room.id)).toBe(false)
    const seq = await says(ann, room.id, 'hello Bob')
    for (const one of [bob, device]) {
      expect(await until(() => told(one, room.id))).toMatchObject({ kind: 'direct', name: ann.user.name })
      expect(await one.hears('hello Bob')).toMatchObject({ seq, room: room.id })
    }
    expect(await lists(bob, room.id)).toMatchObject({ unread: 1 })
    const answer = await says(bob, room.id, 'hello Ann')
    expect((await ann.hears('hello Ann')).seq).toBe(answer)
  })

  test('has it no more once it is closed, on all devices; nothing is lost, and it comes back when somebody writes', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob', 1)]
    const room = await direct(ann, bob)
    await says(ann, room.id, 'before')
    await bob.hears('before')
    const device = bob.again()
    brook.people.push(device)
    await device.connects()
    const closed = `/api/directs/${room.id}/closed`
    expect(await bob.tries('PUT', closed)).toBe(204)
    for (const one of [bob, device])
      await until(() => one.heard.some((event) => event.type === 'gone' && event.room === room.id))
    expect(await lists(bob, room.id)).toBeUndefined()
    expect((await bob.page('', room.id)).messages).toHaveLength(2)
    // Undone.
    expect(await bob.tries('DELETE', closed)).toBe(204)
    await until(() => told(device, room.id))
    expect(await lists(bob, room.id)).toBeDefined()
    expect(await bob.tries('PUT', closed)).toBe(204)
    await says(ann, room.id, 'after')
    for (const one of [bob, device]) await one.hears('after')
    expect(await lists(bob, room.id)).toMatchObject({ unread: 2 })
    // Found again, it is open again.
    expect(await bob.tries('PUT', closed)).toBe(204)
    expect((await direct(bob, ann)).id).toBe(room.id)
    expect(await lists(bob, room.id)).toBeDefined()
    const stranger = await enter('Stranger')
    expect(await stranger.tries('PUT', closed)).toBe('not_found')
    expect(await ann.tries('PUT', `/api/directs/${ann.room}/closed`)).toBe('not_found')
  })

  test('calls it by the others as they are called now', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob')]
    const room = await direct(ann, bob)
    const name = `Robert ${(count += 1)}`
    expect(await bob.tries('PATCH', '/api/me', { name })).toBe(200)
    expect(await lists(ann, room.id)).toMatchObject({ name, people: [{ id: bob.user.id, name }] })
    await until(() => ann.heard.some((event) => event.type === 'renamed' && event.people[0]?.name === name))
  })
})

describe('nobody else', () => {
  test('can tell that it exists: no list, search, file, link or right leads to it, not even an administrator’s', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob')]
    const outsider = await enter('Outsider')
    const { id } = await direct(ann, bob)
    const seq = await says(ann, id, `kingfisher @${bob.user.name}`)
    await brook.archive()
    await brook.index()
    for (const person of [outsider, root]) {
      for (const [method, path, body] of [
        ['GET', `/api/rooms/${id}`],
        ['GET', `/api/rooms/${id}/messages`],
        ['GET', `/api/rooms/${id}/members`],
        ['GET', `/api/rooms/${id}/export`],
        ['GET', `/api/rooms/${id}/hooks`],
        ['PUT', `/api/rooms/${id}/members/me`],
        ['POST', `/api/rooms/${id}/members`, { name: outsider.user.name }],
        ['POST', `/api/rooms/${id}/deletion`, { name: '' }],
        ['PATCH', `/api/rooms/${id}`, { kind: 'public' }],
        ['POST', `/api/rooms/${id}/messages`, { cid: newCid(), text: 'me too' }],
        ['POST', `/api/rooms/${id}/messages/${seq}/reports`, { reason: 'spam' }],
        ['PUT', `/api/rooms/${id}/bans/${bob.user.id}`, {}],
      ] as const)
        expect([path, await person.tries(method, path, body)]).toEqual([path, 'not_found'])
      for (const path of ['/api/rooms', '/api/directory', '/api/search?q=kingfisher', '/api/mentions'])
        expect(JSON.stringify(await person.ask('GET', path))).not.toMatch(/kingfisher|"direct"/)
    }
    expect(await root.tries('POST', '/api/invites', { rooms: [id] })).toBe('not_found')
    for (const path of ['/api/admin/rooms', '/api/admin/people', '/api/admin/audit', '/api/admin/reports'])
      expect(JSON.stringify(await root.ask('GET', path))).not.toContain('kingfisher')
    // It could have been found.
    for (const path of ['/api/search?q=kingfisher', '/api/mentions'])
      expect(JSON.stringify(await bob.ask('GET', path))).toContain('kingfisher')
  })

  test('has more rights in it than the others: an administrator is one of the people', async () => {
    const bob = await enter('Bob')
    const { id } = await direct(root, bob)
    const seq = await says(bob, id, 'mine')
    for (const [method, path, body] of [
      ['PATCH', `/api/rooms/${id}`, { topic: 'tea' }],
      ['PATCH', `/api/rooms/${id}`, { kind: 'public' }],
      ['PATCH', `/api/rooms/${id}`, { archived: true }],
      ['POST', `/api/rooms/${id}/members`, { name: 'Root' }],
      ['PUT', `/api/rooms/${id}/members/${bob.user.id}`, { role: 'owner' }],
      ['DELETE', `/api/rooms/${id}/members/${bob.user.id}`],
      ['GET', `/api/rooms/${id}/hooks`],
      ['POST', `/api/rooms/${id}/deletion`, { name: bob.user.name }],
    ] as const)
      expect([path, await root.tries(method, path, body)]).toEqual([path, 'not_allowed'])
    expect(await root.tries('DELETE', `/api/rooms/${id}/messages/${seq}`, { cid: newCid() })).toBe(
      'not_yours',
    )
    expect(await root.tries('POST', '/api/invites', { rooms: [id] })).toBe('not_found')
    expect(await root.tries('PUT', `/api/rooms/${id}/pins/${seq}`, { cid: newCid() })).toBe(200)
  })

  test('leaves a conversation of two; of a group one does, and is found in it no more', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob'), await enter('Carl')]
    const two = await direct(ann, bob)
    expect(await bob.tries('DELETE', `/api/rooms/${two.id}/members/me`)).toBe('direct_stays')
    const three = await direct(ann, bob, carl)
    await says(ann, three.id, 'all of us')
    await carl.hears('all of us')
    expect(await carl.tries('DELETE', `/api/rooms/${three.id}/members/me`)).toBe(204)
    expect(await lists(carl, three.id)).toBeUndefined()
    await until(
      async () => (await lists(ann, three.id))?.people?.map(({ id }) => id),
      (ids) => ids?.length === 1,
    )
    expect((await direct(ann, bob)).id).toBe(two.id)
    expect((await direct(ann, bob, carl)).id).not.toBe(three.id)
  })
})

describe('who may write', () => {
  const sends = async (person: Person, room: string, text = 'hello?'): Promise<string | number> =>
    person.tries('POST', `/api/rooms/${room}/messages`, { cid: newCid(), text })
  const refused = async (person: Person, room: string): Promise<string> =>
    (await person.refused(person.says('psst', { room }))).code
  const allows = (person: Person, writers: string) => person.tries('PATCH', '/api/me', { writers })
  const block = (person: Person, other: Person) => person.tries('PUT', `/api/blocks/${other.user.id}`)
  const unblock = (person: Person, other: Person) => person.tries('DELETE', `/api/blocks/${other.user.id}`)

  test('nobody whom they block, on any server and by any way; who blocks does not write either; nobody is told', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob', 1)]
    const { id } = await direct(bob, ann)
    const seq = await says(bob, id, 'hello')
    await ann.hears('hello')
    const phone = ann.again()
    await phone.connects()
    expect(await block(ann, bob)).toBe(204)
    expect(await block(ann, bob)).toBe(204)
    // Her other devices know at once; he is not told.
    await until(() => phone.heard.some(({ type }) => type === 'blocks'))
    expect(bob.heard.some(({ type }) => type === 'blocks')).toBe(false)
    await until(
      async () => await refused(bob, id),
      (code) => code === 'cannot_write',
    )
    const heard = ann.heard.length
    expect(await sends(bob, id)).toBe('cannot_write')
    const cid = newCid()
    for (const [method, path, body] of [
      ['PATCH', `messages/${seq}`, { cid, text: 'hello again' }],
      ['PUT', `messages/${seq}/reactions/%F0%9F%91%8D`, { cid }],
      ['PUT', `pins/${seq}`, { cid }],
      ['POST', 'polls', { cid, question: 'Tea?', options: ['yes', 'no'] }],
      ['POST', 'commands', { cid, name: 'poll', args: 'Tea? yes, no' }],
    ] as const)
      expect([path, await bob.tries(method, `/api/rooms/${id}/${path}`, body)]).toEqual([
        path,
        'cannot_write',
      ])
    expect(await sends(ann, id)).toBe('you_blocked')
    // What was said before is there for both, and one's own words can be taken back.
    expect((await ann.page('', id)).messages).toHaveLength(2)
    expect((await direct(bob, ann)).id).toBe(id)
    expect(await bob.tries('DELETE', `/api/rooms/${id}/messages/${seq}`, { cid: newCid() })).toBe(200)
    await until(() => ann.heard.some((event) => event.type === 'deleted' && event.target === seq))
    expect(ann.heard.slice(heard).filter((event) => event.type === 'message')).toEqual([])
    const { body } = await ann.ask<{ blocks: unknown[] }>('GET', '/api/blocks')
    expect(body.blocks).toMatchObject([{ user: { id: bob.user.id, name: bob.user.name } }])
    expect((await bob.ask<{ blocks: unknown[] }>('GET', '/api/blocks')).body.blocks).toEqual([])
    expect(await unblock(ann, bob)).toBe(204)
    await until(
      async () => sends(bob, id),
      (answer) => answer === 201,
    )
    expect(await block(ann, ann)).toBe('bad_request')
    expect(await ann.tries('PUT', '/api/blocks/987654321')).toBe('no_such_people')
  })

  test('nor does a reminder that they have asked for before say it in their name', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob'), await enter('Carl')]
    const [two, three] = [await direct(bob, ann), await direct(bob, ann, carl)]
    const reminders = new Reminders(brook.db)
    const may = (room: string, { id, name }: { id: string; name: string } = bob.user) => {
      const due = { id: '1', thread: null, target: null, text: 'psst', cid: newCid() }
      return reminders.isWelcome({ ...due, user: { id, name }, room }, new Date())
    }
    expect([await may(two.id), await may(three.id), await may(two.id, ann.user)]).toEqual([true, true, true])
    expect(await block(ann, bob)).toBe(204)
    expect([await may(two.id), await may(two.id, ann.user)]).toEqual([false, false])
    // With others there, everybody writes.
    expect(await may(three.id)).toBe(true)
    expect(await unblock(ann, bob)).toBe(204)
    expect(await allows(ann, 'nobody')).toBe(200)
    expect([await may(two.id), await may(two.id, ann.user)]).toEqual([false, true])
  })

  test('nobody begins a conversation with whom they block, or who blocks them; it looks the same as if nobody may', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob'), await enter('Carl')]
    expect(await block(ann, bob)).toBe(204)
    expect(await allows(carl, 'nobody')).toBe(200)
    const [blocked, nobody] = [await opens(bob, ann), await opens(bob, carl)]
    expect(blocked.status).toBe(nobody.status)
    expect(blocked.body.error?.code).toBe('cannot_write')
    expect(blocked.body.error?.message.replace(ann.user.name, '')).toBe(
      nobody.body.error?.message.replace(carl.user.name, ''),
    )
    expect((await opens(ann, bob)).body.error?.code).toBe('you_blocked')
    expect((await opens(bob, ann, carl)).body.error?.code).toBe('cannot_write')
  })

  test('everyone, people in a room with them, or nobody, as they choose; whom they write to can answer', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob'), await enter('Carl')]
    const { id: old } = await direct(bob, ann)
    expect(await sends(bob, old)).toBe(201)
    expect(await allows(ann, 'shared')).toBe(200)
    expect((await ann.ask<{ writers: string }>('GET', '/api/me')).body.writers).toBe('shared')
    expect(await sends(bob, old)).toBe('cannot_write')
    expect((await opens(carl, ann)).body.error?.code).toBe('cannot_write')
    await brook.meet(ann, carl, bob)
    expect(await sends(bob, old)).toBe(201)
    expect((await opens(carl, ann)).status).toBe(201)
    expect(await allows(ann, 'nobody')).toBe(200)
    expect(await sends(bob, old)).toBe('cannot_write')
    const dora = await enter('Dora')
    const { id: begun } = await direct(ann, dora)
    expect(await sends(ann, begun)).toBe(201)
    expect(await sends(dora, begun)).toBe(201)
    expect(await allows(ann, 'friends')).toBe('bad_request')
  })

  test('not to whose account has ended: what was said stays, under no name', async () => {
    const [ann, bob] = [await enter('Ann'), await enter('Bob')]
    const { id } = await direct(ann, bob)
    expect(await sends(bob, id)).toBe(201)
    expect(await bob.tries('DELETE', '/api/me', { messages: 'keep' })).toBe(204)
    expect(await sends(ann, id)).toBe('cannot_write')
    expect(await lists(ann, id)).toMatchObject({ name: 'Former member', people: [{ id: bob.user.id }] })
    expect((await ann.page('', id)).messages.at(-1)).toMatchObject({ user: { name: 'Former member' } })
  })

  test('in a group everybody; whom somebody blocks mentions them no more', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob'), await enter('Carl')]
    const { id } = await direct(ann, bob, carl)
    expect(await sends(bob, id, `@${ann.user.name} one`)).toBe(201)
    const mentioned = async () =>
      JSON.stringify((await ann.ask('GET', '/api/mentions')).body).match(/ (one|two|three)"/g) ?? []
    expect(await mentioned()).toHaveLength(1)
    expect(await lists(ann, id)).toMatchObject({ mentions: 1 })
    expect(await block(ann, bob)).toBe(204)
    expect(await sends(bob, id, `@${ann.user.name} two`)).toBe(201)
    expect(await sends(carl, id, `@${ann.user.name} three`)).toBe(201)
    for (const archive of [false, true]) {
      if (archive) await brook.archive()
      expect(await mentioned()).toEqual([' three"'])
      expect(await lists(ann, id)).toMatchObject({ mentions: 1 })
    }
  })
})

describe('everything else of rooms', () => {
  test('is there: search with:, threads, a file, saved messages; what a rule would hold for moderators is refused', async () => {
    const [ann, bob, carl] = [await enter('Ann'), await enter('Bob'), await enter('Carl')]
    const two = await direct(ann, bob)
    const three = await direct(ann, bob, carl)
    const seq = await says(bob, two.id, 'bittern in the reeds')
    await says(bob, three.id, 'bittern for all')
    await ann.hears('bittern in the reeds')
    const found = async (q: string) => {
      const { body } = await ann.ask<{ hits?: { message: { text: string } }[]; error?: { code: string } }>(
        'GET',
        `/api/search?${new URLSearchParams({ q }).toString()}`,
      )
      return body.error?.code ?? body.hits?.map(({ message }) => message.text)
    }
    expect(await found(`bittern with:"${carl.user.name}"`)).toEqual(['bittern for all'])
    expect(await found(`bittern with:"${bob.user.name}"`)).toHaveLength(2)
    expect(await found('bittern with:nobody-at-all')).toBe('no_such_person')
    const reply = await ann.ask('POST', `/api/rooms/${two.id}/messages`, {
      cid: newCid(),
      text: 'where?',
      thread: seq,
    })
    expect(reply.status).toBe(201)
    await until(
      async () => JSON.stringify((await bob.ask('GET', '/api/threads')).body),
      (text) => text.includes('bittern'),
    )
    expect(await ann.tries('PUT', `/api/saved/${two.id}/${seq}`)).toBe(204)
    const file = await fetch(`${ann.address}/api/rooms/${two.id}/export?format=jsonl`, {
      headers: { cookie: ann.cookie },
    })
    expect(file.headers.get('content-disposition')).toContain(encodeURIComponent(bob.user.name))
    expect(await file.text()).toContain('bittern in the reeds')
    expect(JSON.stringify((await root.ask('GET', '/api/admin/audit?kind=exported')).body)).not.toContain(
      ann.user.name,
    )
    await brook.archive()
    const own = await fetch(`${ann.address}/api/me/export`, { headers: { cookie: ann.cookie } })
    expect(await own.text()).toContain(`"name":"${bob.user.name}","kind":"direct"`)
    expect(
      await root.tries('POST', '/api/admin/rules', { kind: 'word', text: 'cormorant', does: 'hold' }),
    ).toBe(201)
    await until(
      async () => ann.tries('POST', `/api/rooms/${two.id}/messages`, { cid: newCid(), text: 'cormorant' }),
      (code) => code === 'refused_by_rule',
    )
    expect(JSON.stringify((await root.ask('GET', '/api/admin/reports')).body)).not.toContain('cormorant')
  })
})
