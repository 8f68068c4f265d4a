// Who is kept out at this moment, in this process's memory: every request, socket and message is checked against it, and it
// holds while the stores are away. MySQL is asked every few seconds whether there is news, and at once when the bus says so.
import type { Bus } from '../bus.ts'
import type { Db, Queryable } from '../db.ts'
import { countChange, factOf } from '../facts.ts'
import { limits } from '../protocol/limits.ts'
import type { KeptOut } from '../protocol/moderation.ts'
import type { User } from '../protocol/people.ts'
import { Repeated } from '../repeated.ts'
import { Networks } from './networks.ts'

/** Counts the changes, so that nothing is read where nothing has changed. */
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
  version: string
  people: ReadonlyMap<string, readonly KeptOut[]>
  networks: Networks
  ofNetworks: ReadonlyMap<string, readonly KeptOut[]>
  /** When somebody may come back into a room, by room and person; Infinity: never. */
  rooms: ReadonlyMap<string, number>
}

const nobody: Kept = {
  version: '',
  people: new Map(),
  networks: new Networks([]),
  ofNetworks: new Map(),
  rooms: new Map(),
}

export interface BanListDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
  now?: () => number
}

export class BanList {
  readonly #db: Db
  readonly #bus: BanListDeps['bus']
  readonly #now: () => number
  readonly #onError: BanListDeps['onError']
  #asking: Repeated | undefined
  readonly #listeners = new Set<() => void>()
  #kept = nobody
  #reading: Promise<void> = Promise.resolve()

  constructor({ db, bus, onError, now = Date.now }: BanListDeps) {
    this.#db = db
    this.#bus = bus
    this.#now = now
    this.#onError = onError
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
    const now = this.#now()
    return [...own, ...there]
      .filter(({ until }) => until === null || until > now)
      .sort((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity))[0]
  }

  /** Whether somebody is banned from a room. */
  isOutOf(userId: string, room: string): boolean {
    return (this.#kept.rooms.get(`${room} ${userId}`) ?? 0) > this.#now()
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

  /** Once that is committed: it holds here when this resolves, and on the other servers a moment later. */
  async changed(): Promise<void> {
    this.#bus.publish({ kind: 'bans' })
    await this.read()
  }

  /** Reads what there is, and from then on what changes. @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    this.#asking ??= new Repeated({
      everyMs: limits.bans.lookEveryMs,
      run: () => this.read(),
      onError: (error) => this.#onError(error, 'reading who is banned'),
    })
  }

  /** There is news, or there may be. */
  soon(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  /**
   * Reads what MySQL has, if it has changed. One read after the other: what was read earlier never replaces what was read
   * later. @throws a lost connection
   */
  read(): Promise<void> {
    const read = this.#reading.then(() => this.#read())
    this.#reading = read.catch(() => undefined)
    return read
  }

  async #read(): Promise<void> {
    // Before the rows: a change that comes in between is read again.
    const version = (await factOf(this.#db, fact)) ?? '0'
    if (version === this.#kept.version) return
    const now = new Date(this.#now())
    const [bans, rooms] = await Promise.all([
      this.#db.rows<Row>(
        `SELECT user_id, network, reason, expires_at, suspended FROM bans
         WHERE ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
        [now],
      ),
      this.#db.rows<RoomRow>(
        'SELECT room_id, user_id, expires_at FROM room_bans WHERE expires_at IS NULL OR expires_at > ?',
        [now],
      ),
    ])
    this.#kept = keptOf(version, bans, rooms)
    for (const listener of this.#listeners) listener()
  }
}

function keptOf(version: string, bans: readonly Row[], rooms: readonly RoomRow[]): Kept {
  const people = new Map<string, KeptOut[]>()
  const ofNetworks = new Map<string, KeptOut[]>()
  for (const { user_id, network, reason, expires_at, suspended } of bans) {
    const kind = suspended === 1 ? { suspended: true as const } : {}
    const told: KeptOut = { reason, until: expires_at?.getTime() ?? null, ...kind }
    if (user_id !== null) add(people, String(user_id), told)
    else if (network !== null) add(ofNetworks, network, told)
  }
  return {
    version,
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
