// When people were last here, as others may know it: written when they go, and once a minute for those who are here, for a server
// may be lost with all its people. SQL of `last_seen`.
import type { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Presence as State } from '../protocol/profiles.ts'
import { Repeated } from '../repeated.ts'

export interface LastSeenDeps {
  db: Pick<Db, 'run'>
  /** Who is connected to this process and seen. */
  seenHere: () => string[]
  onError: (error: unknown) => void
}

export class LastSeen {
  readonly #deps: LastSeenDeps
  readonly #writing: Repeated
  /** Who has gone, and when; while MySQL is away they wait. */
  readonly #gone = new Map<string, number>()
  #writtenAt = Date.now()

  constructor(deps: LastSeenDeps) {
    this.#deps = deps
    this.#writing = new Repeated({
      everyMs: limits.presence.seenEveryMs,
      run: () => this.#write(),
      onError: deps.onError,
    })
  }

  /** Somebody is seen as something else. Whoever has become invisible has gone, as far as others know. */
  changed(userId: string, state: State): void {
    if (state !== 'offline') return
    this.#gone.set(userId, Date.now())
    this.#writing.soon()
  }

  /** The last people of this process are written down. */
  async close(): Promise<void> {
    await this.#writing.close()
    await this.#writeRows(this.#deps.seenHere(), Date.now()).catch(this.#deps.onError)
  }

  async #write(): Promise<void> {
    const gone = [...this.#gone]
    for (const [at, people] of byTime(gone)) await this.#writeRows(people, at)
    for (const [user, at] of gone) if (this.#gone.get(user) === at) this.#gone.delete(user)
    const now = Date.now()
    if (now - this.#writtenAt < limits.presence.seenEveryMs / 2) return
    this.#writtenAt = now
    await this.#writeRows(this.#deps.seenHere(), now)
  }

  /** Nobody was last seen earlier than is known already. The sockets of an ended account close after its end: nothing is kept of it. */
  async #writeRows(people: readonly string[], at: number): Promise<void> {
    const { seenRows } = limits.presence
    for (let from = 0; from < people.length; from += seenRows)
      await this.#deps.db.run(
        // In one order, so that two processes do not wait for each other.
        `INSERT INTO last_seen (user_id, seen_ms)
         SELECT u.id, ? FROM users u WHERE u.id IN (?) AND u.ended_at IS NULL ORDER BY u.id
         ON DUPLICATE KEY UPDATE seen_ms = GREATEST(last_seen.seen_ms, VALUES(seen_ms))`,
        [at, people.slice(from, from + seenRows).map(BigInt)],
      )
  }
}

function byTime(gone: readonly [string, number][]): Map<number, string[]> {
  const times = new Map<number, string[]>()
  for (const [user, at] of gone) times.set(at, [...(times.get(at) ?? []), user])
  return times
}
