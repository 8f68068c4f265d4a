// Tells a room, through its log, what has changed in MySQL. A notice is written down in the transaction that makes the
// change, and told until the log has it, in the order of the changes: a removal while Redis is away is late, not lost.
import type { Db, Queryable } from '../db.ts'
import type { Log } from '../log/log.ts'
import { newCid } from '../protocol/cid.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Notice } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import { personOf, type Person } from '../protocol/people.ts'
import type { Roster } from './roster.ts'

/** What happened, where, and by whom. */
export interface Happening {
  room: string
  user: Person
  notice: Notice
}

export interface Telling {
  log: Pick<Log, 'append'>
  /** Called before the log has it, so that whoever caused it finds it applied. */
  onHappening?: (happening: Happening) => void
  /** A notice that the log did not take, for the server's own log. It is told later. */
  onUntold?: (happening: Happening, refusal: Refusal) => void
}

export interface NoticesDeps extends Telling {
  db: Db
  roster: Pick<Roster, 'personChanged'>
}

interface UntoldRow {
  id: number
  cid: string
  happening: string
}

/** A room that is being told, and the next time, which all who ask meanwhile share. */
interface TellingRoom {
  done: Promise<Refusal | undefined>
  next?: Promise<Refusal | undefined>
}

export class Notices {
  readonly #deps: NoticesDeps
  readonly #rooms = new Map<string, TellingRoom>()

  constructor(deps: NoticesDeps) {
    this.#deps = deps
  }

  /**
   * In the transaction that makes the change, after it: of two changes of one person, the rows then have the order in
   * which MySQL made them.
   */
  note(tx: Queryable, happening: Happening, cid = newCid()): Promise<void> {
    return noteNotice(tx, happening, cid)
  }

  /**
   * Tells the room, once the change is committed. The change stands whatever the log says, and a person who joined must
   * not be told otherwise because a notice is late; so this never throws.
   */
  async tell(happening: Happening): Promise<void> {
    const { onHappening, onUntold } = this.#deps
    onHappening?.(happening)
    const refusal = await this.#tell(happening.room).catch((error: unknown): Refusal => ({
      code: 'unavailable',
      detail: (error as Error).message,
    }))
    if (refusal !== undefined) onUntold?.(happening, refusal)
  }

  /** Tells what no log took before. @throws a lost connection, if MySQL is down */
  async tellAll(): Promise<void> {
    const rooms = await this.#deps.db.rows<{ room_id: number }>(
      'SELECT DISTINCT room_id FROM untold_notices LIMIT ?',
      [limits.untold.rows],
    )
    for (const { room_id } of rooms) await this.#tell(String(room_id), 'late')
  }

  /** One at a time for each room; undefined: the log has everything that was committed when this was called. */
  #tell(room: string, when: 'now' | 'late' = 'now'): Promise<Refusal | undefined> {
    const telling = this.#rooms.get(room)
    if (telling === undefined) return this.#begin(room, when)
    const again = (): Promise<Refusal | undefined> => this.#begin(room, when)
    telling.next ??= telling.done.then(again, again)
    return telling.next
  }

  #begin(room: string, when: 'now' | 'late'): Promise<Refusal | undefined> {
    const done = this.#tellThrough(room, when).finally(() => this.#rooms.delete(room))
    this.#rooms.set(room, { done })
    return done
  }

  async #tellThrough(room: string, when: 'now' | 'late'): Promise<Refusal | undefined> {
    for (;;) {
      const rows = await this.#deps.db.rows<UntoldRow>(
        'SELECT id, cid, happening FROM untold_notices WHERE room_id = ? ORDER BY id LIMIT ?',
        [BigInt(room), limits.untold.rows],
      )
      const told: number[] = []
      // Invariant: a notice is told after those before it, whoever tells them: the first that is refused ends this.
      const refusal = await this.#tellInOrder(room, rows, { told, when }).finally(async () => {
        if (told.length > 0) await this.#deps.db.run('DELETE FROM untold_notices WHERE id IN (?)', [told])
      })
      if (refusal !== undefined || rows.length < limits.untold.rows) return refusal
    }
  }

  async #tellInOrder(
    room: string,
    rows: readonly UntoldRow[],
    { told, when }: { told: number[]; when: 'now' | 'late' },
  ): Promise<Refusal | undefined> {
    for (const { id, cid, happening } of rows) {
      const { user, notice } = JSON.parse(happening) as Omit<Happening, 'room'>
      // Redis was away when it happened: what the cache has of this person is as old as the notice.
      if (when === 'late')
        for (const id of changedBy({ room, user, notice })) await this.#deps.roster.personChanged(id, room)
      const refusal = await this.#append({ room, user, notice }, cid)
      if (refusal !== undefined) return refusal
      told.push(id)
    }
    return undefined
  }

  /** Under its one cid, so that two processes that tell it tell it once. */
  async #append({ room, user, notice }: Happening, cid: string): Promise<Refusal | undefined> {
    const draft = { room, user, cid, body: { type: 'notice', notice } } as const
    const { log } = this.#deps
    let answer = await log.append(draft)
    if ('code' in answer && answer.code === 'log_unknown') answer = await log.append(draft)
    return 'code' in answer ? answer : undefined
  }
}

/** A notice that every server tells from now on, until the log has it. */
export async function noteNotice(
  tx: Queryable,
  { room, user, notice }: Happening,
  cid = newCid(),
): Promise<void> {
  await tx.run('INSERT INTO untold_notices (room_id, cid, happening) VALUES (?)', [
    [BigInt(room), cid, JSON.stringify({ user: personOf(user), notice })],
  ])
}

/** Whose standing a notice changes. */
export const concerned = ({ user, notice }: Happening): Person => ('person' in notice ? notice.person : user)

/** ... and of whoever gave the room away, their own. */
const changedBy = (happening: Happening): string[] => {
  const { user, notice } = happening
  const { id } = concerned(happening)
  return notice.kind === 'role' && notice.own !== undefined ? [id, user.id] : [id]
}
