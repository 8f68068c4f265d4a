// Asks MySQL again whether those who are connected here still may be: their sessions, and the rooms they are in. What the
// bus and the log tell is faster, and can be lost with Redis; so this asks whenever something may have been missed, and
// now and then for what nobody noticed.
import type { SessionPerson, Sessions } from '../account/sessions.ts'
import type { RoomList } from '../membership/room-list.ts'
import { closes } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import type { Connection } from './connection.ts'
import type { ConnectionRegistry } from './connection-registry.ts'

export interface RechecksDeps {
  connections: ConnectionRegistry
  sessions: Pick<Sessions, 'peopleOf'>
  memberships: Pick<RoomList, 'roomIdsOf'>
  onError: (error: unknown, where: string) => void
}

export class Rechecks {
  readonly #deps: RechecksDeps
  readonly #asking: Repeated
  /** How often something may have been missed, and how many of these doubts are settled. */
  #doubts = 0
  #settledDoubts = 0

  constructor(deps: RechecksDeps) {
    this.#deps = deps
    this.#asking = new Repeated({
      everyMs: limits.rechecks.everyMs,
      run: () => this.#ask(),
      onError: (error) => deps.onError(error, 'asking again who may be connected'),
    })
  }

  /** Something may have been missed: everybody is asked for again, now. */
  doubt(): void {
    this.#doubts += 1
    this.#asking.soon()
  }

  /**
   * Undefined: what is known of the connections holds. Otherwise resolves once it does, or after limits.rechecks.waitMs.
   * Limit: while MySQL is away too, what is known holds until it is back, so that people can go on talking.
   */
  get settled(): Promise<void> | undefined {
    const { running } = this.#asking
    if (this.#doubts === this.#settledDoubts || running === undefined) return undefined
    return atMost(running, limits.rechecks.waitMs)
  }

  close(): Promise<void> {
    return this.#asking.close()
  }

  async #ask(): Promise<void> {
    const { connections, sessions, memberships } = this.#deps
    const doubts = this.#doubts
    const all = [...connections]
    for (const some of slices([...new Set(all.map(({ session }) => session))])) {
      const people = await sessions.peopleOf(some)
      const asked = new Set(some)
      for (const connection of all)
        if (asked.has(connection.session)) check(connection, people.get(connection.session))
    }
    for (const some of slices([...new Set(all.map(({ user }) => user.id))]))
      await connections.correct(some, (people) => memberships.roomIdsOf(people))
    this.#settledDoubts = doubts
  }
}

/** Whoever is an administrator no more comes back as what they are. */
function check(connection: Connection, known: SessionPerson | undefined): void {
  const { id, admin } = connection.user
  if (known?.id !== id) connection.close(closes.signedOut)
  else if (admin && !known.admin) connection.close(closes.moving)
}

function* slices(all: readonly string[]): Generator<string[]> {
  const { people } = limits.rechecks
  for (let from = 0; from < all.length; from += people) yield all.slice(from, from + people)
}

const atMost = (work: Promise<void>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const end = (): void => {
      clearTimeout(timer)
      resolve()
    }
    work.then(end, end)
  })
