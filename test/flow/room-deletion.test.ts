// A deleted room is not there, for anybody, on any server; for a day an administrator restores it, and then its words are in no
// table. The clock: the time of the decision is moved back, instead of waiting for a day.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Deletions } from '../../server/deleted-rooms/deletions.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { DeletedRoom, DeletedRoomsAnswer } from '../../server/protocol/room-deletion.ts'
import { Bot, type Told } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let line: CommandLine
let root: Person
let ann: Person
/** On another server than the others. */
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  line = await commandLine(brook.stores)
  root = await brook.enter('Root')
  await brook.makesAdmin(root)
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob', 1)
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

async function code(person: Person, method: string, path: string, body?: unknown): Promise<string | number> {
  const answer = await person.ask<{ error?: { code: string } } | undefined>(method, path, body)
  return answer.body?.error?.code ?? answer.status
}
const deletes = (person: Person, room: string, name: string) =>
  code(person, 'POST', `/api/rooms/${room}/deletion`, { name })
const restores = (person: Person, room: string, body: object = {}) =>
  code(person, 'POST', `/api/admin/rooms/${room}/restore`, body)
const listed = async (room: string): Promise<DeletedRoom[]> =>
  (await root.ask<DeletedRoomsAnswer>('GET', '/api/admin/rooms')).body.rooms.filter(({ id }) => id === room)

const goneFor = (person: Person, room: string): boolean =>
  person.heard.some((event) => event.type === 'gone' && event.room === room)

async function says(person: Person, room: string, text: string): Promise<number> {
  const cid = newCid()
  person.tells({ type: 'send', room, cid, text })
  return (await person.acked(cid)).seq
}
const seen = async (person: Person, room: string): Promise<RoomSummary | undefined> =>
  (await person.rooms()).find(({ id }) => id === room)

/** Moves the time of the decision back by a day and a minute. */
const aDayLater = (room: string) =>
  brook.db.run('UPDATE room_deletions SET created_at = created_at - INTERVAL ? SECOND WHERE room_id = ?', [
    limits.erasing.undoMs / 1_000 + 60,
    room,
  ])

test('its owner deletes a room by its name: at once it is not there, and an administrator brings it back as it was', async () => {
  const { id: room, name } = await brook.meet(ann, bob)
  const outsider = await brook.enter('Olga', 1)
  const seq = await says(ann, room, `heron @${bob.user.name}`)
  const { body: hook } = await ann.ask<{ path: string }>('POST', `/api/rooms/${room}/hooks/incoming`, {
    name: 'tool',
  })
  const post = async () =>
    (
      await fetch(ann.address + hook.path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'a heron by hook' }),
      })
    ).status
  expect(await post()).toBe(200)
  const { printed } = await line.type('bot', 'add', 'watcher')
  const bot = new Bot(printed[0] ?? '', brook.servers[1]?.address ?? '')
  const botName = (await bot.ask<{ user: { name: string } }>('GET', '/api/session')).body.user.name
  const { cursor } = (await bot.ask<{ cursor: string }>('GET', '/api/bots/me/entries')).body
  expect(await code(root, 'PUT', `/api/rooms/${room}/members/me`)).toBe(200)
  expect(await code(root, 'POST', `/api/rooms/${room}/members`, { name: botName })).toBe(204)
  const { body: made } = await root.ask<{ invite: { code: string } }>('POST', '/api/invites', {
    rooms: [room],
  })
  await says(bob, room, 'for the bot')
  await brook.archive()
  await brook.index()
  await code(bob, 'PUT', `/api/saved/${room}/${seq}`)
  expect(
    await code(bob, 'POST', `/api/rooms/${room}/messages/${seq}/reports`, { reason: 'spam' }),
  ).toBeLessThan(300)

  const places = [
    `/api/rooms/${room}`,
    `/api/rooms/${room}/messages`,
    `/api/rooms/${room}/messages?around=${seq}`,
    `/api/rooms/${room}/members`,
    `/api/rooms/${room}/pins`,
    `/api/rooms/${room}/threads/${seq}/messages`,
    `/api/rooms/${room}/export?format=jsonl`,
  ]
  const lists = [
    '/api/rooms',
    '/api/directory',
    '/api/search?q=heron',
    '/api/mentions',
    '/api/saved',
    '/api/threads',
  ]
  const text = async (person: Person, path: string): Promise<string> =>
    (await fetch(person.address + path, { headers: { cookie: person.cookie } })).text()
  const found = async (): Promise<string[]> => {
    const all = await Promise.all(lists.map(async (path) => [path, await text(bob, path)] as const))
    return all.flatMap(([path, body]) => (body.includes(name) || body.includes('heron') ? [path] : []))
  }
  expect(await found()).toEqual(lists.filter((path) => path !== '/api/threads'))
  expect(await text(root, '/api/admin/reports')).toContain('heron')

  expect(await deletes(bob, room, name)).toBe('not_allowed')
  expect(await deletes(ann, room, 'another')).toBe('wrong_room_name')
  expect(await restores(root, room)).toBe('not_found')
  expect(await seen(bob, room)).toBeDefined()
  const before = (await seen(bob, room))?.read
  expect(await deletes(ann, room, ` ${name} `)).toBe(204)
  for (const person of [ann, bob, root, outsider]) await until(() => goneFor(person, room))
  for (const person of [ann, bob, root, outsider])
    for (const path of places) expect(await code(person, 'GET', path), path).toBe('not_found')
  expect(await found()).toEqual([])
  expect(await text(root, '/api/admin/reports')).not.toContain('heron')
  expect(await post()).toBe(404)
  expect(await code(bob, 'PUT', `/api/rooms/${room}/members/me`)).toBe('not_found')
  expect(await code(root, 'PATCH', `/api/rooms/${room}`, { kind: 'public' })).toBe('not_found')
  expect(await deletes(ann, room, name)).toBe('not_found')
  const cid = newCid()
  bob.tells({ type: 'send', room, cid, text: 'still here?' })
  await until(() => bob.heard.some((event) => event.type === 'error' && event.cid === cid))
  const invite = await fetch(`${ann.address}/api/invites/${made.invite.code}`)
  expect(await invite.text()).not.toContain(name)
  expect((await line.type('export', name)).code).not.toBe(0)
  const { body: told } = await bot.ask<Told>('GET', `/api/bots/me/entries?after=${cursor}&limit=200`)
  expect(told.entries.at(-1)).toMatchObject({ type: 'gone', room })

  expect(await listed(room)).toMatchObject([
    { id: room, name, kind: 'public', people: 4, by: { name: 'Ann' } },
  ])
  expect(await restores(ann, room)).toBe('not_found')
  expect(await restores(root, room)).toBe(204)
  expect(await listed(room)).toEqual([])
  for (const person of [ann, bob])
    await until(() => {
      const last = person.heard.findLast(
        (event) => 'room' in event && JSON.stringify(event).includes('"joined":true'),
      )
      return last?.type === 'room' && last.room.id === room
    })
  expect((await seen(ann, room))?.role).toBe('owner')
  expect((await seen(bob, room))?.read).toBe(before)
  expect(await found()).toEqual(lists.filter((path) => path !== '/api/threads'))
  expect(await post()).toBe(200)
  expect((await says(bob, room, 'back again')) > seq).toBe(true)
  await until(() => ann.heard.some((event) => event.type === 'message' && event.text === 'back again'))
  const audit = await root.ask<AuditAnswer>('GET', '/api/admin/audit')
  expect(audit.body.entries.filter(({ kind }) => kind.startsWith('room_'))).toMatchObject([
    { kind: 'room_deleted', by: { name: 'Ann' }, about: { room: { id: room, name } } },
    { kind: 'room_restored', by: { name: 'Root' }, about: { room: { id: room, name } } },
  ])
})

test('who may: the owner of a private room and no administrator outside of it; the default room nobody; a public one an administrator', async () => {
  const lobby = (await root.rooms()).find(({ isDefault }) => isDefault)
  expect(await deletes(root, lobby?.id ?? '', lobby?.name ?? '')).toBe('default_room')
  const { body } = await ann.ask<{ room: RoomSummary }>('POST', '/api/rooms', {
    name: 'secret',
    kind: 'private',
  })
  const { id } = body.room
  expect(await deletes(root, id, 'secret')).toBe('not_found')
  expect(await deletes(ann, id, 'secret')).toBe(204)
  await until(() => goneFor(ann, id))
  // Nobody learns of a private room by its end.
  const open = await brook.meet(ann)
  expect(await deletes(root, open.id, open.name)).toBe(204)
  await until(() => goneFor(bob, open.id))
  expect(goneFor(bob, id)).toBe(false)
  expect(await restores(root, id)).toBe(204)
  await until(async () => (await seen(ann, id))?.role === 'owner')
  expect(await code(root, 'GET', `/api/rooms/${id}`)).toBe('not_found')
})

test('its name is free; whoever restores it then is asked for another', async () => {
  const { id, name } = await brook.meet(ann, bob)
  expect(await deletes(ann, id, name)).toBe(204)
  expect(await code(bob, 'POST', '/api/rooms', { name, kind: 'public' })).toBe(201)
  expect(await restores(root, id)).toBe('room_name_taken')
  expect(await listed(id)).toHaveLength(1)
  expect(await restores(root, id, { name: `${name} again` })).toBe(204)
  expect((await seen(bob, id))?.name).toBe(`${name} again`)
})

test('whoever dies in the middle is replaced: what is decided is told by another server', async () => {
  const { id, name } = await brook.meet(ann, bob)
  const seq = await says(ann, id, 'a word')
  const dying = () => Promise.reject(new Error('the process died'))
  const { noteNotice } = await import('../../server/membership/notices.ts')
  const deletions = new Deletions({
    db: brook.db,
    notices: { note: noteNotice, tell: dying },
    roster: { roomChanged: dying, peopleChanged: dying },
  })
  const user = { ...ann.user, guest: true, admin: false }
  await expect(deletions.delete({ user, address: '127.0.0.1' }, id, name)).rejects.toThrow('the process died')
  expect(await code(bob, 'GET', `/api/rooms/${id}`)).toBe('not_found')
  await until(() => goneFor(bob, id), undefined, 20_000)
  // A server that begins now knows it, too.
  const address = await brook.serve()
  const late = await brook.enter(
    'Late',
    brook.servers.findIndex((one) => one.address === address),
  )
  expect(await code(late, 'GET', `/api/rooms/${id}/messages?around=${seq}`)).toBe('not_found')
  expect(await restores(root, id)).toBe(204)
  await until(async () => (await seen(bob, id))?.joined === true)
})

test('a day later its words are in no table, its numbers stay used, and it cannot be restored', async () => {
  const { id, name } = await brook.meet(ann, bob)
  expect(await code(ann, 'PATCH', `/api/rooms/${id}`, { topic: 'about the pelican' })).toBe(200)
  const seq = await says(ann, id, `pelican @${bob.user.name}`)
  const edit = newCid()
  ann.tells({ type: 'edit', room: id, seq, cid: edit, text: `pelicans @${bob.user.name}` })
  await ann.acked(edit)
  await code(ann, 'PUT', `/api/rooms/${id}/pins/${seq}`, { cid: newCid() })
  await code(bob, 'PUT', `/api/rooms/${id}/messages/${seq}/reactions/%F0%9F%91%8D`, { cid: newCid() })
  await code(bob, 'PUT', `/api/saved/${id}/${seq}`)
  await code(bob, 'POST', `/api/rooms/${id}/messages/${seq}/reports`, { reason: 'spam' })
  await brook.archive()
  await brook.index()
  const rowsOf = async (): Promise<number[]> => {
    const counts = []
    for (const which of [
      "messages WHERE CONCAT_WS(' ', text, first_text, body, notice) LIKE '%pelican%' AND",
      "changes WHERE CONCAT_WS(' ', text, body) LIKE '%pelican%' AND",
      ...['search_postings', 'mentions', 'reactions', 'pins', 'saved', 'reports', 'review_cases'].map(
        (table) => `${table} WHERE`,
      ),
      "rooms WHERE topic <> '' AND",
    ]) {
      const column = which.startsWith('rooms') ? 'id' : 'room_id'
      const [row] = await brook.db.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${which} ${column} = ?`, [
        id,
      ])
      counts.push(Number(row?.n))
    }
    return counts
  }
  expect((await rowsOf()).filter((n) => n === 0)).toEqual([])
  const numbers = async () =>
    (
      await brook.db.rows<{ seq: number }>('SELECT seq FROM messages WHERE room_id = ? ORDER BY seq', [id])
    ).map((row) => row.seq)
  const used = await numbers()
  expect(await deletes(ann, id, name)).toBe(204)
  await aDayLater(id)
  // What is still only in Redis would come after: nothing is erased before it is archived.
  expect(await restores(root, id)).toBe('erased_for_good')
  await brook.archive()
  const isErased = async () =>
    (await brook.db.rows('SELECT 1 FROM room_deletions WHERE room_id = ? AND erased_at IS NOT NULL', [id]))
      .length
  await until(isErased, (n) => n === 1, 20_000)
  expect((await rowsOf()).filter((n) => n > 0)).toEqual([])
  expect((await numbers()).slice(0, used.length)).toEqual(used)
  expect(await restores(root, id)).toBe('erased_for_good')
  expect(await listed(id)).toEqual([])
  const { body } = await root.ask<AuditAnswer>('GET', '/api/admin/audit?kind=room_erased')
  expect(body.entries.at(-1)).toMatchObject({ by: null, about: { room: { id, name } } })
})
