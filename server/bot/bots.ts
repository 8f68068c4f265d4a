// Bots: users that are programs. Their accounts, the one valid token of each, and how far each has acknowledged its rooms.
import type { Newcomers } from '../account/accounts.ts'
import type { Sessions } from '../account/sessions.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { isRefusal, Refused } from '../answer.ts'
import { isBarred } from '../naming/look-alikes.ts'
import { nameFields, refuseTaken } from '../naming/names-taken.ts'
import type { Refusal } from '../protocol/errors.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import type { Person } from '../protocol/people.ts'
import { formatCursor, furthest, parseCursor, type Cursor } from './cursor.ts'

export interface BotDeps {
  db: Db
  sessions: Sessions
  newcomers: Newcomers
}

/** A bot and its token, which is returned only this once. */
export interface BotWithToken {
  bot: Person
  token: string
}

export interface BotSummary {
  id: string
  name: string
  createdAt: number
  /** False once it was revoked. */
  hasToken: boolean
  /** When its token was last used, to two minutes; null if it has none. */
  usedAt: number | null
  ackedAt: number | null
}

/** The duty of the built-in bot, as it is stored. */
export const builtinDuty = 'house'

export class Bots {
  readonly #db: Db
  readonly #sessions: Sessions
  readonly #newcomers: Newcomers

  constructor({ db, sessions, newcomers }: BotDeps) {
    this.#db = db
    this.#sessions = sessions
    this.#newcomers = newcomers
  }

  /** Undefined: the name is taken, or another process was faster. */
  static async addForDuty(db: Db, name: string, duty: string): Promise<Person | undefined> {
    return db
      .transaction((tx) => insertBot(tx, name, duty))
      .catch((error: unknown) => {
        if (isDuplicate(error)) return undefined
        throw error
      })
  }

  /** A new bot, in the default room like everyone. */
  async add(rawName: string): Promise<BotWithToken | Refusal> {
    const name = cleanName(rawName)
    if (name === undefined) return { code: 'bad_name' }
    if (isBarred(name)) return { code: 'misleading_name' }
    const added = await this.#insert(name)
    if (!isRefusal(added)) await this.#newcomers.greet(added.bot)
    return added
  }

  async list(): Promise<BotSummary[]> {
    const rows = await this.#db.rows<BotRow>(
      'SELECT u.id, u.name, b.created_at, b.acked_at, MAX(s.used_at) AS used_at FROM bots b ' +
        'JOIN users u ON u.id = b.user_id LEFT JOIN sessions s ON s.user_id = u.id ' +
        'GROUP BY u.id, u.name, u.name_key, b.created_at, b.acked_at ORDER BY u.name_key',
    )
    return rows.map(({ id, name, created_at, used_at, acked_at }) => ({
      id: String(id),
      name,
      createdAt: created_at.getTime(),
      hasToken: used_at !== null,
      usedAt: used_at?.getTime() ?? null,
      ackedAt: acked_at?.getTime() ?? null,
    }))
  }

  async find(name: string): Promise<Person | undefined> {
    const [row] = await this.#db.rows<{ id: number; name: string }>(
      'SELECT id, name FROM users WHERE name_key = ? AND is_bot = 1',
      [nameKey(cleanName(name) ?? '')],
    )
    return row && botNamed(row)
  }

  /** A bot that Brook runs itself: without a token, because it does not use HTTP, and in no room. */
  static async findByDuty(db: Db, duty: string): Promise<Person | undefined> {
    const [row] = await db.rows<{ id: number; name: string }>(
      'SELECT u.id, u.name FROM bots b JOIN users u ON u.id = b.user_id WHERE b.duty = ?',
      [duty],
    )
    return row && botNamed(row)
  }

  /** Its token stops working at once, in every process and for its open sockets. Its messages stay. */
  async revoke(bot: Person): Promise<void> {
    const ended = await this.#db.transaction((tx) => this.#sessions.closeAll(tx, bot.id))
    await this.#sessions.forget(ended)
  }

  /** A new token; the old one stops working. */
  async renewToken(bot: Person): Promise<string> {
    const { ended, token } = await this.#db.transaction(async (tx) => ({
      ended: await this.#sessions.closeAll(tx, bot.id),
      token: await this.#sessions.openForBot(tx, bot),
    }))
    await this.#sessions.forget(ended)
    return token
  }

  /** Its last acknowledgement; undefined before the first one. */
  async acked(botId: string): Promise<Cursor | undefined> {
    const word = await readAcked(this.#db, botId)
    return word === null ? undefined : parseCursor(word)
  }

  /** Stores a cursor. Of two at once, the further position is kept in each room. */
  ack(botId: string, cursor: Cursor): Promise<Cursor> {
    return this.#store(botId, cursor, furthest)
  }

  /** Stores these positions, also where they lie before the known ones. The other rooms keep theirs. */
  rewind(botId: string, cursor: Cursor): Promise<Cursor> {
    return this.#store(botId, cursor, (known, { places, ...rest }) => ({
      ...rest,
      places: new Map([...known.places, ...places]),
    }))
  }

  #store(botId: string, cursor: Cursor, merge: (known: Cursor, next: Cursor) => Cursor): Promise<Cursor> {
    return this.#db.transaction(async (tx) => {
      const word = await readAcked(tx, botId, 'lock')
      const known = word === null ? undefined : parseCursor(word)
      const kept = known === undefined ? cursor : merge(known, cursor)
      const next = formatCursor(kept)
      if (next !== word)
        await tx.run('UPDATE bots SET acked = ?, acked_at = ? WHERE user_id = ?', [
          next,
          new Date(),
          BigInt(botId),
        ])
      return kept
    })
  }

  async #insert(name: string): Promise<BotWithToken | Refusal> {
    try {
      return await this.#db.transaction(async (tx) => {
        const bot = await insertBot(tx, name, null)
        const taken = await refuseTaken(tx, bot)
        if (taken !== undefined) throw new Refused(taken)
        await this.#newcomers.enter(tx, bot)
        return { bot, token: await this.#sessions.openForBot(tx, bot) }
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'name_taken' }
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }
}

async function insertBot(tx: Queryable, name: string, duty: string | null): Promise<Person> {
  const { key, skeleton } = nameFields(name)
  const { insertId } = await tx.run(
    'INSERT INTO users (name, name_key, skeleton, password_hash, is_bot, created_at) VALUES (?)',
    [[name, key, skeleton, null, 1, new Date()]],
  )
  await tx.run('INSERT INTO bots (user_id, duty, created_at) VALUES (?)', [[insertId, duty, new Date()]])
  return botNamed({ id: insertId, name })
}

async function readAcked(
  tx: Queryable,
  botId: string,
  lock: 'lock' | 'free' = 'free',
): Promise<string | null> {
  const hold = lock === 'lock' ? ' FOR UPDATE' : ''
  const [row] = await tx.rows<{ acked: string | null }>(`SELECT acked FROM bots WHERE user_id = ?${hold}`, [
    BigInt(botId),
  ])
  return row?.acked ?? null
}

const botNamed = ({ id, name }: { id: number | string; name: string }): Person => ({
  id: String(id),
  name,
  bot: true,
})

interface BotRow {
  id: number
  name: string
  created_at: Date
  used_at: Date | null
  acked_at: Date | null
}
