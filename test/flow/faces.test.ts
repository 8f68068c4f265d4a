// The faces of bots and webhooks, and the pictures of rooms and of the workspace: who may change them, who sees them, and when.
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LooksEvent } from '../../server/protocol/events.ts'
import type { HooksAnswer, OpenedAnswer } from '../../server/protocol/hooks.ts'
import type { RoomAnswer } from '../../server/protocol/http.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Workspace } from '../../server/protocol/workspace.ts'
import { Bots } from '../../server/bot/bots.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  root = await brook.arrive('Root')
  await brook.makesAdmin(root)
})
afterAll(() => brook.stop())

const image = (background = 'teal') =>
  sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .png()
    .toBuffer()

async function puts<T>(who: Person, path: string, bytes?: Buffer) {
  const answer = await fetch(who.address + path, {
    method: 'PUT',
    headers: { cookie: who.cookie, origin: who.address, 'content-type': 'image/png' },
    body: new Uint8Array(bytes ?? (await image())),
  })
  const text = await answer.text()
  const body = (text === '' ? {} : JSON.parse(text)) as T & { error?: { code: string } }
  return { is: body.error?.code ?? answer.status, body }
}
const gets = (who: Person, path: string) => fetch(who.address + path, { headers: { cookie: who.cookie } })
const avatarSeen = (who: Person, id: string): string | undefined =>
  who.heard
    .filter((event): event is LooksEvent => event.type === 'looks')
    .flatMap(({ people }) => people)
    .findLast((look) => look.id === id)?.avatar
const audited = async (kind: string): Promise<string[]> =>
  (await brook.db.rows<{ about: string }>('SELECT about FROM audit WHERE kind = ? ORDER BY seq', [kind])).map(
    ({ about }) => about,
  )

test('administrators give a bot a face, which whoever looks sees at once, on every server', async () => {
  const bot = await Bots.addForDuty(brook.db, 'Deploys', 'deploys')
  const id = bot?.id ?? ''
  const bob = await brook.enter('Bob who looks', 1)
  bob.tells({ type: 'watch', people: [id] })
  const path = `/api/admin/bots/${id}/avatar`
  expect((await puts(bob, path)).is, 'not there for everybody else').toBe('not_found')
  expect((await puts(root, `/api/admin/bots/${bob.user.id}/avatar`)).is).toBe('no_such_person')
  expect((await puts(root, path, Buffer.from('no image'))).is).toBe('bad_image')
  expect((await puts(root, path)).is).toBe(204)
  const hash = await until(
    () => avatarSeen(bob, id),
    (seen) => seen !== undefined,
  )
  const shown = await gets(bob, `/api/people/${id}/avatar?v=${hash}`)
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
  expect(await root.tries('DELETE', path)).toBe(204)
  await until(() => avatarSeen(bob, id) === undefined)
  expect((await gets(bob, `/api/people/${id}/avatar`)).status).toBe(404)
  await until(
    () => audited('bot_changed'),
    (about) => about.length === 2 && about.every((one) => one.includes(id)),
  )
})

test('whoever manages the webhooks of a room gives one a face, and its messages have it', async () => {
  const ann = await brook.enter('Ann with a hook')
  const { id: room } = await ann.makes('builds')
  const { body: opened } = await ann.ask<OpenedAnswer>('POST', `/api/rooms/${room}/hooks/incoming`, {
    name: 'CI',
  })
  const { id: hook, user } = opened.hook
  const path = `/api/rooms/${room}/hooks/incoming/${hook}/avatar`
  const member = await brook.enter('Member of builds')
  await member.ask('PUT', `/api/rooms/${room}/members/me`)
  expect((await puts(member, path)).is).toBe('not_allowed')
  expect((await puts(ann, `/api/rooms/${room}/hooks/incoming/999/avatar`)).is).toBe('not_found')
  const { id: other } = await ann.makes('another')
  expect((await puts(ann, `/api/rooms/${other}/hooks/incoming/${hook}/avatar`)).is).toBe('not_found')
  expect((await puts(ann, path)).is).toBe(204)
  await fetch(ann.address + opened.path, { method: 'POST', body: JSON.stringify({ text: 'built' }) })
  const said = await ann.hears('built')
  expect(said.user.id).toBe(user)
  member.tells({ type: 'watch', people: [user] })
  const hash = await until(
    () => avatarSeen(member, user),
    (seen) => seen !== undefined,
  )
  expect((await gets(member, `/api/people/${user}/avatar?v=${hash}`)).status).toBe(200)
  expect(await ann.tries('DELETE', path)).toBe(204)
  await until(() => avatarSeen(member, user) === undefined)
  const { body } = await ann.ask<HooksAnswer>('GET', `/api/rooms/${room}/hooks`)
  expect(body.incoming).toEqual([expect.objectContaining({ id: hook, user })])
})

test('owners give a room a picture: its members are told, and nobody who does not see the room sees it', async () => {
  const ann = await brook.enter('Ann with a room')
  const { id: room } = await ann.makes('secret garden', 'private')
  const bob = await brook.enter('Bob of the garden', 1)
  await ann.ask('POST', `/api/rooms/${room}/members`, { name: bob.user.name })
  const path = `/api/rooms/${room}/picture`
  expect((await puts(bob, path)).is).toBe('not_allowed')
  expect(await ann.tries('PATCH', `/api/rooms/${room}`, { picture: 'x' }), 'it is uploaded').toBe(
    'bad_request',
  )
  const { body } = await puts<RoomAnswer>(ann, path)
  const { picture = '' } = body.room
  expect(picture).toHaveLength(22)
  const roomOf = async (who: Person): Promise<RoomSummary | undefined> =>
    (await who.ask<RoomAnswer>('GET', `/api/rooms/${room}`)).body.room
  expect((await roomOf(bob))?.picture).toBe(picture)
  const notices = () =>
    bob.heard.flatMap((event) =>
      event.type === 'notice' && event.notice.kind === 'picture' ? [event.notice.picture] : [],
    )
  await until(notices, (seen) => seen.length === 1)
  expect(notices()).toEqual([picture])
  const shown = await gets(bob, `${path}?v=${picture}`)
  expect([shown.status, shown.headers.get('cache-control')]).toEqual([
    200,
    'private, max-age=31536000, immutable',
  ])
  const { width, height } = await sharp(Buffer.from(await shown.arrayBuffer())).metadata()
  expect([width, height]).toEqual([256, 256])
  const carl = await brook.enter('Carl outside')
  expect((await gets(carl, `${path}?v=${picture}`)).status).toBe(404)
  expect((await fetch(carl.address + path)).status).toBe(401)

  // The same again is no change.
  await puts(ann, path)
  expect((await puts<RoomAnswer>(ann, path, await image('red'))).body.room.picture).not.toBe(picture)
  expect(await ann.tries('DELETE', path)).toBe(200)
  await until(notices, (seen) => seen.length === 3 && seen[2] === '')
  expect((await roomOf(bob))?.picture).toBe('')
  expect((await gets(bob, path)).status).toBe(404)
  const changes = (await audited('room_changed')).map((about) => JSON.parse(about) as { changed: object })
  expect(changes.map(({ changed }) => changed)).toEqual([
    { picture: true },
    { picture: true },
    { picture: false },
  ])
})

test('administrators give the workspace a picture, which everybody sees who signs in', async () => {
  const path = '/api/workspace/picture'
  const icon = async () => (await root.ask<Workspace>('GET', '/api/workspace')).body.icon
  const bob = await brook.arrive('Bob who is no administrator')
  expect((await puts(bob, path)).is).toBe('not_found')
  expect(await icon()).toBeUndefined()
  const { body } = await puts<Workspace>(root, path)
  const { picture = '' } = body.icon ?? {}
  expect(picture).toHaveLength(22)
  expect((await icon())?.picture).toBe(picture)
  const shown = await fetch(`${root.address}${path}?v=${picture}`)
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
  await root.ask('PATCH', '/api/workspace', { name: 'Northwind' })
  expect(await icon(), 'it stays').toMatchObject({ picture, text: 'N' })
  expect(await root.tries('DELETE', path)).toBe(200)
  expect((await icon())?.picture).toBeUndefined()
  expect((await fetch(root.address + path)).status).toBe(404)
})
