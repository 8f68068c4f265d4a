// How people look, in this process's memory: their face, their status and whether they want to be seen.
import type { Db, Queryable } from '../db.ts'
import { countChange, factOf } from '../facts.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import { limits } from '../protocol/limits.ts'
import { statusAt } from '../protocol/looks.ts'
import type { OwnLook, PresenceChoice, Status } from '../protocol/profiles.ts'

/** Counts the changes; each row has the number of its last one. */
const fact = 'profiles'

/** What of somebody is not as it is for everybody who has set nothing. */
interface Kept {
  choice: PresenceChoice
  avatar: string
  /** It may have ended. */
  status: Status | undefined
}

export interface LookRow {
  user_id: number
  presence: PresenceChoice
  avatar: string
  status_emoji: string
  status_text: string
  status_until_ms: number | null
}

export const lookColumns = 'presence, avatar, status_emoji, status_text, status_until_ms'

/** A status as it was set; undefined: none. */
export const statusIn = ({
  status_emoji: emoji,
  status_text: text,
  status_until_ms: until,
}: Omit<LookRow, 'user_id' | 'presence' | 'avatar'>): Status | undefined =>
  emoji === '' && text === '' ? undefined : { emoji, text, until: until === null ? null : Number(until) }

/**
 * First in the transaction that changes profiles: other changes wait for its end, so that numbers become visible in their order.
 * Returns the number that each row which it changes gets.
 */
export async function nextVersion(tx: Queryable): Promise<bigint> {
  await countChange(tx, fact)
  return BigInt((await factOf(tx, fact)) ?? '0')
}

export class PresentProfiles extends MemoryCopy {
  readonly #listeners = new Set<(people: readonly string[], isFirst: boolean) => void>()
  readonly #kept = new Map<string, Kept>()
  /** Undefined: nothing is known yet. */
  #version: bigint | undefined

  constructor(deps: MemoryCopyDeps) {
    super(deps, {
      signal: 'profiles',
      fact,
      everyMs: limits.profiles.lookEveryMs,
      where: 'reading profiles',
    })
  }

  /** Whether somebody wants to be seen. While nothing is known, nobody is: they may be invisible. */
  readonly choiceOf = (id: string): PresenceChoice =>
    this.#version === undefined ? 'invisible' : (this.#kept.get(id)?.choice ?? 'auto')

  /** The hash of their image. */
  readonly avatarOf = (id: string): string | undefined => {
    const avatar = this.#kept.get(id)?.avatar
    return avatar === '' ? undefined : avatar
  }

  /** What others see of them, besides presence. */
  lookOf(id: string): { avatar?: string; status?: Status } {
    const avatar = this.avatarOf(id)
    const status = statusAt(this.#kept.get(id)?.status, Date.now())
    return { ...(avatar === undefined ? {} : { avatar }), ...(status === undefined ? {} : { status }) }
  }

  /** What one sees of oneself. */
  readonly ownLook = (id: string): OwnLook => ({ choice: this.choiceOf(id), ...this.lookOf(id) })

  /** Called after each change with whose profiles it was; `isFirst`: what everybody has chosen is known now. */
  onChange(listener: (people: readonly string[], isFirst: boolean) => void): void {
    this.#listeners.add(listener)
  }

  /** Only what has changed. */
  protected async take(db: Db, version: string): Promise<void> {
    const { readAtOnce } = limits.profiles
    const newest = BigInt(version)
    const isFirst = this.#version === undefined
    const people: string[] = []
    for (let after = this.#version ?? -1n; after < newest;) {
      const rows = await db.rows<LookRow & { version: number }>(
        `SELECT user_id, version, ${lookColumns} FROM profiles WHERE version > ? ORDER BY version LIMIT ?`,
        [after, readAtOnce],
      )
      for (const row of rows) people.push(this.#keep(row))
      const last = rows.at(-1)
      after = last === undefined || rows.length < readAtOnce ? newest : BigInt(last.version)
    }
    this.#version = newest
    if (people.length > 0 || isFirst) for (const listener of this.#listeners) listener(people, isFirst)
  }

  #keep(row: LookRow): string {
    const id = String(row.user_id)
    const { presence: choice, avatar } = row
    const status = statusIn(row)
    if (choice === 'auto' && avatar === '' && status === undefined) this.#kept.delete(id)
    else this.#kept.set(id, { choice, avatar, status })
    return id
  }
}
