// Everybody whom the authorisation matrix tells apart, in one Brook, with two rooms that they are in or not; and what each of
// them sends to a route.
import { Sessions } from '../../server/account/sessions.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Role } from '../../server/protocol/people.ts'
import { insertMember } from '../../server/membership/standing.ts'
import type { Brook } from './brook.ts'
import { Client } from './client.ts'

/** In the order of the columns. The last three are programs' and administrators' ways of being outside. */
export const standings = [
  'signedOut',
  'invited',
  'halfway',
  'former',
  'needsFactor',
  'banned',
  'guest',
  'newcomer',
  'outsider',
  'roomBanned',
  'member',
  'moderator',
  'owner',
  'admin',
  'adminOutside',
  'bot',
  'botOutside',
] as const
export type StandingName = (typeof standings)[number]

/** Those who are in the rooms, and as what. */
const roles: Partial<Record<StandingName, Role>> = {
  needsFactor: 'member',
  banned: 'member',
  guest: 'member',
  newcomer: 'member',
  member: 'member',
  moderator: 'moderator',
  owner: 'owner',
  admin: 'member',
  bot: 'member',
}
const administrators: ReadonlySet<StandingName> = new Set(['admin', 'adminOutside', 'needsFactor'])
const withFactor: ReadonlySet<StandingName> = new Set(['admin', 'adminOutside', 'halfway'])
const withoutSession: ReadonlySet<StandingName> = new Set(['signedOut', 'invited', 'halfway', 'former'])
export const password = 'nine tall green trees'
export type RoomName = 'public' | 'private'

export interface StageAnswer<Body> {
  status: number
  text: string
  body: Body
  /** But those that are of the moment. */
  headers: Record<string, string>
}

const changing: ReadonlySet<string> = new Set(['date', 'set-cookie', 'x-request-id'])

export class Stage {
  readonly brook: Brook
  readonly rooms: Record<RoomName, string> = { public: '', private: '' }
  readonly ids = new Map<StandingName, string>()
  /** What those who are not in yet have in their hands. */
  invite = ''
  ticket = ''
  /** Somebody whom others do something to. */
  target = { id: '', name: 'target' }
  /** A message of the owner's, and a poll of theirs, by room. */
  readonly said = new Map<string, { message: number; poll: number }>()
  /** Ids of what is there, by what it is. */
  readonly made = new Map<string, string>()
  readonly #headers = new Map<StandingName, Record<string, string>>()
  readonly #sessions: Sessions
  #count = 0

  private constructor(brook: Brook) {
    this.brook = brook
    this.#sessions = new Sessions(brook.db, brook.connections.cache, { deliver: () => Promise.resolve(true) })
  }

  static async set(brook: Brook): Promise<Stage> {
    const stage = new Stage(brook)
    await stage.#people()
    await stage.#rooms()
    await stage.#doors()
    return stage
  }

  get address(): string {
    return this.brook.servers[0]?.address ?? ''
  }

  fresh(word: string): string {
    return `${word} ${(this.#count += 1)}`
  }

  async ask<Body = unknown>(
    who: StandingName,
    method: string,
    path: string,
    body?: object,
  ): Promise<StageAnswer<Body>> {
    const answer = await fetch(this.address + path, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.address,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headersOf(who),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = text !== '' && /^application\/json/.test(answer.headers.get('content-type') ?? '')
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !changing.has(name)))
    return { status: answer.status, text, headers, body: (isJson ? JSON.parse(text) : undefined) as Body }
  }

  headersOf(who: StandingName): Record<string, string> {
    return this.#headers.get(who) ?? {}
  }

  /** As they were, whatever they did: with a session, and in the rooms that they are in. */
  async restore(who: StandingName, what: 'session' | 'places' | 'both' = 'both'): Promise<void> {
    const id = this.ids.get(who)
    if (id === undefined || withoutSession.has(who)) return
    if (what !== 'places') {
      await this.#signIn(who, id)
      if (withFactor.has(who)) await this.#addFactor(id)
    }
    if (what !== 'session')
      for (const room of Object.values(this.rooms)) await this.#place(id, room, roles[who])
  }

  /** The target is in both rooms again, and banned from none. */
  async restoreTarget(): Promise<void> {
    const { id } = this.target
    await this.brook.db.run('DELETE FROM room_bans WHERE user_id = ?', [BigInt(id)])
    await this.brook.db.run('UPDATE bans SET ended_at = NOW(3) WHERE user_id = ? AND ended_at IS NULL', [id])
    for (const room of Object.values(this.rooms)) await this.#place(id, room, 'member')
  }

  /** A message and a poll of the owner's, which others do something to. */
  async says(room: string): Promise<void> {
    const post = async (what: string, body: object): Promise<number> =>
      (
        await this.ask<{ seq: number }>('owner', 'POST', `/api/rooms/${room}/${what}`, {
          cid: newCid(),
          ...body,
        })
      ).body.seq
    this.said.set(room, {
      message: await post('messages', { text: 'hello' }),
      poll: await post('polls', { question: 'Tea?', options: ['yes', 'no'] }),
    })
  }

  /** A case about the owner, that waits for the moderators of the private room. */
  async report(): Promise<string> {
    const known = this.made.get('case')
    if (known !== undefined) return known
    const room = this.rooms.private
    await this.says(room)
    const seq = this.said.get(room)?.message
    await this.ask('member', 'POST', `/api/rooms/${room}/messages/${seq}/reports`, { reason: 'spam' })
    const { body } = await this.ask<{ cases: { id: string }[] }>(
      'moderator',
      'GET',
      `/api/rooms/${room}/reports`,
    )
    const id = body.cases[0]?.id ?? ''
    this.made.set('case', id)
    return id
  }

  /** Somebody who has ended their account, as somebody new. */
  async comesAgain(who: StandingName): Promise<void> {
    const name = this.fresh(who)
    const { insertId } = await this.brook.db.run(
      'INSERT INTO users (name, name_key, created_at) VALUES (?)',
      [[name, name, new Date()]],
    )
    this.ids.set(who, insertId)
    await this.restore(who)
  }

  async #people(): Promise<void> {
    const { db } = this.brook
    for (const who of standings.filter((name) => name !== 'signedOut' && name !== 'invited')) {
      const isBot = who === 'bot' || who === 'botOutside'
      const client = new Client(this.address, who)
      const name = `${who} one`
      const body = who === 'guest' ? { name } : { name, password }
      const id = isBot
        ? (await this.brook.addBot(who)).id
        : (
            await client.ask<{ user: { id: string } }>(
              'POST',
              who === 'guest' ? '/api/guests' : '/api/users',
              body,
            )
          ).body.user.id
      this.ids.set(who, id)
      if (isBot) await db.run('INSERT INTO bots (user_id, created_at) VALUES (?, NOW(3))', [id])
      if (administrators.has(who)) await this.brook.makesAdmin({ user: { id } as never })
      if (who !== 'newcomer' && who !== 'guest')
        await db.run("UPDATE users SET created_at = '2020-01-01' WHERE id = ?", [id])
      if (withFactor.has(who)) await this.#addFactor(id)
      if (who === 'former') {
        this.#headers.set(who, { cookie: client.cookie ?? '' })
        await client.ask('DELETE', '/api/session')
      } else if (who !== 'halfway') await this.#signIn(who, id)
    }
    const target = await new Client(this.address, '').ask<{ user: { id: string } }>('POST', '/api/guests', {
      name: this.target.name,
    })
    this.target.id = target.body.user.id
  }

  async #rooms(): Promise<void> {
    for (const kind of ['public', 'private'] as const) {
      const { body } = await this.ask<{ room: { id: string } }>('owner', 'POST', '/api/rooms', {
        name: kind,
        kind,
      })
      this.rooms[kind] = body.room.id
      for (const who of standings) await this.restore(who)
      const at = `/api/rooms/${body.room.id}`
      await this.says(body.room.id)
      await this.ask('owner', 'PUT', `${at}/bans/${this.ids.get('roomBanned')}`, {})
    }
  }

  /** Who may come in, what newcomers may do, and who is out; last, for it holds for the stage's own people too. */
  async #doors(): Promise<void> {
    const newcomers = {
      createRooms: false,
      setTopics: false,
      postLinks: false,
      bringIn: false,
      beginDirects: false,
      mentionAll: false,
    }
    await this.ask('admin', 'PATCH', '/api/workspace', {
      signUp: 'invite',
      guests: false,
      newcomers: { ...newcomers, newForMs: 3_600_000 },
    })
    const { body } = await this.ask<{ invite: { code: string } }>('admin', 'POST', '/api/invites', {})
    this.invite = body.invite.code
    await this.ask('admin', 'POST', '/api/admin/bans', { user: this.ids.get('banned') })
    await this.ask('admin', 'PUT', '/api/admin/security', { adminsNeedFactor: true })
    const half = await this.ask<{ error: { ticket: string } }>('halfway', 'POST', '/api/session', {
      name: 'halfway one',
      password,
    })
    this.ticket = half.body.error.ticket
    for (const who of standings) await this.restore(who)
  }

  async #addFactor(id: string): Promise<void> {
    await this.brook.db.run(
      "INSERT IGNORE INTO second_factors VALUES (?, 'JBSWY3DPEHPK3PXPJBSWY3DP', 0, NOW(3))",
      [id],
    )
  }

  async #signIn(who: StandingName, id: string): Promise<void> {
    if (who === 'bot' || who === 'botOutside') {
      const token = await this.brook.db.transaction((tx) => this.#sessions.openForBot(tx, { id }))
      this.#headers.set(who, { authorization: `Bearer ${token}` })
    } else this.#headers.set(who, { cookie: `brook=${await this.#sessions.open({ id }, 'stage')}` })
  }

  async #place(userId: string, room: string, role: Role | undefined): Promise<void> {
    if (room === '') return
    await this.brook.db.transaction(async (tx) => {
      await tx.run('DELETE FROM memberships WHERE user_id = ? AND room_id = ?', [
        BigInt(userId),
        BigInt(room),
      ])
      if (role !== undefined) await insertMember(tx, { userId, room, role, read: 0 })
    })
  }
}
