// The contract of the gate: each action, by each way that offers it, with each standing, in each kind of room. The same
// question has the same answer and takes the same rate, by every way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runServer } from '../../server/main.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { ServerEvent } from '../../server/protocol/events.ts'
import type { OpenedAnswer } from '../../server/protocol/hooks.ts'
import { rates, type Rate } from '../../server/protocol/rates.ts'
import type { Role, RoomKind } from '../../server/protocol/people.ts'
import { may, type Right } from '../../server/protocol/rights.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

type Actor = Person | Bot

/** Where an action is done: a room, a message of its owner, another one to delete, and a poll. */
interface Place {
  room: string
  root: number
  fresh: number
  poll: number
}

/** An action by each way: over HTTP, and as a request of the socket if there is one. */
interface Act {
  http: (place: Place) => [method: string, path: string, body: object]
  socket?: (place: Place) => object
  /** The right that it needs besides membership. */
  right?: Right
  /** The refusal for people who may not do it to other people's messages. */
  notYours?: true
}

const messages = ({ room }: Place) => `/api/rooms/${room}/messages`
const acts: Record<string, Act> = {
  say: {
    http: (at) => ['POST', messages(at), { text: 'hi' }],
    socket: () => ({ type: 'send', text: 'hi' }),
  },
  reply: {
    http: (at) => ['POST', messages(at), { text: 'hi', thread: at.root }],
    socket: ({ root }) => ({ type: 'send', text: 'hi', thread: root }),
  },
  edit: {
    http: (at) => ['PATCH', `${messages(at)}/${at.root}`, { text: 'ho' }],
    socket: ({ root }) => ({ type: 'edit', seq: root, text: 'ho' }),
    notYours: true,
  },
  delete: {
    http: (at) => ['DELETE', `${messages(at)}/${at.fresh}`, {}],
    socket: ({ fresh }) => ({ type: 'delete', seq: fresh }),
    right: 'deleteOthers',
    notYours: true,
  },
  react: {
    http: (at) => ['PUT', `${messages(at)}/${at.root}/reactions/${encodeURIComponent('👍')}`, {}],
    socket: ({ root }) => ({ type: 'react', seq: root, emoji: '👍', on: true }),
  },
  vote: { http: ({ room, poll }) => ['PUT', `/api/rooms/${room}/polls/${poll}/vote`, { choices: [0] }] },
  pin: {
    http: ({ room, root }) => ['PUT', `/api/rooms/${room}/pins/${root}`, {}],
    socket: ({ root }) => ({ type: 'pin', seq: root, on: true }),
    right: 'pin',
  },
  command: {
    http: ({ room }) => ['POST', `/api/rooms/${room}/commands`, { name: 'none', args: '' }],
    socket: () => ({ type: 'command', name: 'none', args: '' }),
  },
  topic: { http: ({ room }) => ['PATCH', `/api/rooms/${room}`, { topic: 'the topic' }], right: 'topic' },
}
const ways = Object.entries(acts).flatMap(([name, act]) =>
  act.socket === undefined
    ? [{ name, act, way: 'HTTP' }]
    : ['HTTP', 'socket'].map((way) => ({ name, act, way })),
)

let brook: Brook
let paced: string
let line: CommandLine
let owner: Person
const rooms = new Map<RoomKind, string>()

beforeAll(async () => {
  brook = await Brook.start()
  const server = await runServer({ ...brook.config, pacing: true })
  brook.servers.push(server)
  paced = server.address
  line = await commandLine(brook.stores)
  owner = await brook.enter('Olga')
  for (const kind of ['public', 'private'] as const) rooms.set(kind, (await owner.makes(kind, kind)).id)
})
afterAll(async () => {
  await line.close()
  await brook.stop()
})

const roomOf = (kind: RoomKind): string => rooms.get(kind) ?? ''

/** One action over HTTP: `ok`, or the code of its refusal. */
async function byHttp(actor: Actor, { http }: Act, place: Place): Promise<string> {
  const [method, path, body] = http(place)
  const hasCid = method !== 'PATCH' || path.includes('/messages/')
  const answer = await actor.ask<{ error?: { code: string } }>(method, path, {
    ...body,
    ...(hasCid ? { cid: newCid() } : {}),
  })
  return answer.body.error?.code ?? 'ok'
}

/** One action over the socket: `ok`, or the code of its refusal. */
async function bySocket(actor: Actor, { socket }: Act, place: Place): Promise<string> {
  const cid = newCid()
  actor.tells({ ...socket?.(place), room: place.room, cid })
  const isAnswer = (event: ServerEvent): boolean =>
    ['ack', 'error', 'note'].includes(event.type) && 'cid' in event && event.cid === cid
  const { found } = await until(
    () => ({ found: actor.heard.find(isAnswer) }),
    ({ found: answer }) => answer !== undefined,
  )
  return found?.type === 'error' ? found.code : 'ok'
}

const does = (actor: Actor, { act, way }: { act: Act; way: string }, place: Place): Promise<string> =>
  way === 'HTTP' ? byHttp(actor, act, place) : bySocket(actor, act, place)

async function ownerSays(room: string): Promise<number> {
  return (await owner.acked(owner.says('mine', { room }))).seq
}

async function ownerAsks(room: string): Promise<number> {
  const poll = { cid: newCid(), question: 'which?', options: ['a', 'b'] }
  return (await owner.ask<{ seq: number }>('POST', `/api/rooms/${room}/polls`, poll)).body.seq
}

async function botOf(name: string, room?: string): Promise<Bot> {
  const { printed } = await line.type('bot', 'add', name, ...(room === undefined ? [] : ['--room', room]))
  const bot = new Bot(printed[0] ?? '', brook.servers[0]?.address ?? '')
  await bot.connects({ type: 'resume', rooms: {} })
  return bot
}

/** The standing of somebody in a room; null: not a member. */
interface Stands {
  actor: Actor
  role: Role | null
  admin?: boolean
}

async function person(name: string, kind: RoomKind, role: Role): Promise<Stands> {
  const actor = await brook.enter(`${name} ${kind}`)
  const room = roomOf(kind)
  await owner.ask('POST', `/api/rooms/${room}/members`, { name: actor.user.name })
  await until(() => actor.heard.some((event) => event.type === 'room' && event.room.id === room))
  if (role !== 'member') await owner.ask('PUT', `/api/rooms/${room}/members/${actor.user.id}`, { role })
  return { actor, role }
}

async function removed(kind: RoomKind): Promise<Stands> {
  const { actor } = await person('Removed', kind, 'member')
  await owner.ask('DELETE', `/api/rooms/${roomOf(kind)}/members/${(actor as Person).user.id}`)
  await (actor as Person).event('gone')
  return { actor, role: null }
}

/** Signed in and connected after the promotion, so that the session includes it. */
async function administrator(name: string, kind: RoomKind, role: Role | null): Promise<Stands> {
  const actor = await brook.arrive(`${name} ${kind}`)
  await brook.db.run('UPDATE users SET is_admin = 1 WHERE id = ?', [actor.user.id])
  if (role !== null) await owner.ask('POST', `/api/rooms/${roomOf(kind)}/members`, { name: actor.user.name })
  await actor.connects()
  return { actor, role, admin: true }
}

const standings: Record<string, (kind: RoomKind) => Promise<Stands>> = {
  outside: async (kind) => ({ actor: await brook.enter(`Outsider ${kind}`), role: null }),
  removed,
  'an administrator outside': (kind) => administrator('Admin outside', kind, null),
  'a bot outside': async (kind) => ({ actor: await botOf(`bot outside ${kind}`), role: null }),
  member: (kind) => person('Member', kind, 'member'),
  'a bot inside': async (kind) => ({ actor: await botOf(`bot ${kind}`, roomOf(kind)), role: 'member' }),
  moderator: (kind) => person('Moderator', kind, 'moderator'),
  owner: (kind) => person('Another owner', kind, 'owner'),
  administrator: (kind) => administrator('Admin', kind, 'member'),
}

function wanted({ right, notYours }: Act, kind: RoomKind, { role, admin = false }: Stands): string {
  if (role === null) return kind === 'private' ? 'not_found' : 'not_allowed'
  if (right !== undefined && may(right, { kind, role, admin })) return 'ok'
  if (notYours === true) return 'not_yours'
  return right === undefined ? 'ok' : 'not_allowed'
}

describe('every way gives the same answer', () => {
  const cases = Object.keys(standings).flatMap((standing) =>
    (['public', 'private'] as const).map((kind) => ({ standing, kind })),
  )
  test.concurrent.each(cases)('$standing, of a $kind room', async ({ standing, kind }) => {
    const stands = await (standings[standing] as (kind: RoomKind) => Promise<Stands>)(kind)
    const room = roomOf(kind)
    const [root, poll] = [await ownerSays(room), await ownerAsks(room)]
    const answers: Record<string, string> = {}
    const right: Record<string, string> = {}
    for (const one of ways) {
      const fresh = one.name === 'delete' ? await ownerSays(room) : 0
      answers[`${one.name} by ${one.way}`] = await does(stands.actor, one, { room, root, fresh, poll })
      right[`${one.name} by ${one.way}`] = wanted(one.act, kind, stands)
    }
    expect(answers).toEqual(right)
  })

  test('a room that does not exist looks like a private room of others', async () => {
    const actor = await brook.enter('Lost')
    const answers = await Promise.all(
      ways.map((one) => does(actor, one, { room: '999999', root: 1, fresh: 1, poll: 1 })),
    )
    expect(new Set(answers)).toEqual(new Set(['not_found']))
  })
})

describe('every way takes the same rate', () => {
  /** Refused after the gate, so that the log and its followers are not involved. */
  const nowhere = (room: string): Place => ({ room, root: 999_999, fresh: 999_999, poll: 999_999 })

  /** Tries by all ways at once; returns how many passed, and how many could pass with one bucket of this rate. */
  async function tries(actor: Actor, act: Act, { times, rate }: { times: number; rate: Rate }) {
    const began = Date.now()
    const by = act.socket === undefined ? ['HTTP'] : ['HTTP', 'socket']
    const place = nowhere(roomOf('private'))
    const answers = await Promise.all(
      Array.from({ length: times }, (_, i) => does(actor, { act, way: by[i % by.length] ?? 'HTTP' }, place)),
    )
    const refilled = Math.ceil(((Date.now() - began) / rate.everyMs) * rate.per)
    return {
      passed: answers.filter((answer) => answer !== 'too_many').length,
      possible: rate.burst + refilled,
    }
  }
  /** The same action without a text: it passes the gate, and nothing is posted. */
  const wordless = (name: string): Act => {
    const act = acts[name] as Act
    if (name !== 'say') return act
    return {
      http: (at) => ['POST', messages(at), { text: ' ' }],
      socket: () => ({ type: 'send', text: ' ' }),
    }
  }

  test.each(Object.keys(acts))('%s takes the rate of people', async (name) => {
    const { actor } = await person(`Paced ${name}`, 'private', 'member')
    const one = actor as Person
    one.drops()
    one.address = paced
    await one.connects()
    const { passed, possible } = await tries(one, wordless(name), { times: 80, rate: rates.send })
    expect(passed).toBeGreaterThanOrEqual(rates.send.burst)
    expect(passed).toBeLessThanOrEqual(possible)
  })

  test.each(['say', 'pin', 'command', 'topic'])('%s of a bot takes the rate of bots', async (name) => {
    const bot = await botOf(`paced ${name}`, roomOf('private'))
    bot.drops()
    bot.address = paced
    await bot.connects({ type: 'resume', rooms: {} })
    const { passed, possible } = await tries(bot, wordless(name), { times: 200, rate: rates.botSend })
    expect(passed).toBeGreaterThanOrEqual(rates.botSend.burst)
    expect(passed).toBeLessThanOrEqual(possible)
  })
})

test('one person reads only so many messages at once, by whatever route, and others are not kept from it', async () => {
  const [reader, other] = [await brook.arrive('Reader'), await brook.arrive('Another reader')]
  const { id: room } = await reader.makes('read again and again')
  for (const one of [reader, other]) one.address = paced
  const { burst, per, everyMs } = rates.pages
  const began = Date.now()
  const paths = ['messages?limit=200', 'changes?after=0&limit=200', 'messages?limit=200&asOf=1']
  const answers = await Promise.all(
    Array.from({ length: burst / 100 }, (_, i) => reader.ask('GET', `/api/rooms/${room}/${paths[i % 3]}`)),
  )
  const passed = answers.filter(({ status }) => status === 200).length
  expect(passed).toBeGreaterThanOrEqual(burst / 200)
  expect(passed).toBeLessThanOrEqual((burst + ((Date.now() - began) / everyMs) * per) / 200)
  expect((await other.ask('GET', `/api/rooms/${room}/messages?limit=200`)).status).toBe(200)
})

test.each(['/metrics', '/readyz'])('%s answers one address only now and then', async (path) => {
  const { burst, per, everyMs } = rates.probe
  const began = Date.now()
  const answers = await Promise.all(Array.from({ length: 3 * burst }, () => fetch(paced + path)))
  const passed = answers.filter(({ status }) => status !== 429).length
  // The other path shares the rate.
  expect(passed).toBeLessThanOrEqual(burst + Math.ceil(((Date.now() - began) / everyMs) * per))
})

test('nobody is brought into rooms by one person again and again', async () => {
  const dragged = await brook.arrive('Dragged')
  const puller = await brook.arrive('Puller')
  const { id: room } = await puller.makes('in and out', 'private')
  puller.address = paced
  const brings = async () => {
    const { status } = await puller.ask('POST', `/api/rooms/${room}/members`, { name: 'Dragged' })
    await dragged.ask('DELETE', `/api/rooms/${room}/members/me`)
    return status
  }
  const { burst } = rates.bringInOne
  for (let times = 0; times < burst; times += 1) expect(await brings()).toBe(204)
  expect(await brings()).toBe(429)
  await brook.arrive('Another')
  const other = await puller.ask('POST', `/api/rooms/${room}/members`, { name: 'Another' })
  expect(other.status).toBe(204)
})

test('an administrator mentions everybody over HTTP too, without a socket', async () => {
  const caller = await brook.arrive('Caller')
  await brook.db.run('UPDATE users SET is_admin = 1 WHERE id = ?', [caller.user.id])
  await caller.joins(roomOf('public'))
  const path = `/api/rooms/${roomOf('public')}/messages`
  expect((await caller.ask('POST', path, { cid: newCid(), text: 'hello @room' })).status).toBe(201)
  expect((await owner.hears('hello @room')).mentions).toMatchObject([{ name: 'room' }])
})

describe('an incoming webhook', () => {
  const posts = async ({ path }: OpenedAnswer, payload: object, address = owner.address): Promise<string> => {
    const body = JSON.stringify(payload)
    return (await fetch(address + path, { method: 'POST', body })).text()
  }
  const opens = async (room: string): Promise<OpenedAnswer> =>
    (await owner.ask<OpenedAnswer>('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'CI' })).body

  test.each(['public', 'private'] as const)('posts in its %s room while it exists', async (kind) => {
    const room = roomOf(kind)
    const opened = await opens(room)
    expect(await posts(opened, { text: `from the hook of ${kind}` })).toBe('ok')
    expect((await owner.hears(`from the hook of ${kind}`)).room).toBe(room)
    await owner.ask('DELETE', `/api/rooms/${room}/hooks/incoming/${opened.hook.id}`)
    expect(await posts(opened, { text: 'late' })).toBe('no_service')
  })

  test('takes a rate of its own, whoever created it', async () => {
    const opened = await opens(roomOf('public'))
    const began = Date.now()
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => posts(opened, { text: 'built' }, paced)),
    )
    const { burst, per, everyMs } = rates.hook
    const passed = answers.filter((answer) => answer === 'ok').length
    expect(passed).toBeGreaterThanOrEqual(burst)
    expect(passed).toBeLessThanOrEqual(burst + Math.ceil(((Date.now() - began) / everyMs) * per))
    const other = await opens(roomOf('public'))
    expect(await posts(other, { text: 'another' }, paced)).toBe('ok')
  })
})
