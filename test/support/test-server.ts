// A server with only people and rooms, on private stores and the real log; browsers and bots speak HTTP to it.
import Fastify, { type FastifyInstance } from 'fastify'
import { Invites } from '../../server/access/invites.ts'
import { knocks } from '../../server/access/knocks.ts'
import { OwnerLinks } from '../../server/access/owner-links.ts'
import { Passes } from '../../server/access/passes.ts'
import { WorkspaceSettings } from '../../server/access/workspace.ts'
import { Accounts } from '../../server/account/accounts.ts'
import { trusts, type EntryLimits } from '../../server/account/entry-limits.ts'
import { Guesses } from '../../server/account/guesses.ts'
import { identify } from '../../server/account/identify.ts'
import { Passwords } from '../../server/account/passwords.ts'
import { accountRoutes } from '../../server/account/routes.ts'
import { Sessions } from '../../server/account/sessions.ts'
import type { Signal } from '../../server/bus.ts'
import { compileSchemas } from '../../server/compiled-schemas.ts'
import { Db } from '../../server/db.ts'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { SecondFactors } from '../../server/identity/second-factors.ts'
import { SecondStep } from '../../server/identity/second-step.ts'
import { Tickets } from '../../server/identity/tickets.ts'
import { Log } from '../../server/log/log.ts'
import type { Happening } from '../../server/membership/notices.ts'
import { Memberships } from '../../server/membership/memberships.ts'
import { OwnSettings } from '../../server/membership/own-settings.ts'
import { BanList } from '../../server/moderation/ban-list.ts'
import { roomRoutes } from '../../server/membership/routes.ts'
import { Gate } from '../../server/posting/gate.ts'
import type { EntryEvent } from '../../server/protocol/events.ts'
import type { RoomSummary, User } from '../../server/protocol/people.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import type { PrivateStores } from './stores.ts'
import { until } from './until.ts'

export interface TestServerOptions {
  /** Rate limits apply; otherwise they are lifted. */
  paced?: boolean
  /** The rates of signing up and in. */
  entry?: EntryLimits
  /** The sessions' clock. */
  now?: () => number
  /** Who is online. */
  here?: ReadonlySet<string>
}

export interface TestServer {
  app: FastifyInstance
  db: Db
  redis: RedisProvider
  log: Log
  sessions: Sessions
  memberships: Memberships
  lobby: string
  /** Signals published on the bus. */
  signals: Signal[]
  /** Notices that the log did not accept. */
  untold: Happening[]
  browser(extra?: Record<string, string>): Browser
  /** A guest in a browser of their own. */
  enters(name: string): Promise<Browser>
  /** The entries of a room once it has `count` of them. */
  hears(room: string, count: number): Promise<EntryEvent[]>
  close(): Promise<void>
}

export async function openTestServer(
  stores: PrivateStores,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const db = new Db(stores.given.mysql, 8)
  const redis = new RedisProvider(stores.given.redis)
  const { cache } = redis
  await redis.ready(5_000)
  const entries: EntryEvent[] = []
  const log = new Log({ redis, shards: 1, archive: archiveOf(db, 1), onError: () => undefined })
  log.subscribe([{ onEntries: (read) => void entries.push(...read.map(({ event }) => event)) }])
  await log.open()
  const pace = { lifted: options.paced !== true }
  const signals: Signal[] = []
  const untold: Happening[] = []
  const deliver = { deliver: async (signal: Signal) => signals.push(signal) > 0 }
  const bans = new BanList({
    db,
    bus: { publish: (signal) => void signals.push(signal) },
    onError: () => undefined,
  })
  const memberships = new Memberships({
    db,
    bans,
    cache,
    log,
    history: {
      unread: async (_user, marks) => new Map(marks.map(({ room, read }) => [room, log.head(room) - read])),
      mentions: async () => new Map(),
      threadMentions: async () => new Map(),
    },
    presence: { isHere: (userId) => options.here?.has(userId) ?? false },
    onUntold: (happening) => untold.push(happening),
    rateLimits: pace,
  })
  const sessions = new Sessions(db, cache, deliver, { now: options.now })
  const lobby = await memberships.ensureDefaultRoom()
  const guesses = new Guesses({ cache, rateLimits: pace, entry: options.entry ?? {} })
  const tickets = new Tickets(db)
  const secondStep = new SecondStep({ db, sessions, guesses, tickets, factors: new SecondFactors(db) })
  const accounts = new Accounts({
    db,
    cache,
    sessions,
    guesses,
    secondStep,
    passwords: new Passwords(),
    newcomers: memberships,
    rateLimits: pace,
    entry: options.entry ?? {},
  })
  const settings = new WorkspaceSettings(db, { host: '127.0.0.1', publicUrl: undefined, allowedHosts: [] })
  const passes = new Passes({ settings, invites: new Invites(db), owners: new OwnerLinks(db) })
  const app = Fastify({ trustProxy: true, logger: { level: 'error' } })
  compileSchemas(app)
  await app.register(async (api) => {
    identify(api, { sessions, bans })
    await api.register(accountRoutes, {
      accounts,
      sessions,
      passes,
      knocked: knocks(trusts(options.entry?.trustedNets ?? ''), pace),
    })
    const own = new OwnSettings({
      db,
      roster: memberships.roster,
      bus: { publish: (one) => signals.push(one) },
    })
    const gate = new Gate({ memberships, rateLimits: pace })
    await api.register(roomRoutes, { gate, memberships, settings: own })
  })
  const server: TestServer = {
    app,
    db,
    redis,
    log,
    sessions,
    memberships,
    lobby,
    signals,
    untold,
    browser: (extra) => new Browser(app, extra),
    enters: async (name) => {
      const browser = server.browser()
      await browser.enters(name)
      return browser
    },
    hears: (room, count) =>
      until(
        () => entries.filter((entry) => entry.room === room),
        (heard) => heard.length >= count,
      ),
    close: async () => {
      await app.close()
      await memberships.close()
      log.close()
      redis.close()
      await db.close()
    },
  }
  return server
}

/** An answer to a browser: the fields of the body that tests check, and the status. */
export interface Answer {
  status: number
  body: {
    user?: User
    room?: RoomSummary
    rooms?: RoomSummary[]
    members?: { id: string; name: string; role: string; here: boolean }[]
    total?: number
    sessions?: { id: string; current: boolean; createdAt: number; usedAt: number; agent: string }[]
    error?: { code: string; message: string; retryAfterMs?: number }
  }
  /** The code of a refusal. */
  code: string | undefined
  headers: Record<string, string | string[] | number | undefined>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A browser with its cookie, on our own page. `extra`: headers that a proxy or the browser adds. */
export class Browser {
  readonly #app: FastifyInstance
  readonly #extra: Record<string, string>
  /** `name=value` as the browser would send it; undefined if it has none. */
  cookie: string | undefined
  user: User | undefined

  constructor(app: FastifyInstance, extra: Record<string, string> = {}) {
    this.#app = app
    this.#extra = extra
  }

  get token(): string {
    return this.cookie?.split('=')[1] ?? ''
  }

  get me(): User {
    if (this.user === undefined) throw new Error('nobody has come in with this browser')
    return this.user
  }

  async asks(
    method: Method,
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await this.#app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: body }),
      headers: {
        host: 'brook.test',
        origin: 'http://brook.test',
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...this.#extra,
        ...headers,
      },
    })
    this.#take(response.headers['set-cookie'])
    const said = response.body === '' ? {} : (response.json() as Answer['body'])
    return { status: response.statusCode, body: said, code: said.error?.code, headers: response.headers }
  }

  async enters(name: string, password?: string): Promise<Answer> {
    const answer = await (password === undefined
      ? this.asks('POST', '/api/guests', { name })
      : this.asks('POST', '/api/users', { name, password }))
    this.user = answer.body.user ?? this.user
    return answer
  }

  async signsIn(name: string, password: string): Promise<Answer> {
    const answer = await this.asks('POST', '/api/session', { name, password })
    this.user = answer.body.user ?? this.user
    return answer
  }

  /** Creates a room and returns it. */
  async makes(name: string, kind: 'public' | 'private' = 'public'): Promise<RoomSummary> {
    const { body } = await this.asks('POST', '/api/rooms', { name, kind })
    if (body.room === undefined) throw new Error(`no room: ${JSON.stringify(body)}`)
    return body.room
  }

  #take(header: string | string[] | undefined): void {
    const cookie = Array.isArray(header) ? header[0] : header
    if (cookie === undefined) return
    this.cookie = /Max-Age=0/.test(cookie) ? undefined : cookie.split(';')[0]
  }
}
