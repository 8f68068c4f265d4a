// What devices show, and taking it back when it was read elsewhere: a message without words tells the device to close it.
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { PushQueue, Queued } from './queue.ts'

export interface ShownDeps {
  db: Db
  queue: PushQueue
  wanted: (ids: readonly string[]) => Promise<Set<string>>
  now: () => number
}

/** A device shows the notifications of a room up to this one. */
export interface NewlyShown {
  device: string
  room: string
  user: string
  id: string
}

interface Row {
  subscription_id: number
  room_id: number
  user_id: number
  notification_id: number
  endpoint: string
}

/**
 * Trap: Safari counts a push that shows nothing against the site, and takes the permission away after three. There the app closes
 * what was read when it is opened, and the next message takes its place.
 */
const mustShow = (endpoint: string): boolean => /^https:\/\/[^/]*\.push\.apple\.com\//.test(endpoint)

const step = 500

export class Shown {
  readonly #deps: ShownDeps
  /** Whose devices show something, or may. */
  readonly #people = new Set<string>()
  readonly #toLookAt = new Set<string>()
  #lookedAt = -Infinity

  constructor(deps: ShownDeps) {
    this.#deps = deps
  }

  async shows(all: readonly NewlyShown[]): Promise<void> {
    if (all.length === 0) return
    for (const { user } of all) this.#people.add(user)
    await this.#deps.db.run(
      `INSERT INTO push_shown (subscription_id, room_id, user_id, notification_id) VALUES ?
       ON DUPLICATE KEY UPDATE notification_id = GREATEST(notification_id, VALUES(notification_id))`,
      [all.map(({ device, room, user, id }) => [device, room, user, id].map(BigInt))],
    )
  }

  /** Of these, the devices and rooms of which something is shown by now: "device room". */
  async newerOf(rows: readonly Pick<Queued, 'device' | 'room'>[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set()
    const shown = await this.#deps.db.rows<{ device: number; room: number }>(
      `SELECT subscription_id AS device, room_id AS room FROM push_shown
       WHERE (subscription_id, room_id) IN (?)`,
      [rows.map(({ device, room }) => [BigInt(device), BigInt(room)])],
    )
    return new Set(shown.map(({ device, room }) => `${device} ${room}`))
  }

  /** They have read or put away something: true if it may be shown somewhere. */
  hasRead(user: string): boolean {
    if (this.#people.has(user)) this.#toLookAt.add(user)
    return this.#people.has(user)
  }

  /** Takes back what is shown and was read: of those who were heard of, and now and then of everybody. */
  async takeBack(): Promise<void> {
    const { now } = this.#deps
    const isForAll = now() - this.#lookedAt >= limits.push.shownEveryMs
    if (isForAll) return this.#lookAtAll()
    const people = [...this.#toLookAt].slice(0, step)
    if (people.length === 0) return
    for (const user of people) this.#toLookAt.delete(user)
    await this.#lookAt('s.user_id IN (?)', [people.map(BigInt)], people)
  }

  /** What nobody heard of: a signal was lost, or this process has only just begun. */
  async #lookAtAll(): Promise<void> {
    this.#lookedAt = this.#deps.now()
    this.#toLookAt.clear()
    this.#people.clear()
    let [device, room] = [0n, 0n]
    for (;;) {
      const rows = await this.#lookAt(
        '(s.subscription_id, s.room_id) > (?, ?) ORDER BY s.subscription_id, s.room_id LIMIT 500',
        [device, room],
      )
      const last = rows.at(-1)
      if (last === undefined || rows.length < step) return
      ;[device, room] = [BigInt(last.subscription_id), BigInt(last.room_id)]
    }
  }

  async #lookAt(
    which: string,
    params: (bigint | bigint[])[],
    asked: readonly string[] = [],
  ): Promise<readonly Row[]> {
    const { db, wanted } = this.#deps
    const rows = await db.rows<Row>(
      `SELECT s.subscription_id, s.room_id, s.user_id, s.notification_id, p.endpoint
       FROM push_shown s JOIN push_subscriptions p ON p.id = s.subscription_id WHERE ${which}`,
      params,
    )
    const left = await wanted([...new Set(rows.map(({ notification_id }) => String(notification_id)))])
    for (const user of asked) this.#people.delete(user)
    for (const row of rows)
      if (left.has(String(row.notification_id))) this.#people.add(String(row.user_id))
      else await this.#close(row)
    return rows
  }

  async #close({ subscription_id, room_id, user_id, notification_id, endpoint }: Row): Promise<void> {
    const { db, queue, now } = this.#deps
    await db.transaction(async (tx) => {
      // Something newer may be shown by now.
      const { affectedRows } = await tx.run(
        'DELETE FROM push_shown WHERE subscription_id = ? AND room_id = ? AND notification_id = ?',
        [subscription_id, room_id, notification_id],
      )
      if (affectedRows === 0 || mustShow(endpoint)) return
      await queue.enter(tx, {
        kind: 'read',
        id: String(notification_id),
        lastId: String(notification_id),
        user: String(user_id),
        room: String(room_id),
        device: String(subscription_id),
        dueMs: now(),
        untilMs: now() + limits.push.keptMs,
      })
    })
  }
}
