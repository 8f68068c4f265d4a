// Incoming webhooks: their rows, and the way from a payload to words in a room. A secret is shown once and kept hashed.
import { createHash, timingSafeEqual } from 'node:crypto'
import { newToken, tokenHash } from '../account/token.ts'
import { isRefusal } from '../answer.ts'
import type { Db } from '../db.ts'
import { Kept } from '../kept.ts'
import type { Appended } from '../log/entry.ts'
import { Pace, type PaceOptions } from '../pace.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { IncomingHook } from '../protocol/hooks.ts'
import { limits, rates } from '../protocol/limits.ts'
import { cleanName } from '../protocol/names.ts'
import type { Cache } from '../redis.ts'
import type { Rooms } from '../room/rooms.ts'
import { readPayload, type SlackRefusal } from '../slack/payload.ts'

export interface IncomingParts {
  db: Db
  cache: Cache
  rooms: Rooms
  pace?: PaceOptions
}

/** A hook whose address is told this once: the part after the server's own. */
export interface Opened {
  hook: IncomingHook
  path: string
}

/** What a sender hears besides `ok`. `no_service`: no such hook; `invalid_token`: its secret is another. */
export type HookRefusal = SlackRefusal | 'no_service' | 'invalid_token' | Refusal

/** What is kept of a hook for a while, so that MySQL may be away. */
interface KnownHook {
  room: string
  user: string
  name: string
  hash: string
}

const keepMs = 60 * 60_000

export class IncomingHooks {
  readonly #db: Db
  readonly #kept: Kept
  readonly #rooms: Rooms
  readonly #pace: Pace

  constructor({ db, cache, rooms, pace }: IncomingParts) {
    this.#db = db
    this.#kept = new Kept(cache, { kind: 'hooks' })
    this.#rooms = rooms
    this.#pace = new Pace(rates.hook, pace)
  }

  /** Says what a tool posted. `key`: the sender's Idempotency-Key, where it gave one. */
  async say(
    { id, secret, key }: { id: string; secret: string; key: string | undefined },
    payload: unknown,
  ): Promise<Appended | HookRefusal> {
    const known = await this.#find(id)
    if (known === undefined) return 'no_service'
    if (!timingSafeEqual(Buffer.from(known.hash, 'hex'), tokenHash(secret))) return 'invalid_token'
    const message = readPayload(payload)
    if (typeof message === 'string') return message
    const wait = this.#pace.take(id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const user = { id: known.user, name: message.name ?? known.name, bot: true } as const
    const cid = key === undefined ? newCid() : cidOf(id, key)
    const said = await this.#rooms.say(message.icon === undefined ? user : { ...user, icon: message.icon }, {
      ...{ room: known.room, cid, text: message.text },
    })
    return said
  }

  async list(room: string): Promise<IncomingHook[]> {
    const rows = await this.#db.rows<Row>(
      'SELECT id, name, created_at FROM incoming_hooks WHERE room_id = ? AND removed_at IS NULL ORDER BY id',
      [BigInt(room)],
    )
    return rows.map(toHook)
  }

  async make(room: string, rawName: string): Promise<Opened | Refusal> {
    const name = cleanName(rawName)
    if (name === undefined) return { code: 'bad_name' }
    if ((await this.list(room)).length >= limits.hooks.perRoom) return { code: 'too_many_hooks' }
    const secret = newToken()
    const now = new Date()
    const id = await this.#db.transaction(async (tx) => {
      // Its key is no name that anybody could have, so any number of hooks, and a person, may share a name.
      const user = await tx.run('INSERT INTO users (name, name_key, is_bot, created_at) VALUES (?)', [
        [name, `hook:${newCid()}`, 1, now],
      ])
      const hook = await tx.run(
        'INSERT INTO incoming_hooks (room_id, user_id, name, secret_hash, created_at) VALUES (?)',
        [[BigInt(room), BigInt(user.insertId), name, tokenHash(secret), now]],
      )
      return hook.insertId
    })
    return { hook: { id, name, createdAt: now.getTime() }, path: pathOf(id, secret) }
  }

  async rename(room: string, id: string, rawName: string): Promise<IncomingHook | Refusal> {
    const name = cleanName(rawName)
    if (name === undefined) return { code: 'bad_name' }
    await this.#change(room, id, 'name = ?', [name])
    return this.#seen(room, id)
  }

  /** A new address; the old one is nobody's from now on. */
  async renew(room: string, id: string): Promise<Opened | Refusal> {
    const secret = newToken()
    await this.#change(room, id, 'secret_hash = ?', [tokenHash(secret)])
    const hook = await this.#seen(room, id)
    return isRefusal(hook) ? hook : { hook, path: pathOf(id, secret) }
  }

  async remove(room: string, id: string): Promise<Refusal | undefined> {
    const hook = await this.#seen(room, id)
    if (isRefusal(hook)) return hook
    await this.#change(room, id, 'removed_at = NOW(3)', [])
    return undefined
  }

  async #change(room: string, id: string, sets: string, values: (string | Buffer)[]): Promise<void> {
    const sql = `UPDATE incoming_hooks SET ${sets} WHERE id = ? AND room_id = ? AND removed_at IS NULL`
    await this.#db.run(sql, [...values, BigInt(id), BigInt(room)])
    await this.#kept.drop(keyOf(id))
  }

  async #seen(room: string, id: string): Promise<IncomingHook | Refusal> {
    return (await this.list(room)).find((hook) => hook.id === id) ?? { code: 'not_found' }
  }

  async #find(id: string): Promise<KnownHook | undefined> {
    return this.#kept.read(keyOf(id), { ttlMs: keepMs }, async () => {
      const [row] = await this.#db.rows<{
        room_id: number
        user_id: number
        name: string
        secret_hash: Buffer
      }>(
        'SELECT room_id, user_id, name, secret_hash FROM incoming_hooks WHERE id = ? AND removed_at IS NULL',
        [BigInt(id)],
      )
      if (row === undefined) return undefined
      const { room_id, user_id, name, secret_hash } = row
      return { room: String(room_id), user: String(user_id), name, hash: secret_hash.toString('hex') }
    })
  }
}

const keyOf = (id: string): string => `hook:${id}`
const pathOf = (id: string, secret: string): string => `/api/hooks/${id}/${secret}`

/** Before this moment: later than the log's window, so that MySQL is asked for it, as for every old cid. */
const longAgo = Date.parse('2020-01-01')

/**
 * The cid of an Idempotency-Key: the same for ever, so that no resend is a second message. Its time is made up from the
 * key and lies long ago; spread, for Redis keeps cids of one time together.
 */
export function cidOf(hook: string, key: string): string {
  const bytes = createHash('sha256').update(`${hook}\n${key}`).digest()
  const hex = newCid(bytes.readUIntBE(0, 6) % longAgo).slice(0, 13)
  const rest = bytes.subarray(6, 16).toString('hex')
  const variant = '89ab'.charAt((bytes[16] ?? 0) & 3)
  return `${hex}-7${rest.slice(0, 3)}-${variant}${rest.slice(3, 6)}-${rest.slice(6, 18)}`
}

interface Row {
  id: number
  name: string
  created_at: Date
}

const toHook = ({ id, name, created_at }: Row): IncomingHook => ({
  ...{ id: String(id), name, createdAt: created_at.getTime() },
})
