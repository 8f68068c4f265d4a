// Who is kept out at this moment, in this process's memory: every request, socket and message is checked against it.
import type { Db, Queryable } from '../db.ts'
import { countChange } from '../facts.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import { limits } from '../protocol/limits.ts'
import type { KeptOut } from '../protocol/moderation.ts'
import type { User } from '../protocol/people.ts'
import { Networks } from './networks.ts'

const fact = 'bans'

/** Somebody who asks for something: a person, whoever comes from an address, or both. */
export interface Asking {
  user?: Pick<User, 'id' | 'admin'> | undefined
  address?: string | undefined
}

interface Row {
  user_id: number | null
  network: string | null
  reason: string
  expires_at: Date | null
  suspended: number
}

interface RoomRow {
  room_id: number
  user_id: number
  expires_at: Date | null
}

interface Kept {
  people: ReadonlyMap<string, readonly KeptOut[]>
  networks: Networks
  ofNetworks: ReadonlyMap<string, readonly KeptOut[]>
  /** When somebody may come back into a room, by room and person; Infinity: never. */
  rooms: ReadonlyMap<string, number>
}

const nobody: Kept = {
  people: new Map(),
  networks: new Networks([]),
  ofNetworks: new Map(),
  rooms: new Map(),
}

export class BanList extends MemoryCopy {
  readonly #listeners = new Set<() => void>()
  #kept = nobody

  constructor(deps: MemoryCopyDeps) {
    const where = 'reading who is banned'
    super(deps, { signal: 'bans', fact, everyMs: limits.bans.lookEveryMs, where })
  }

  /**
   * Undefined: nothing keeps them out. An address keeps no administrator out, who could otherwise lock themselves out with it;
   * of several bans, the one that lasts longest is told.
   */
  of({ user, address }: Asking): KeptOut | undefined {
    const own = user === undefined ? [] : (this.#kept.people.get(user.id) ?? [])
    const there =
      address === undefined || user?.admin === true
        ? []
        : this.#kept.networks.holding(address).flatMap((one) => this.#kept.ofNetworks.get(one) ?? [])
    const now = Date.now()
    return [...own, ...there]
      .filter(({ until }) => until === null || until > now)
      .sort((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity))[0]
  }

  /** Whether somebody is banned from a room. */
  isOutOf(userId: string, room: string): boolean {
    return (this.#kept.rooms.get(`${room} ${userId}`) ?? 0) > Date.now()
  }

  /** Called after each change, with who is kept out from now on. Returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** First in the transaction that changes a ban: other changes wait for its end. */
  note(tx: Queryable): Promise<void> {
    return countChange(tx, fact)
  }

  protected async take(db: Db): Promise<void> {
    const now = new Date()
    const [bans, rooms] = await Promise.all([
      db.rows<Row>(
        `SELECT user_id, network, reason, expires_at, suspended FROM bans
         WHERE ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
        [now],
      ),
      db.rows<RoomRow>(
        'SELECT room_id, user_id, expires_at FROM room_bans WHERE expires_at IS NULL OR expires_at > ?',
        [now],
      ),
    ])
    this.#kept = keptOf(bans, rooms)
    for (const listener of this.#listeners) listener()
  }
}

function keptOf(bans: readonly Row[], rooms: readonly RoomRow[]): Kept {
  const people = new Map<string, KeptOut[]>()
  const ofNetworks = new Map<string, KeptOut[]>()
  for (const { user_id, network, reason, expires_at, suspended } of bans) {
    const kind = suspended === 1 ? { suspended: true as const } : {}
    const told: KeptOut = { reason, until: expires_at?.getTime() ?? null, ...kind }
    if (user_id !== null) add(people, String(user_id), told)
    else if (network !== null) add(ofNetworks, network, told)
  }
  return {
    people,
    ofNetworks,
    networks: new Networks([...ofNetworks.keys()]),
    rooms: new Map(
      rooms.map(({ room_id, user_id, expires_at }) => [
        `${room_id} ${user_id}`,
        expires_at?.getTime() ?? Infinity,
      ]),
    ),
  }
}

const add = (all: Map<string, KeptOut[]>, key: string, one: KeptOut): void => {
  all.set(key, [...(all.get(key) ?? []), one])
}
