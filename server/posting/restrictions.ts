// What a room's rules restrict, for the gate: archived, only for moderators, slow mode.
import type { RoomRule } from '../membership/room-rules.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { mayAlwaysWrite, type Standing } from '../protocol/rights.ts'

/** What an action does in a room, as far as its rules restrict it. */
export interface Restricted {
  /** It writes something new: not where only moderators write, and only so often. */
  isTalk?: boolean
  /** It says something in another way: not where only moderators write. */
  rewrites?: boolean
  /** It goes on in an archived room. */
  inArchived?: boolean
}

export interface Writing {
  room: string
  user: string
  /** What is done. */
  action: string
  /** Of a request that may be repeated: it waits for nothing that its first try began. */
  cid?: string | undefined
}

/** Counters that all servers share, each of which ends `ttlMs` after its first count; undefined: they are away. */
interface SlowCounts {
  count(key: string, ttlMs: number): Promise<{ count: number; endsInMs: number } | undefined>
  uncount(key: string): Promise<void>
}

/** What is remembered of the last message of each person in a slow room, so that it can be repeated under its cid. */
const keptCids = 10_000

export class Restrictions {
  readonly #cache: SlowCounts
  readonly #last = new Map<string, string>()

  constructor(cache: SlowCounts) {
    this.#cache = cache
  }

  /** Of a webhook: its owners let it write. */
  refuseHook({ archived }: RoomRule): Refusal | undefined {
    return archived ? { code: 'archived' } : undefined
  }

  /** `giveBack`: what was done came to nothing. */
  async refuse(
    { archived, speak, slowMs }: RoomRule,
    { isTalk, rewrites, inArchived }: Restricted,
    writing: Writing & { isBot: boolean },
    standing: Standing,
  ): Promise<Refusal | { giveBack?: () => void }> {
    if (archived && inArchived !== true) return { code: 'archived' }
    if (mayAlwaysWrite(standing)) return {}
    if (speak === 'moderators' && (isTalk === true || rewrites === true)) return { code: 'read_only' }
    if (isTalk !== true) return {}
    return slowMs === 0 || writing.isBot ? {} : this.#takeTurn(slowMs, writing)
  }

  /** Limit: while Redis is away nobody waits, and nothing is written either. */
  async #takeTurn(
    slowMs: number,
    { room, user, action, cid }: Writing,
  ): Promise<Refusal | { giveBack?: () => void }> {
    const key = `slow:${room}:${user}`
    const act = cid === undefined ? undefined : `${action} ${cid}`
    if (act !== undefined && this.#last.get(key) === act) return {}
    const counted = await this.#cache.count(key, Math.min(slowMs, limits.slowMs))
    if (counted !== undefined && counted.count > 1)
      return { code: 'slow_mode', retryAfterMs: Math.max(1, counted.endsInMs) }
    this.#remember(key, act)
    let isGivenBack = false
    return {
      giveBack: () => {
        // Once: what was given back twice would be one turn more.
        if (isGivenBack) return
        isGivenBack = true
        this.#last.delete(key)
        void this.#cache.uncount(key)
      },
    }
  }

  #remember(key: string, act: string | undefined): void {
    this.#last.delete(key)
    if (act === undefined) return
    this.#last.set(key, act)
    const [oldest = key] = this.#last.keys()
    if (this.#last.size > keptCids) this.#last.delete(oldest)
  }
}
