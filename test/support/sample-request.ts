// What is asked of a route, made from its schema: the least that is valid, about what is there on the stage.
import type { RouteOptions } from 'fastify'
import { newCid } from '../../server/protocol/cid.ts'
import type { RoomName, Stage, StandingName } from './stage.ts'

export interface Route {
  method: string
  url: string
  body: JsonSchema | undefined
  query: JsonSchema | undefined
}

interface JsonSchema {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  minItems?: number
  minimum?: number
}

export const routeOf = ({ url, schema }: RouteOptions, method: string): Route => {
  const { body, querystring } = (schema ?? {}) as { body?: JsonSchema; querystring?: JsonSchema }
  return { method, url, body, query: querystring }
}

/** Fields by their names; what is not here follows its type. */
const fields = (stage: Stage, who: StandingName): Record<string, unknown> => ({
  cid: newCid(),
  name: stage.fresh('name'),
  password: 'nine tall green trees',
  text: 'hello',
  question: 'Tea?',
  options: ['yes', 'no'],
  choices: [0],
  user: stage.target.id,
  role: 'moderator',
  url: 'http://127.0.0.1:9/',
  code: who === 'halfway' ? '000000' : 'x'.repeat(22),
  ticket: who === 'halfway' ? stage.ticket : 'x'.repeat(22),
  time: Date.now(),
  zone: 'UTC',
  polls: '1',
  q: 'hello',
})

function valueOf(schema: JsonSchema, name: string, known: Record<string, unknown>): unknown {
  if ('const' in schema) return schema.const
  if (name in known) return known[name]
  if (schema.enum?.[0] !== undefined) return schema.enum[0]
  if (schema.anyOf?.[0] !== undefined) return valueOf(schema.anyOf[0], name, known)
  switch (schema.type) {
    case 'object':
      return objectOf(schema, known)
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => valueOf(schema.items ?? {}, name, known))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      return 'x'
  }
}

function objectOf({ properties = {}, required = [] }: JsonSchema, known: Record<string, unknown>): object {
  return Object.fromEntries(required.map((name) => [name, valueOf(properties[name] ?? {}, name, known)]))
}

export interface Sample {
  method: string
  path: string
  body?: object
}

export interface Asked {
  who: StandingName
  room: RoomName | undefined
  /** Instead of what the schema says. */
  body?: object | undefined
  query?: Record<string, string> | undefined
  /** Values of the path that are not there. */
  missing?: Record<string, string>
}

export async function sampleOf(
  route: Route,
  stage: Stage,
  { who, room, body: given, query: givenQuery, missing = {} }: Asked,
): Promise<Sample> {
  const { method, url, body, query } = route
  const roomId = room === undefined ? undefined : stage.rooms[room]
  const params = { ...(await idsFor(route, stage, roomId)), ...missing }
  const path = url.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? '1'))
  const known = fields(stage, who)
  const asked = { ...(query === undefined ? {} : objectOf(query, known)), ...givenQuery }
  const search = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))
  const whole = search.size === 0 ? path : `${path}?${search}`
  if (method === 'GET' || method === 'HEAD' || body === undefined) return { method, path: whole }
  const invite = who === 'invited' && 'invite' in (body.properties ?? {}) ? { invite: stage.invite } : {}
  return { method, path: whole, body: { ...objectOf(body, known), ...invite, ...given } }
}

/** What is there, for each name in the path; made once, and again when somebody has removed it. */
async function idsFor(
  { method, url }: Route,
  stage: Stage,
  room: string | undefined,
): Promise<Record<string, string>> {
  const said = stage.said.get(room ?? '')
  const ids: Record<string, string> = {
    user: stage.target.id,
    emoji: '👍',
    room: room ?? '1',
    invite: stage.invite,
    person: stage.target.id,
    // Everybody's are their own.
    section: '999999999',
    hash: '0'.repeat(64),
  }
  if (said !== undefined) {
    ids['seq'] = String(url.includes('/polls/') ? said.poll : said.message)
    ids['root'] = ids['seq']
  }
  const at = `/api/rooms/${room}`
  const [kind] = /(?<=\/hooks\/)(?:incoming|outgoing)/.exec(url) ?? []
  const make = async (
    name: string,
    key: string,
    who: StandingName,
    path: string,
    body: object,
  ): Promise<void> => {
    ids[name] = stage.made.get(key) ?? idIn((await stage.ask(who, 'POST', path, body)).body)
    stage.made.set(key, ids[name] ?? '')
  }
  if (kind !== undefined && url.includes(':hook')) {
    const body = kind === 'incoming' ? { name: 'tool' } : { url: 'http://127.0.0.1:9/' }
    await make('hook', `${kind} ${room}`, 'owner', `${at}/hooks/${kind}`, body)
  }
  if (url.includes('/rooms/:room/bans/:user') && method === 'DELETE')
    await stage.ask('owner', 'PUT', `${at}/bans/${stage.target.id}`, {})
  if (url === '/api/admin/bans/:ban')
    await make('ban', 'ban', 'admin', '/api/admin/bans', { address: '198.51.100.7' })
  if (url === '/api/admin/erasings/:erasing') {
    await stage.ask('member', 'POST', `/api/rooms/${stage.rooms.public}/messages`, {
      cid: newCid(),
      text: 'gone',
    })
    await make('erasing', 'erasing', 'admin', '/api/admin/erasings', {
      user: stage.ids.get('member'),
      sinceMs: 0,
    })
  }
  if (url === '/api/admin/rooms/:deleted/restore') {
    const name = stage.fresh('short lived')
    const made = await stage.ask('admin', 'POST', '/api/rooms', { name, kind: 'private' })
    ids['deleted'] = idIn(made.body)
    await stage.ask('admin', 'POST', `/api/rooms/${ids['deleted']}/deletion`, { name })
  }
  if (url.includes(':group'))
    await make('group', 'group', 'admin', '/api/groups', { name: stage.fresh('group') })
  if (url === '/api/admin/rules/:rule')
    await make('rule', 'rule', 'admin', '/api/admin/rules', {
      kind: 'host',
      text: 'scam.example',
      does: 'hold',
    })
  if (url.includes(':case')) ids['case'] = await stage.report()
  if (url.includes(':rule'))
    await make('rule', 'rule', 'admin', '/api/admin/word-rules', {
      kind: 'word',
      text: stage.fresh('rude'),
      does: 'hold',
    })
  if (url === '/api/invites/:invite' && method === 'DELETE')
    await make('invite', 'invite', 'admin', '/api/invites', {})
  return ids
}

/** Of whatever was made. */
const idIn = (answer: unknown): string => Object.values(answer as Record<string, { id: string }>)[0]?.id ?? ''
