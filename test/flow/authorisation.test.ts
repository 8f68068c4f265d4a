// The authorisation matrix: every route of the running server, and every frame of its sockets, as everybody there can be asks
// it, against authorisation-table.ts. A route or a frame that is not declared fails.
import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLdap } from '../../server/config-ldap.ts'
import { Brook } from '../support/brook.ts'
import type { Cells } from '../support/cells.ts'
import { FrameSender, frameNames } from '../support/frames.ts'
import { awayMail } from '../support/mail-server.ts'
import { routeOf, sampleOf, type Asked, type Route } from '../support/sample-request.ts'
import { Stage, standings, type RoomName, type StandingName } from '../support/stage.ts'
import { until } from '../support/until.ts'
import { frames, table, variants } from './authorisation-table.ts'

let brook: Brook
let stage: Stage
const routes: Route[] = []

beforeAll(async () => {
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRoute', (route) => {
      for (const method of [route.method].flat())
        if (method !== 'HEAD' && method !== 'OPTIONS') routes.push(routeOf(route, method))
    })
  }
  diagnostics.subscribe('fastify.initialization', watch)
  // Nobody is there; with it, all of its routes are.
  const oidc = { issuer: 'http://127.0.0.1:9', clientId: 'brook', clientSecret: '', name: 'Northwind' }
  const ldap = readLdap(
    { LDAP_URL: 'ldap://127.0.0.1:9', LDAP_BASE: 'dc=example' },
    { startTls: false, signUp: false },
  )
  if (typeof ldap === 'string') throw new Error(ldap)
  brook = await Brook.start({
    oidc: { ...oidc, signUp: false, adminGroup: undefined },
    ldap,
    ...awayMail,
    webhookPrivate: true,
  })
  diagnostics.unsubscribe('fastify.initialization', watch)
  stage = await Stage.set(brook)
})
afterAll(() => brook.stop())

/** A route with what is asked of it. */
interface Question extends Pick<Asked, 'body' | 'query'> {
  key: string
  route: Route
}

const questions = (): Question[] =>
  routes.flatMap((route) => {
    const key = `${route.method} ${route.url}`
    return Object.entries(variants[key] ?? { '': {} }).map(([variant, asked]) => ({
      key: `${key} ${variant}`.trim(),
      route,
      ...asked,
    }))
  })

const roomsOf = ({ url }: Route): (RoomName | undefined)[] =>
  url.includes(':room') ? ['private', 'public'] : [undefined]

const cellsOf = ({ key }: Question, room?: RoomName): Cells | undefined =>
  table.find((row) => row.room === room && row.routes.includes(key))?.cells

const pages = /^\/(?:\*|api\/docs)/

/** `+`, or the code of the refusal. */
async function answerTo(
  { key, route, ...asked }: Question,
  who: StandingName,
  room?: RoomName,
): Promise<string> {
  const { method, path, body } = await sampleOf(route, stage, { who, room, ...asked })
  const answer = await stage.ask<{ error?: { code: string } }>(who, method, path, body)
  if (answer.status >= 400) return answer.body?.error?.code ?? (answer.text || 'not_found')
  if (method === 'DELETE' || key.endsWith('/handle')) stage.made.clear()
  // Somebody else by now: without an account, or no guest any more.
  if (key === 'DELETE /api/me' || key === 'PUT /api/session/password') await stage.comesAgain(who)
  if (method !== 'GET') {
    if (/members|bans/.test(path)) {
      await stage.restore(who, 'places')
      await stage.restoreTarget()
    } else if (room === undefined) await stage.restore(who, 'session')
    if (room !== undefined && /^DELETE .*messages.:seq$|close$/.test(key)) await stage.says(stage.rooms[room])
  }
  return '+'
}

test('every route is declared, and no other', () => {
  const declared = table.flatMap(({ room, routes: some }) => some.map((key) => `${key} ${room ?? ''}`.trim()))
  const there = questions().flatMap(({ key, route }) =>
    roomsOf(route).map((room) => `${key} ${room ?? ''}`.trim()),
  )
  expect(declared.sort()).toEqual(there.sort())
})

test('every route answers everybody as it is declared', async () => {
  const wrong: string[] = []
  for (const question of questions())
    for (const room of roomsOf(question.route)) {
      const cells = cellsOf(question, room)
      // What is everybody's page is so without a session, too.
      const all = pages.test(question.route.url) ? (['signedOut'] as const) : standings
      const answers = new Map<StandingName, string>()
      const see = async (who: StandingName): Promise<void> =>
        void answers.set(who, await answerTo(question, who, room))
      // Together, where nothing comes of it; the first makes what they ask for. Downloads have few places.
      const isRead = question.route.method === 'GET' && !question.route.url.endsWith('/export')
      const [first, ...others] = all.filter((who) => isRead || (cells !== undefined && cells[who] !== '+'))
      if (first !== undefined) await see(first)
      await Promise.all(others.map(see))
      for (const who of all) if (!answers.has(who)) await see(who)
      const row = `${question.key} ${room ?? ''}`.trim()
      // For whoever declares it: what everybody is answered, to be judged.
      if (cells === undefined)
        wrong.push(`${row}: ${all.map((who) => `${who} ${answers.get(who)}`).join(', ')}`)
      else
        for (const who of all)
          if (answers.get(who) !== cells[who])
            wrong.push(`${row}: ${who} was answered ${answers.get(who)}, not ${cells[who]}`)
    }
  expect(wrong).toEqual([])
  // Some four thousand requests.
}, 300_000)

test('every frame and slash command is answered to everybody as it is declared', async () => {
  const { commands } = (await stage.ask<{ commands: { name: string }[] }>('owner', 'GET', '/api/commands'))
    .body
  expect(commands.map(({ name }) => name)).toEqual(['dnd', 'mute', 'poll', 'status'])
  const wrong: string[] = []
  const senders = new Map<StandingName, FrameSender | string>()
  for (const who of standings) senders.set(who, await FrameSender.open(stage, who))
  const see = (type: string, room: RoomName, who: StandingName, answer: string, cells: Cells): void => {
    if (answer !== cells[who]) wrong.push(`${type} ${room}: ${who} was answered ${answer}, not ${cells[who]}`)
  }
  for (const type of frameNames)
    for (const room of ['private', 'public'] as const)
      for (const [who, sender] of senders) {
        const answer = typeof sender === 'string' ? sender : await sender.ask(type, stage.rooms[room])
        if (type === 'delete' && answer === '+') await stage.says(stage.rooms[room])
        if (type !== 'typing') see(type, room, who, answer, frames[type][room])
      }
  // Typing is told to others alone; the last to type is the last to be heard.
  const [owner, member] = [senders.get('owner'), senders.get('member')] as FrameSender[]
  for (const room of ['private', 'public'] as const) {
    const id = stage.rooms[room]
    await member?.ask('typing', id)
    await until(() => owner?.hasHeardTyping(stage.ids.get('member'), id) === true)
    for (const [who, sender] of senders) {
      const hears = typeof sender === 'string' ? sender : owner?.hasHeardTyping(stage.ids.get(who), id)
      see(
        'typing',
        room,
        who,
        typeof hears === 'string' ? hears : hears === true ? '+' : 'nothing',
        frames.typing[room],
      )
    }
  }
  for (const sender of senders.values()) if (typeof sender !== 'string') sender.close()
  expect(wrong).toEqual([])
})

test('what somebody may not see cannot be told from what is not there', async () => {
  const nowhere = '999999999'
  const seen = async (
    question: Question,
    who: StandingName,
    missing: Record<string, string>,
  ): Promise<string> => {
    const { route, body, query } = question
    const sample = await sampleOf(route, stage, { who, room: 'private', body, query, missing })
    const { status, text, headers } = await stage.ask(who, sample.method, sample.path, sample.body)
    return JSON.stringify([status, text, headers])
  }
  const told: string[] = []
  const hidden = questions().filter(({ route: { url } }) => /:room/.test(url) && !url.includes('/members/me'))
  for (const question of hidden.filter(({ key }) => !key.startsWith('DELETE /api/saved')))
    for (const who of ['outsider', 'adminOutside', 'botOutside'] as const) {
      if (cellsOf(question, 'private')?.[who] !== 'not_found') continue
      const there = await seen(question, who, {})
      const ways = {
        room: { room: nowhere },
        inside: { seq: '999', user: nowhere, hook: nowhere, root: '999' },
      }
      for (const [way, missing] of Object.entries(ways))
        if ((await seen(question, who, missing)) !== there)
          told.push(`${question.key} tells ${who} of the ${way}`)
    }
  const forAdmins = questions().filter(({ route: { url } }) => url.startsWith('/api/admin/'))
  for (const { route, ...question } of forAdmins)
    for (const who of ['member', 'bot'] as const) {
      const there = await seen({ route, ...question }, who, {})
      const missing = { ...route, url: `/api/admin/${nowhere}` }
      if ((await seen({ ...question, route: missing }, who, {})) !== there)
        told.push(`${question.key} tells ${who}`)
    }
  expect(told).toEqual([])
})
