// Profiles: what people say about themselves, the directory, faces; told at once to whoever looks, on every server.
import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LooksEvent, MeEvent } from '../../server/protocol/events.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { MeAnswer, MeChanged } from '../../server/protocol/naming.ts'
import type { Look, PeopleAnswer, ProfileAnswer } from '../../server/protocol/profiles.ts'
import { rates } from '../../server/protocol/rates.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

const password = 'violet anchors drift north'
const changes = (who: Person, body: object) => who.tries('PATCH', '/api/me', body)
const profileOf = async (reader: Person, { user: { id } }: Pick<Person, 'user'>) =>
  (await reader.ask<ProfileAnswer>('GET', `/api/people/${id}`)).body
const watches = (who: Person, ...people: Person[]) =>
  who.tells({ type: 'watch', people: people.map(({ user }) => user.id) })
/** The newest look of somebody that has come. */
const lookOf = (who: Person, { user: { id } }: Person): Look | undefined =>
  who.heard
    .filter((event): event is LooksEvent => event.type === 'looks')
    .flatMap(({ people }) => people)
    .findLast((look) => look.id === id)

const image = (width = 300, height = 200, format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png') =>
  sharp({ create: { width, height, channels: 3, background: 'teal' }, limitInputPixels: false } as never)
    .toFormat(format)
    .toBuffer()

async function uploads(who: Person, bytes: Buffer, type = 'image/png'): Promise<string | number> {
  const answer = await fetch(`${who.address}/api/me/avatar`, {
    method: 'PUT',
    headers: { cookie: who.cookie, origin: who.address, 'content-type': type },
    body: new Uint8Array(bytes),
  })
  const body = (await answer.json()) as { error?: { code: string } }
  return body.error?.code ?? answer.status
}
const face = (who: Person, of: Person, hash: string) =>
  fetch(`${who.address}/api/people/${of.user.id}/avatar?v=${hash}`, { headers: { cookie: who.cookie } })

describe('what somebody says about themselves', () => {
  test('is there for everybody at once, on both servers, and can be taken back', async () => {
    const ann = await brook.enter('Ann Lee')
    const bob = await brook.enter('Bob Roy', 1)
    watches(bob, ann)
    await until(() => lookOf(bob, ann)?.presence === 'online')
    const until3 = Date.now() + 3 * 3_600_000
    const said = {
      title: '  Head of   Gardens ',
      pronouns: 'she/her',
      about: 'Grows things.\nMostly beans.',
      timeZone: 'asia/shanghai',
      status: { emoji: '🌱', text: 'in the garden', until: until3 },
    }
    const { status, body } = await ann.ask<MeChanged>('PATCH', '/api/me', said)
    expect(status).toBe(200)
    const kept = {
      title: 'Head of Gardens',
      pronouns: 'she/her',
      about: 'Grows things. Mostly beans.',
      timeZone: 'Asia/Shanghai',
      status: said.status,
    }
    expect(body.profile).toEqual({ ...kept, presence: 'auto' })
    expect((await ann.ask<MeAnswer>('GET', '/api/me')).body.profile).toEqual(body.profile)
    await until(() => lookOf(bob, ann)?.status?.text === 'in the garden')
    const { person } = await profileOf(bob, ann)
    expect(person).toMatchObject({ ...kept, name: 'Ann Lee', presence: 'online', guest: true, admin: false })
    // On another device of one's own.
    expect(ann.heard.find((event): event is MeEvent => event.type === 'me')?.look).toEqual({
      choice: 'auto',
      status: said.status,
    })
    const welcome = await ann.again().connects()
    expect(welcome.me).toEqual({ choice: 'auto', status: said.status })

    expect(await changes(ann, { status: null, title: '', timeZone: null })).toBe(200)
    await until(() => lookOf(bob, ann)?.status === undefined)
    expect((await profileOf(bob, ann)).person).toMatchObject({
      title: '',
      timeZone: null,
      pronouns: 'she/her',
    })
  })

  test('ends by itself, where it has an end', async () => {
    const ann = await brook.enter('Ann who ends')
    const bob = await brook.enter('Bob who sees', 1)
    expect(await changes(ann, { status: { text: 'a moment', until: Date.now() + 1_500 } })).toBe(200)
    await until(async () => (await profileOf(bob, ann)).person.status?.text === 'a moment')
    await until(async () => (await profileOf(bob, ann)).person.status === undefined)
    expect((await ann.ask<MeAnswer>('GET', '/api/me')).body.profile.status).toBeUndefined()
    watches(bob, ann)
    expect((await until(() => lookOf(bob, ann), Boolean))?.status).toBeUndefined()
  })

  test.each([
    ['a title that is too long', { title: 'x'.repeat(limits.profiles.titleChars + 1) }, 'bad_profile'],
    ['a title that turns the text around', { title: 'Boss \u202egnp' }, 'bad_profile'],
    ['a control character', { about: 'a\u0007b' }, 'bad_profile'],
    ['a status of 10,000 characters', { status: { text: 'x'.repeat(10_000) } }, 'bad_status'],
    ['a status that is turned around', { status: { text: '\u202efdp' } }, 'bad_status'],
    ['two emoji', { status: { emoji: '🌱🌱' } }, 'bad_status'],
    ['a word for an emoji', { status: { emoji: 'x' } }, 'bad_status'],
    ['an end that is over', { status: { text: 'x', until: 1 } }, 'bad_status_end'],
    [
      'an end in two years',
      { status: { text: 'x', until: Date.now() + 2 * 366 * 86_400_000 } },
      'bad_status_end',
    ],
    ['no zone of this world', { timeZone: 'Europe/Atlantis' }, 'bad_time_zone'],
    ['an offset', { timeZone: '+05:00' }, 'bad_time_zone'],
    ['no choice', { presence: 'away' }, 'bad_request'],
    ['an unknown field', { colour: 'red' }, 'bad_request'],
  ])('is refused with its words: %s', async (what, body, code) => {
    const ann = await brook.arrive(`Ann ${what}`.slice(0, 32))
    expect(await changes(ann, body)).toBe(code)
    // Nothing else of it is done either.
    expect(await changes(ann, { name: 'Nobody Else', ...body })).toBe(code)
    const { user, profile } = (await ann.ask<MeAnswer>('GET', '/api/me')).body
    expect([user.name, profile.title, profile.status]).toEqual([ann.user.name, '', undefined])
  })

  test('bears the longest there may be', async () => {
    const ann = await brook.arrive('Ann at length')
    const { titleChars, pronounsChars, aboutChars, statusChars } = limits.profiles
    const emoji = '👩🏽‍❤️‍💋‍👨🏿'
    const longest = {
      title: '\ufdfa'.repeat(titleChars),
      pronouns: '𝒳'.repeat(pronounsChars),
      about: '漢'.repeat(aboutChars),
      status: { emoji, text: '𝒳'.repeat(statusChars), until: Date.now() + limits.profiles.statusMs - 60_000 },
    }
    expect(await changes(ann, longest)).toBe(200)
    expect((await profileOf(ann, ann)).person).toMatchObject(longest)
  })
})

describe('the directory', () => {
  const found = async (who: Person, query: string, more = ''): Promise<string[]> => {
    const path = `/api/people?query=${encodeURIComponent(query)}${more}`
    return (await who.ask<PeopleAnswer>('GET', path)).body.people.map(({ name }) => name)
  }

  test('finds people by name and title in any script, whatever the case, and pages', async () => {
    const reader = await brook.arrive('Reader')
    const names = ['李 小龙', 'Ольга Петрова', 'Ángela Díaz', 'ÉLODIE', 'ﬁona Grün', 'दीपा']
    for (const name of names) await brook.arrive(name)
    const titled = await brook.arrive('Titled')
    await changes(titled, { title: '园艺 Gärtnerin' })
    expect(await found(reader, '小龙')).toEqual(['李 小龙'])
    expect(await found(reader, 'ОЛЬГА')).toEqual(['Ольга Петрова'])
    expect(await found(reader, 'élodie')).toEqual(['ÉLODIE'])
    expect(await found(reader, 'fiona')).toEqual(['ﬁona Grün'])
    expect(await found(reader, 'दीपा')).toEqual(['दीपा'])
    expect(await found(reader, '园艺')).toEqual(['Titled'])
    expect(await found(reader, 'titled gärt')).toEqual(['Titled'])
    expect(await found(reader, 'titled nobody')).toEqual([])
    await brook.addBot('titled bot')
    expect(await found(reader, 'titled')).toEqual(['Titled'])

    const all = await found(reader, '', '&limit=200')
    const paged: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const path: string = `/api/people?limit=3${next === '' ? '' : `&after=${next}`}`
      const { body } = await reader.ask<PeopleAnswer>('GET', path)
      paged.push(...body.people.map(({ name }) => name))
      next = body.next
    }
    expect(paged).toEqual(all)
    expect(all).toEqual(expect.arrayContaining(names))
  })

  test('names the rooms where both are, and no others', async () => {
    const ann = await brook.enter('Ann of rooms')
    const bob = await brook.enter('Bob of rooms')
    const both = await brook.meet(ann, bob)
    await ann.makes('her own', 'private')
    const { rooms, roomsTotal } = await profileOf(bob, ann)
    const names = rooms.map(({ name }) => name)
    expect(names).toContain(both.name)
    expect(names).not.toContain('her own')
    expect(roomsTotal).toBe(rooms.length)
    expect((await profileOf(ann, ann)).rooms).toEqual([])
    expect(await bob.tries('GET', '/api/people/999999')).toBe('not_found')
  })
})

describe('a face', () => {
  test('is cut square, written anew as 256 px WebP without the place of the photo, and served for ever by both servers', async () => {
    const ann = await brook.enter('Ann with a face')
    const bob = await brook.enter('Bob who looks', 1)
    watches(bob, ann)
    const photo = await sharp(await image(1_200, 700, 'jpeg'))
      .withExif({ IFD0: { Copyright: 'secret place' } })
      .toBuffer()
    expect(photo.includes('secret place')).toBe(true)
    expect(await uploads(ann, photo, 'image/jpeg')).toBe(200)
    const look = await until(
      () => lookOf(bob, ann),
      (seen) => seen?.avatar !== undefined,
    )
    const hash = look?.avatar ?? ''
    const shown = await face(bob, ann, hash)
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(shown.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff')
    const bytes = Buffer.from(await shown.arrayBuffer())
    expect(createHash('sha256').update(bytes).digest('base64url').startsWith(hash)).toBe(true)
    const { format, width, height, exif } = await sharp(bytes).metadata()
    expect({ format, width, height, exif }).toEqual({
      format: 'webp',
      width: 256,
      height: 256,
      exif: undefined,
    })
    // Of another hash: what is there now, which no cache keeps.
    expect((await face(bob, ann, 'gone')).headers.get('cache-control')).toBe('private, no-cache')
    const stranger = await fetch(`${bob.address}/api/people/${ann.user.id}/avatar?v=${hash}`)
    expect(stranger.status).toBe(401)

    expect(await ann.tries('DELETE', '/api/me/avatar')).toBe(204)
    await until(() => lookOf(bob, ann)?.avatar === undefined)
    expect((await face(bob, ann, hash)).status).toBe(404)
  })

  test.each(['png', 'jpeg', 'webp', 'gif'] as const)('may be %s', async (format) => {
    const ann = await brook.arrive(`Ann ${format}`)
    expect(await uploads(ann, await image(40, 50, format), `image/${format}`)).toBe(200)
  })

  test('is refused as what it is not, and as a bomb, and the server goes on', async () => {
    const ann = await brook.arrive('Ann with bombs')
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    const whole = await image(900, 900)
    const refused: [Buffer, string, string][] = [
      [svg, 'image/svg+xml', 'bad_image'],
      [svg, 'image/png', 'bad_image'],
      [Buffer.from('hello'), 'image/png', 'bad_image'],
      [Buffer.alloc(0), 'image/png', 'bad_image'],
      [whole.subarray(0, whole.length / 2), 'image/png', 'bad_image'],
      [await sharp(whole).tiff().toBuffer(), 'application/octet-stream', 'bad_image'],
      // 256 million pixels in 250 KB.
      [await image(16_000, 16_000), 'image/png', 'image_too_large'],
      [Buffer.alloc(limits.avatars.uploadBytes + 1), 'image/png', 'image_too_large'],
    ]
    for (const [bytes, type, code] of refused) expect(await uploads(ann, bytes, type), code).toBe(code)
    expect(await ann.tries('PUT', '/api/me/avatar', { a: 1 })).toBe('bad_image')
    expect(await uploads(ann, whole)).toBe(200)
  })
})

test('nothing of it is left of an account that has ended, and all of it is in what one downloads', async () => {
  const ann = await brook.enter('Ann who leaves')
  await ann.ask('PUT', '/api/session/password', { password })
  const bob = await brook.enter('Bob who stays', 1)
  await changes(ann, { title: 'Gardener', about: 'Beans.', status: { text: 'busy' } })
  await uploads(ann, await image())
  watches(bob, ann)
  const { avatar = '' } =
    (await until(
      () => lookOf(bob, ann),
      (look) => look?.avatar !== undefined,
    )) ?? {}
  const file = await fetch(`${ann.address}/api/me/export`, { headers: { cookie: ann.cookie } })
  const lines = (await file.text()).trim().split('\n')
  const kinds = lines.map((line) => JSON.parse(line) as { kind: string })
  expect(kinds.find(({ kind }) => kind === 'profile')).toMatchObject({ title: 'Gardener', about: 'Beans.' })
  expect(kinds.some(({ kind }) => kind === 'avatar')).toBe(true)

  expect(await ann.tries('DELETE', '/api/me', { messages: 'keep', password })).toBe(204)
  await until(() => lookOf(bob, ann)?.avatar === undefined && lookOf(bob, ann)?.status === undefined)
  expect((await face(bob, ann, avatar)).status).toBe(404)
  expect(await bob.tries('GET', `/api/people/${ann.user.id}`)).toBe('not_found')
  const [row] = await brook.db.rows<{ title: string; about: string }>(
    'SELECT title, about FROM profiles WHERE user_id = ?',
    [BigInt(ann.user.id)],
  )
  expect(row).toEqual({ title: '', about: '' })
})

test('one changes oneself only so often', async () => {
  const paced = await Brook.start({ pacing: true }, Promise.resolve(brook.stores))
  const ann = await paced.arrive('Ann in a hurry')
  const answers: (string | number)[] = []
  for (let n = 0; n <= rates.profile.burst; n += 1) answers.push(await changes(ann, { title: `${n}` }))
  expect(answers.filter((answer) => answer === 200)).toHaveLength(rates.profile.burst)
  expect(answers.at(-1)).toBe('too_many')
  for (const server of paced.servers) await server.close()
  paced.connections.close()
  await paced.db.close()
})

test('whoever looks at a guest sees that they are one, until they have a password, on every server', async () => {
  const gil = await brook.enter('Gil Moss')
  const ida = await brook.enter('Ida Fern', 1)
  const bot = await brook.addBot('markless')
  watches(ida, gil, ida)
  await until(() => lookOf(ida, gil)?.guest === true && lookOf(ida, ida)?.guest === true)
  ida.tells({ type: 'watch', people: [gil.user.id, bot.id] })
  await until(() =>
    ida.heard.some((event) => event.type === 'looks' && event.people.some(({ id }) => id === bot.id)),
  )
  expect(await gil.tries('PUT', '/api/session/password', { password })).toBe(200)
  await until(() => lookOf(ida, gil)?.guest === undefined)
  // Also for whoever looks from now on.
  const jon = await brook.enter('Jon Reed', 1)
  watches(jon, gil, ida)
  await until(() => lookOf(jon, ida)?.guest === true)
  expect(lookOf(jon, gil)?.guest).toBeUndefined()
  expect(lookOf(ida, { user: bot } as never)?.guest).toBeUndefined()
})
