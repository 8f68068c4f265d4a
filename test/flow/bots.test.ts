// Bots: programs with a token. Who they are, what their token opens, and when it ends.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let line: CommandLine
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  line = await commandLine(brook.stores)
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

const address = (server = 0) => brook.servers[server]?.address ?? ''

async function added(name: string, ...more: string[]): Promise<Bot> {
  const { code, printed, said } = await line.type('bot', 'add', name, ...more)
  expect(code, said.join('\n')).toBe(0)
  expect(printed).toHaveLength(1)
  return new Bot(printed[0] ?? '', address())
}

test('a bot is a user with a token, which opens every route and the socket without an Origin', async () => {
  const ann = await brook.enter('Ann')
  const garden = await ann.makes('garden')
  const bot = await added('weather', '--room', 'garden')
  expect(bot.token).toMatch(/^brook_bot_[A-Za-z0-9_-]{43}$/)

  const me = await bot.ask<{ user: object }>('GET', '/api/session')
  expect(me.body.user).toMatchObject({ name: 'weather', bot: true, guest: false, admin: false })
  await bot.says(garden.id, 'sunny')
  const heard = await ann.hears('sunny')
  expect(heard.user).toMatchObject({ name: 'weather', bot: true })
  await bot.connects({
    type: 'send',
    room: garden.id,
    cid: '0193f9c5-1111-7222-8333-444455556666',
    text: 'still',
  })
  await ann.hears('still')
  bot.drops()
  await brook.archive()
  const { messages } = await ann.page('', garden.id)
  expect(messages.at(-1)?.user).toMatchObject({ name: 'weather', bot: true })
})

test('nobody can sign in as a bot: not by password, not as a guest, not with its token in a cookie', async () => {
  const bot = await added('gate')
  const post = async (path: string, body: object) =>
    (
      await fetch(address() + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: address() },
        body: JSON.stringify(body),
      })
    ).status
  expect(await post('/api/session', { name: 'gate', password: 'brook_bot_1234' })).toBe(401)
  expect(await post('/api/guests', { name: 'GATE' })).toBe(409)
  const cookie = await fetch(`${address()}/api/session`, { headers: { cookie: `brook=${bot.token}` } })
  expect(cookie.status).toBe(401)
  for (const [method, path, body] of [
    ['PUT', '/api/session/password', { password: 'another password' }],
    ['DELETE', '/api/session', undefined],
  ] as const)
    expect((await bot.ask(method, path, body)).code).toBe('not_for_bots')
  expect((await bot.ask('GET', '/api/session')).status).toBe(200)
})

test('a revoked token stops working at once everywhere: requests, open sockets and waiting polls', async () => {
  const bot = await added('gone')
  const other = new Bot(bot.token, address(1))
  await bot.connects({ type: 'resume' })
  await other.connects({ type: 'resume' })
  const { cursor } = await other.catchesUp()
  const waiting = other.ask('GET', `/api/bots/me/entries?after=${cursor}&waitMs=50000`)
  await until(() => brook.metric('brook_bot_waits', 1))

  expect((await line.type('bot', 'revoke', 'gone')).code).toBe(0)
  expect((await waiting).code).toBe('signed_out')
  await until(
    () => [bot.closed, other.closed],
    (codes) => codes.every((code) => code === 4501),
  )
  for (const one of [bot, other]) expect((await one.ask('GET', '/api/session')).status).toBe(401)
  expect((await line.type('bot', 'list')).printed.join('\n')).toMatch(/gone {2}no token/)
})

test('a new token ends the old one', async () => {
  const bot = await added('turn')
  const { printed } = await line.type('bot', 'token', 'turn')
  expect((await bot.ask('GET', '/api/session')).status).toBe(401)
  const renewed = new Bot(printed[0] ?? '', address(1))
  expect((await renewed.ask('GET', '/api/session')).status).toBe(200)
})

test('a bot joins and leaves a private room by the command line, and public ones by itself', async () => {
  const ann = await brook.enter('Ann of the rooms')
  const cellar = await ann.makes('cellar', 'private')
  const attic = await ann.makes('attic')
  const bot = await added('mover')
  expect((await bot.ask('PUT', `/api/rooms/${cellar.id}/members/me`)).status).toBe(404)
  expect((await bot.ask('PUT', `/api/rooms/${attic.id}/members/me`)).status).toBe(200)
  expect((await line.type('bot', 'join', 'mover', cellar.id)).code).toBe(0)
  await bot.says(cellar.id, 'here')
  await until(() => ann.messages(cellar.id).some(({ text }) => text === 'here'))
  expect((await line.type('bot', 'leave', 'mover', cellar.id)).code).toBe(0)
  expect((await bot.ask('GET', `/api/rooms/${cellar.id}/messages`)).status).toBe(404)
})

test('an administrator adds a bot to a private room, nobody else does; to a public one whoever has an account', async () => {
  const [root, max, guest] = [
    await brook.arrive('Root'),
    await brook.arrive('Max'),
    await brook.arrive('Guest'),
  ]
  await brook.makesAdmin(root)
  for (const who of [root, max])
    await who.ask('PUT', '/api/session/password', { password: `${who.user.name} likes 7 tall trees` })
  const bot = await added('listener')
  const adds = async (who: Person, room: string, name = 'listener') => {
    const { status, body } = await who.ask<{ error: { code: string } } | undefined>(
      'POST',
      `/api/rooms/${room}/members`,
      { name },
    )
    return body?.error.code ?? status
  }
  for (const who of [max, guest]) {
    const den = await who.makes(`den of ${who.user.name}`, 'private')
    expect(await adds(who, den.id)).toBe('bot_needs_admin')
    expect((await bot.ask('GET', `/api/rooms/${den.id}/messages`)).status).toBe(404)
    expect(await adds(who, den.id, 'Root')).toBe(204)
    expect(await adds(root, den.id)).toBe(204)
    expect((await bot.ask('GET', `/api/rooms/${den.id}/messages`)).status).toBe(200)
  }
  const yard = await guest.makes('yard')
  await max.joins(yard.id)
  expect(await adds(guest, yard.id)).toBe('bot_needs_admin')
  expect(await adds(max, yard.id)).toBe(204)
})

test('every command that names a room asks which, if a public and a private one, or a number, could be meant', async () => {
  const ann = await brook.enter('Ann of two')
  const open = await ann.makes('twin')
  const closed = await ann.makes('Twin', 'private')
  const numbered = await ann.makes(open.id, 'private')
  await added('chooser')
  for (const words of [
    ['history'],
    ['export'],
    ['bot', 'join', 'chooser'],
    ['bot', 'leave', 'chooser'],
    ['bot', 'rewind', 'chooser', 'twin', '0'],
    ['bot', 'add', 'never', '--room'],
  ]) {
    const { code, said } = await line.type(...words, ...(words.includes('twin') ? [] : ['twin']))
    expect([words, code]).toEqual([words, 2])
    expect(said.at(-1)).toBe(
      'brook: "twin" is more than one room. Say which by its number:\n' +
        `  id:${open.id}  public room "twin", 1 member\n  id:${closed.id}  private room "Twin", 1 member`,
    )
  }
  expect((await line.type('history', open.id)).said.at(-1)).toContain(`id:${numbered.id}  private room`)
  for (const [word, code] of [
    [`id:${closed.id}`, 0],
    [closed.id, 0],
    [`#${numbered.name}`, 0],
    ['id:999999', 2],
    ['id:twin', 2],
  ] as const)
    expect([word, (await line.type('history', word)).code]).toEqual([word, code])
  expect((await line.type('bot', 'join', 'chooser', `id:${closed.id}`)).code).toBe(0)
})

test('what is not possible is reported in one line, and leaves no bot behind', async () => {
  await Person.arrive(address(), 'Taken')
  for (const words of [
    ['add', 'Taken'],
    ['add', 'lost', '--room', 'nowhere'],
    ['join', 'nobody', 'lobby'],
    ['revoke', 'nobody'],
    ['add'],
    ['dance'],
  ]) {
    const { code, said } = await line.type('bot', ...words)
    expect(code, words.join(' ')).toBe(2)
    expect(said.filter((text) => text.startsWith('brook: '))).toHaveLength(1)
  }
  expect((await line.type('bot', 'list')).printed.join('\n')).not.toMatch(/lost|Taken/)
})
