// Which server of MySQL's the connections of a Db lead to. With one in MYSQL_URL it is that one. With several, the one that can
// write is looked for at the first question, whenever it fails, and every few seconds; see mysql-hosts for the choice.
import type { PoolConnection } from 'mysql2/promise'
import { hostsOf, type MysqlAddress, type MysqlHost } from './config-stores.ts'
import { askHost, chooseHost, keepWriter, nameOfHost, type HostState } from './mysql-hosts.ts'
import { MysqlPool, type MysqlPoolOptions } from './mysql-pool.ts'

/** Long enough for a busy server; a frozen one is left for another within three times as long. */
const askedWithinMs = 1_500
/** ... and one that is alone: there is no other to ask, and on a busy machine it takes its time. */
const aloneWithinMs = 10_000
const lookEveryMs = 2_000
/** While none can write, a statement asks again no sooner than this. */
const againMs = 500
/** A server that only reads takes the place of one that has been gone for so long: until then that one may come back. */
const goneMs = 10_000

export interface WriterOptions extends Omit<MysqlPoolOptions, 'isGalera'> {
  /** Another server is written to from now on; one line for an operator. */
  onMoved: (line: string) => void
}

/** A connection, and how it is given back. */
export interface Lent {
  connection: PoolConnection
  giveBack(): void
  /** It failed, or its server refused: whether another one is written to is asked. */
  doubt(): void
}

interface Present {
  at: number
  pool: MysqlPool
}

export class MysqlWriter {
  readonly #hosts: readonly MysqlHost[]
  readonly #names: readonly string[]
  readonly #options: WriterOptions
  #present: Present | undefined
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #lookedAt = -Infinity
  #goneSince: number | undefined
  #why = ''
  #isDoubted = false
  #isClosed = false

  constructor(address: MysqlAddress, options: WriterOptions) {
    const hosts = hostsOf(address)
    this.#hosts = hosts
    this.#names = hosts.map(nameOfHost)
    this.#options = options
    if (hosts.length === 1)
      this.#present = { at: 0, pool: new MysqlPool(hosts[0], { ...options, isGalera: false }) }
  }

  /** @throws ETIMEDOUT, if no connection is free in time, or no server answers */
  async lend(): Promise<Lent> {
    // After a failure the next question waits until it is known whom to ask.
    if (this.#isDoubted) await this.#looking
    const present = this.#present ?? (await this.#find())
    const connection = await present.pool.lend().catch((error: unknown) => {
      this.#doubt(present)
      throw error
    })
    return {
      connection,
      giveBack: () => present.pool.giveBack(connection),
      doubt: () => {
        present.pool.end(connection)
        this.#doubt(present)
      },
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#looking
    await this.#present?.pool.close()
  }

  async #find(): Promise<Present> {
    if (performance.now() - this.#lookedAt > againMs) await this.#look()
    else await this.#looking
    if (this.#present !== undefined) return this.#present
    throw Object.assign(new Error(`no server of MySQL's answers: ${this.#why}`), { code: 'ETIMEDOUT' })
  }

  #doubt(present: Present): void {
    if (this.#hosts.length === 1 || present !== this.#present) return
    this.#isDoubted = true
    if (performance.now() - this.#lookedAt > againMs) void this.#look()
    else if (this.#looking === undefined) this.#lookLater(againMs)
  }

  /** One at a time; never rejects. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce()
      .catch((error: unknown) => {
        this.#why = (error as Error).message
      })
      .finally(() => {
        this.#looking = undefined
        this.#isDoubted = false
        this.#lookLater(lookEveryMs)
      })
    return this.#looking
  }

  get #withinMs(): number {
    return this.#hosts.length === 1 ? aloneWithinMs : askedWithinMs
  }

  #lookLater(ms: number): void {
    clearTimeout(this.#timer)
    // A server that is alone is used as long as Brook runs.
    if (this.#isClosed || (this.#hosts.length === 1 && this.#present !== undefined)) return
    this.#timer = setTimeout(() => void this.#glance(), ms * (0.75 + Math.random() / 2))
    this.#timer.unref()
  }

  /** As long as the server in use is well and still the chosen one, the others are not asked. */
  async #glance(): Promise<void> {
    const present = this.#present
    const host = present && this.#hosts[present.at]
    if (present !== undefined && host !== undefined) {
      const { can, writer } = await askHost(host, askedWithinMs)
      const isChosen = writer === '' || writer === this.#names[present.at]
      if (can === 'write' && isChosen) return this.#lookLater(lookEveryMs)
    }
    await this.#look()
  }

  async #lookOnce(): Promise<void> {
    this.#lookedAt = performance.now()
    const states = await Promise.all(this.#hosts.map((host) => askHost(host, this.#withinMs)))
    if (this.#isClosed) return
    const at = chooseHost(states, this.#names, this.#present?.at)
    this.#why = this.#whyNot(states)
    const isGone = this.#present !== undefined && states[this.#present.at]?.can === 'nothing'
    this.#goneSince = isGone ? (this.#goneSince ?? performance.now()) : undefined
    if (at === undefined || at === this.#present?.at) return
    const chosen = states[at]
    const isSoon = performance.now() - (this.#goneSince ?? -Infinity) < goneMs
    if (chosen === undefined || (chosen.can === 'read' && isGone && isSoon)) return
    await this.#use(at, chosen, { isGone })
  }

  async #use(
    at: number,
    { can, isGalera, writer }: HostState,
    { isGone }: { isGone: boolean },
  ): Promise<void> {
    const [host, name] = [this.#hosts[at], this.#names[at]]
    if (host === undefined || name === undefined) return
    if (can !== 'read' && writer !== name) await keepWriter(host, this.#withinMs)
    const former = this.#present
    this.#present = { at, pool: new MysqlPool(host, { ...this.#options, isGalera }) }
    if (former === undefined) return
    former.pool.retire({ atOnce: isGone })
    const how = can === 'read' ? 'is only read from, at' : 'is written to at'
    this.#options.onMoved(`MySQL ${how} ${name} from now on. ${this.#why}`)
  }

  /** What keeps each of them from being written to. */
  #whyNot(states: readonly HostState[]): string {
    const term = Math.max(0, ...states.map((state) => state.term))
    const reasons = states.flatMap((state, at) => {
      const why = whyNot(state, term)
      return why === undefined ? [] : [`${this.#names[at]}: ${why}`]
    })
    return reasons.join('; ')
  }
}

function whyNot(state: HostState, term: number): string | undefined {
  if (state.can === 'nothing') return state.why ?? 'it does not answer'
  if (state.term < term) return 'it has missed what was written to another one since'
  if (state.can === 'read') return 'it is read-only'
  return state.can === 'donate' ? 'it brings another node up to date' : undefined
}
