// What people have missed and no mail has said yet, by person and room. SQL of `missed_mails`. One process at a time takes in what
// was decided; the position is written in the same transaction, so that a kill leaves nothing out and nothing twice.
import type { Db, Queryable } from '../db.ts'
import { factOf, setFact } from '../facts.ts'
import { alone } from '../lock-row.ts'
import type { Mail } from '../mail/mail.ts'
import type { MailLanguage } from '../mail/words/words.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import { limits } from '../protocol/limits.ts'
import { defaultNotifySettings } from '../protocol/notify-defaults.ts'

export interface WaitingDeps {
  db: Db
  mail: Mail
  /** Those of these notifications that are still to be told. */
  stillWanted: (ids: readonly string[]) => Promise<Set<string>>
  settings: Pick<NotifySettingsStore, 'ofAll'>
  /** At one of their devices, on any server. */
  isAtHand: (user: string) => boolean
  now?: () => number
}

/** Of one person in one room. */
export interface Span {
  room: string
  first: number
  last: number
}

/** Somebody was told of something. */
interface Missed {
  id: number
  user: string
  room: string
  at: number
  cause: string
}

interface DueRow {
  user_id: number | string
  room_id: number | string
  first_id: number | string
  last_id: number | string
  language: MailLanguage | null
}

interface Place extends Span {
  user: string
  dueAt: Date
}

const position = 'missed_mail'
/** A span may have more; nobody reads a mail of them. */
const maxOfSpan = 1_000

export class Waiting {
  readonly #deps: WaitingDeps
  readonly #now: () => number

  constructor(deps: WaitingDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  /** Takes in what was decided, and puts mails into the queue whose time has come. @throws a lost connection */
  async run(): Promise<void> {
    // A look that finds nothing, which most do, writes nothing.
    if (!(await this.#isNeeded())) return
    await alone(this.#deps.db, 'missed-mail', async ({ signal }) => {
      while (!signal.aborted && (await this.#takeIn())) continue
      if (!signal.aborted) await this.#putDue()
    })
  }

  /** Those of a span that have still to be read, the oldest first. */
  async wanted(user: string, { room, first, last }: Span): Promise<{ id: number; seq: number }[]> {
    const { db, stillWanted } = this.#deps
    const rows = await db.rows<{ id: number | string; seq: number | string }>(
      `SELECT id, seq FROM notifications WHERE user_id = ? AND room_id = ? AND id BETWEEN ? AND ?
       AND cause <> 'report' ORDER BY id DESC LIMIT ?`,
      [BigInt(user), BigInt(room), first, last, maxOfSpan],
    )
    const all = rows.map(({ id, seq }) => ({ id: Number(id), seq: Number(seq) })).reverse()
    const wanted = await stillWanted(all.map(({ id }) => String(id)))
    return all.filter(({ id }) => wanted.has(String(id)))
  }

  /** False: there is no more. */
  async #takeIn(): Promise<boolean> {
    const { db } = this.#deps
    const kept = await factOf(db, position)
    // Whoever sets mail up is not told of what was before.
    const from = kept === undefined ? await this.#newest() : Number(kept)
    const missed = kept === undefined ? [] : await this.#after(from)
    if (kept !== undefined && missed.length === 0) return false
    const places = await this.#placesOf(missed)
    await db.transaction(async (tx) => {
      // Another process, which took this one for dead, has gone on from here.
      const now = await tx.rows<{ value: string }>(
        'SELECT value FROM installation WHERE name = ? FOR UPDATE',
        [position],
      )
      if (now[0]?.value !== kept) return
      await this.#add(tx, places)
      await setFact(tx, position, String(missed.at(-1)?.id ?? from))
    })
    return missed.length === limits.mail.missed.batch
  }

  async #isNeeded(): Promise<boolean> {
    const [row] = await this.#deps.db.rows<{ due: 0 | 1 }>(
      'SELECT EXISTS (SELECT 1 FROM missed_mails WHERE due_at <= ?) AS due',
      [new Date(this.#now())],
    )
    if (row?.due === 1) return true
    return (await factOf(this.#deps.db, position)) !== String(await this.#newest())
  }

  async #newest(): Promise<number> {
    const [row] = await this.#deps.db.rows<{ id: number | null }>('SELECT MAX(id) AS id FROM notifications')
    return Number(row?.id ?? 0)
  }

  /** Their ids become visible in their order. */
  async #after(id: number): Promise<Missed[]> {
    const rows = await this.#deps.db.rows<{
      id: number | string
      user_id: number | string
      room_id: number | string
      at_ms: number | string
      cause: string
    }>('SELECT id, user_id, room_id, at_ms, cause FROM notifications WHERE id > ? ORDER BY id LIMIT ?', [
      id,
      limits.mail.missed.batch,
    ])
    return rows.map((row) => ({
      id: Number(row.id),
      user: String(row.user_id),
      room: String(row.room_id),
      at: Number(row.at_ms),
      cause: row.cause,
    }))
  }

  /** Of those who want mail and have an address. */
  async #placesOf(missed: readonly Missed[]): Promise<Place[]> {
    const { db, settings } = this.#deps
    const now = this.#now()
    const since = now - limits.mail.missed.oldMs
    const recent = missed.filter(({ at, cause }) => at > since && cause !== 'report')
    if (recent.length === 0) return []
    const users = [...new Set(recent.map(({ user }) => user))]
    const rows = await db.rows<{ user_id: number | string }>(
      'SELECT user_id FROM mail_addresses WHERE address IS NOT NULL AND user_id IN (?)',
      [users.map(BigInt)],
    )
    const chosen = await settings.ofAll(rows.map(({ user_id }) => String(user_id)))
    const after = new Map<string, number>()
    for (const { user_id } of rows) {
      const { mail } = chosen.get(String(user_id)) ?? defaultNotifySettings
      if (mail.on) after.set(String(user_id), mail.afterMinutes * 60_000)
    }
    const places = new Map<string, Place>()
    for (const { id, user, room, at } of recent) {
      const afterMs = after.get(user)
      if (afterMs === undefined) continue
      const key = `${user} ${room}`
      const known = places.get(key)
      if (known === undefined)
        places.set(key, { user, room, first: id, last: id, dueAt: new Date(Math.min(at, now) + afterMs) })
      else known.last = id
    }
    return [...places.values()]
  }

  /** What waits already keeps its time; after a mail, the next one has to wait. */
  async #add(tx: Queryable, places: readonly Place[]): Promise<void> {
    if (places.length === 0) return
    const { againMs } = limits.mail.missed
    await tx.run(
      `INSERT INTO missed_mails (user_id, room_id, first_id, last_id, due_at) VALUES ?
       ON DUPLICATE KEY UPDATE first_id = COALESCE(first_id, VALUES(first_id)), last_id = VALUES(last_id),
         due_at = COALESCE(due_at, GREATEST(VALUES(due_at), COALESCE(sent_at + INTERVAL ? SECOND, VALUES(due_at))))`,
      [
        places.map(({ user, room, first, last, dueAt }) => [BigInt(user), BigInt(room), first, last, dueAt]),
        againMs / 1_000,
      ],
    )
  }

  async #putDue(): Promise<void> {
    const { db, isAtHand } = this.#deps
    const now = new Date(this.#now())
    const rows = await db.rows<DueRow>(
      `SELECT m.user_id, m.room_id, m.first_id, m.last_id, a.language FROM missed_mails m
       LEFT JOIN mail_addresses a ON a.user_id = m.user_id AND a.address IS NOT NULL
       WHERE m.due_at <= ? ORDER BY m.due_at LIMIT ?`,
      [now, limits.mail.missed.due],
    )
    const settings = await this.#deps.settings.ofAll(rows.map(({ user_id }) => String(user_id)))
    for (const row of rows) {
      const user = String(row.user_id)
      const { mail } = settings.get(user) ?? defaultNotifySettings
      const span = { room: String(row.room_id), first: Number(row.first_id), last: Number(row.last_id) }
      if (row.language === null || !mail.on || (await this.wanted(user, span)).length === 0)
        await this.#forget(user, span)
      else if (isAtHand(user)) await this.#later(user, span)
      else await this.#put(user, span, row.language)
    }
  }

  /** What has come meanwhile is left for the next look. */
  async #put(user: string, { room, first, last }: Span, language: MailLanguage): Promise<void> {
    const { db, mail } = this.#deps
    const now = new Date(this.#now())
    const isPut = await db.transaction(async (tx) => {
      const { affectedRows } = await tx.run(
        `UPDATE missed_mails SET first_id = NULL, last_id = NULL, due_at = NULL, sent_at = ?
         WHERE user_id = ? AND room_id = ? AND first_id = ? AND last_id = ?`,
        [now, BigInt(user), BigInt(room), first, last],
      )
      if (affectedRows === 0) return false
      const data = { room, first, last }
      const id = await mail.put(tx, { kind: 'missed', userId: user, address: null, data, language })
      await tx.run(
        `UPDATE missed_mails SET message_id = COALESCE(message_id, (SELECT message_id FROM mails WHERE id = ?))
         WHERE user_id = ? AND room_id = ?`,
        [BigInt(id), BigInt(user), BigInt(room)],
      )
      return true
    })
    if (isPut) mail.soon()
  }

  async #forget(user: string, { room, last }: Span): Promise<void> {
    await this.#deps.db.run(
      `UPDATE missed_mails SET first_id = NULL, last_id = NULL, due_at = NULL
       WHERE user_id = ? AND room_id = ? AND last_id = ?`,
      [BigInt(user), BigInt(room), last],
    )
  }

  async #later(user: string, { room }: Span): Promise<void> {
    const until = new Date(this.#now() + limits.mail.missed.hereMs)
    const sql = 'UPDATE missed_mails SET due_at = ? WHERE user_id = ? AND room_id = ? AND due_at IS NOT NULL'
    await this.#deps.db.run(sql, [until, BigInt(user), BigInt(room)])
  }
}
