// Incoming webhooks: their rows, and how a payload becomes a message. A secret is shown once and stored as a hash.
import { createHash, timingSafeEqual } from 'node:crypto'
import { newToken, tokenHash } from '../account/token.ts'
import { isRefusal } from '../answer.ts'
import type { Slices } from '../channel/slices.ts'
import type { Db, Param } from '../db.ts'
import { StaleCache } from '../stale-cache.ts'
import type { Appended } from '../log/entry.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { IncomingHook } from '../protocol/hooks.ts'
import { limits } from '../protocol/limits.ts'
import { isMisleadingName } from '../protocol/misleading-names.ts'
import { cleanName } from '../protocol/names.ts'
import type { Person, Role } from '../protocol/people.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import type { Cache } from '../redis/cache.ts'
import type { Gate, HookMaker } from '../posting/gate.ts'
import type { Say } from '../posting/say.ts'
import { readPayload, type PayloadRefusal } from './payload.ts'

export interface IncomingDeps {
  db: Db
  cache: Cache
  gate: Gate
  say: Say
  slices: Slices
}

/** A hook with its address, which is shown only this once: the part after the server's own. */
export interface Opened {
  hook: IncomingHook
  path: string
}

/** Answers to a sender besides `ok`. `no_service`: no such hook; `invalid_token`: the secret is wrong. */
export type HookRefusal = PayloadRefusal | 'no_service' | 'invalid_token' | Refusal

/** What is cached of a hook, so that it works while MySQL is down. */
interface KnownHook {
  room: string
  user: string
  name: string
  hash: string
  /** Who made it, or replaced its URL last; none: that was before this was kept. */
  maker?: HookMaker
}

const keepMs = 60 * 60_000

export class IncomingHooks {
  readonly #db: Db
  readonly #cached: StaleCache
  readonly #say: Say
  readonly #gate: Gate
  readonly #slices: Slices

  constructor({ db, cache, gate, say, slices }: IncomingDeps) {
    this.#db = db
    this.#cached = new StaleCache(cache, { kind: 'hooks' })
    this.#say = say
    this.#gate = gate
    this.#slices = slices
  }

  /** The hook with this address. @throws if MySQL is down and the cache does not know it */
  async know({
    id,
    secret,
  }: {
    id: string
    secret: string
  }): Promise<KnownHook | 'no_service' | 'invalid_token'> {
    const known = await this.#find(id)
    if (known === undefined) return 'no_service'
    return timingSafeEqual(Buffer.from(known.hash, 'hex'), tokenHash(secret)) ? known : 'invalid_token'
  }

  /** Posts a tool's message. `key`: the sender's Idempotency-Key, if there is one. */
  async say(
    { id, secret, key }: { id: string; secret: string; key: string | undefined },
    payload: unknown,
  ): Promise<Appended | HookRefusal> {
    const known = await this.know({ id, secret })
    if (typeof known === 'string') return known
    const { room } = known
    const hook: Person = { id: known.user, name: known.name, bot: true }
    // The rate first: reading a payload costs more than refusing one.
    const passed = await this.#gate.pass({
      actor: { hook: id, room, person: hook, maker: known.maker },
      action: 'say',
      room,
    })
    if (isRefusal(passed)) return passed
    await this.#slices.next()
    const message = readPayload(payload)
    if (typeof message === 'string') return message
    const { name = hook.name, icon } = message
    const person: Person = icon === undefined ? { ...hook, name } : { ...hook, name, icon }
    const cid = key === undefined ? newCid() : cidOf(id, key)
    return this.#say.say({ ...passed, person }, { room, cid, text: message.text })
  }

  async list(room: string): Promise<IncomingHook[]> {
    const rows = await this.#db.rows<Row>(
      'SELECT id, user_id, name, created_at FROM incoming_hooks WHERE room_id = ? AND removed_at IS NULL ORDER BY id',
      [BigInt(room)],
    )
    return rows.map(toHook)
  }

  /** `maker`: whose rights it has. */
  async make(room: string, rawName: string, maker: string): Promise<Opened | Refusal> {
    const name = cleanName(rawName)
    if (name === undefined) return { code: 'bad_name' }
    if (isMisleadingName(name)) return { code: 'misleading_name' }
    if ((await this.list(room)).length >= limits.hooks.perRoom) return { code: 'too_many_hooks' }
    const secret = newToken()
    const now = new Date()
    const ids = await this.#db.transaction(async (tx) => {
      // Its name key is not a name that anybody could have, so any number of hooks, and a person, may share a name.
      const user = await tx.run('INSERT INTO users (name, name_key, is_bot, created_at) VALUES (?)', [
        [name, `hook:${newCid()}`, 1, now],
      ])
      const hook = await tx.run(
        'INSERT INTO incoming_hooks (room_id, user_id, name, secret_hash, created_at, created_by) VALUES (?)',
        [[BigInt(room), BigInt(user.insertId), name, tokenHash(secret), now, BigInt(maker)]],
      )
      return { id: hook.insertId, user: user.insertId }
    })
    return { hook: { ...ids, name, createdAt: now.getTime() }, path: pathOf(ids.id, secret) }
  }

  async rename(room: string, id: string, rawName: string): Promise<IncomingHook | Refusal> {
    const name = cleanName(rawName)
    if (name === undefined) return { code: 'bad_name' }
    if (isMisleadingName(name)) return { code: 'misleading_name' }
    await this.#change(room, id, 'name = ?', [name])
    return this.seen(room, id)
  }

  /** A new address; the old one stops working, and from now on it is theirs who asked. */
  async renew(room: string, id: string, maker: string): Promise<Opened | Refusal> {
    const secret = newToken()
    await this.#change(room, id, 'secret_hash = ?, created_by = ?', [tokenHash(secret), BigInt(maker)])
    const hook = await this.seen(room, id)
    return isRefusal(hook) ? hook : { hook, path: pathOf(id, secret) }
  }

  async remove(room: string, id: string): Promise<Refusal | undefined> {
    const hook = await this.seen(room, id)
    if (isRefusal(hook)) return hook
    await this.#change(room, id, 'removed_at = NOW(3)', [])
    return undefined
  }

  async #change(room: string, id: string, sets: string, values: Param[]): Promise<void> {
    const sql = `UPDATE incoming_hooks SET ${sets} WHERE id = ? AND room_id = ? AND removed_at IS NULL`
    await this.#db.run(sql, [...values, BigInt(id), BigInt(room)])
    await this.#cached.drop(keyOf(id))
  }

  /** One of this room. */
  async seen(room: string, id: string): Promise<IncomingHook | Refusal> {
    return (await this.list(room)).find((hook) => hook.id === id) ?? { code: 'not_found' }
  }

  async #find(id: string): Promise<KnownHook | undefined> {
    return this.#cached.read(keyOf(id), { ttlMs: keepMs }, async () => {
      const [row] = await this.#db.rows<KnownRow>(
        `SELECT h.room_id, h.user_id, h.name, h.secret_hash, u.id AS maker, u.name AS maker_name, u.is_admin, u.created_at,
           (u.password_hash IS NULL AND u.is_provided = 0) AS guest, r.kind, m.role
         FROM incoming_hooks h JOIN rooms r ON r.id = h.room_id AND r.deleted_at IS NULL
         LEFT JOIN users u ON u.id = h.created_by
         LEFT JOIN memberships m ON m.user_id = u.id AND m.room_id = h.room_id
         WHERE h.id = ? AND h.removed_at IS NULL`,
        [BigInt(id)],
      )
      if (row === undefined) return undefined
      const { room_id, user_id, name, secret_hash } = row
      const maker = makerOf(row)
      const hook = { room: String(room_id), user: String(user_id), name, hash: secret_hash.toString('hex') }
      return maker === undefined ? hook : { ...hook, maker }
    })
  }
}

/** While MySQL is away no process takes what it remembers of these for what there is. False: Redis could not be reached. */
export async function forgetHooks(cache: Cache, ids: readonly string[]): Promise<boolean> {
  const dropped = await Promise.all(ids.map((id) => cache.drop(keyOf(id))))
  return dropped.every(Boolean)
}

const keyOf = (id: string): string => `hook:${id}`
const pathOf = (id: string, secret: string): string => `/api/hooks/${id}/${secret}`

/** Before this moment: older than the log's window, so MySQL is checked for it, as for every old cid. */
const longAgo = Date.parse('2020-01-01')

/**
 * The cid of an Idempotency-Key: always the same, so that a resend is never a second message. Its time is derived
 * from the key and lies long ago, spread out, because Redis stores cids of the same time together.
 */
export function cidOf(hook: string, key: string): string {
  const bytes = createHash('sha256').update(`${hook}\n${key}`).digest()
  const hex = newCid(bytes.readUIntBE(0, 6) % longAgo).slice(0, 13)
  const rest = bytes.subarray(6, 16).toString('hex')
  const variant = '89ab'.charAt((bytes[16] ?? 0) & 3)
  return `${hex}-7${rest.slice(0, 3)}-${variant}${rest.slice(3, 6)}-${rest.slice(6, 18)}`
}

interface KnownRow {
  room_id: number
  user_id: number
  name: string
  secret_hash: Buffer
  maker: number | null
  maker_name: string
  is_admin: number
  created_at: Date
  guest: number
  kind: RoomKind
  role: Role | null
}

function makerOf({
  maker,
  maker_name,
  is_admin,
  created_at,
  guest,
  kind,
  role,
}: KnownRow): HookMaker | undefined {
  if (maker === null) return undefined
  return {
    id: String(maker),
    name: maker_name,
    guest: guest === 1,
    admin: is_admin === 1,
    since: created_at.getTime(),
    kind,
    role,
  }
}

interface Row {
  id: number
  user_id: number
  name: string
  created_at: Date
}

const toHook = ({ id, user_id, name, created_at }: Row): IncomingHook => ({
  id: String(id),
  user: String(user_id),
  name,
  createdAt: created_at.getTime(),
})
