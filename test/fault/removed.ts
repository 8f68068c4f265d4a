// Somebody who is to lose their right, as hostile as they can: connected to every server, and back whenever they are cut off.
import { newCid } from '../../server/protocol/cid.ts'
import { Bot } from '../support/bot.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** An open tab, or a bot's socket, and how it connects. */
interface Tab {
  socket: Pick<Person, 'heard' | 'tells' | 'drops'> & { closed?: unknown }
  connects: () => Promise<unknown>
}

interface Asker {
  ask: (method: string, path: string, body?: unknown) => Promise<{ status: number }>
}

const againEveryMs = 200

export class Removed {
  readonly #tabs: Tab[]
  readonly #asker: Asker
  readonly #person: Person | undefined
  /** Numbers that were heard, as "room seq", over all connections. */
  readonly #numbers = new Set<string>()
  readonly #timer: NodeJS.Timeout
  readonly #connecting = new Set<Tab>()

  private constructor(tabs: Tab[], asker: Asker, person?: Person) {
    this.#tabs = tabs
    this.#asker = asker
    this.#person = person
    for (const tab of tabs) this.#connects(tab)
    this.#timer = setInterval(() => this.#again(), againEveryMs)
  }

  static of(person: Person, addresses: readonly string[]): Removed {
    const tabs = addresses.map((address) => {
      const tab = person.again()
      tab.address = address
      return { socket: tab, connects: () => tab.connects() }
    })
    return new Removed(tabs, person, person)
  }

  static ofBot(token: string, addresses: readonly string[]): Removed {
    const bots = addresses.map((address) => new Bot(token, address))
    const [asker] = bots
    if (asker === undefined) throw new Error('a bot needs a server')
    return new Removed(
      bots.map((bot) => ({ socket: bot, connects: () => bot.connects({ type: 'resume', rooms: {} }) })),
      asker,
    )
  }

  get person(): Person {
    if (this.#person === undefined) throw new Error('a bot is no person')
    return this.#person
  }

  /** Whether every connection knows of the room: what is said from now on comes to all of them. */
  isIn(room: string): boolean {
    return this.#tabs.every(({ socket }) =>
      socket.heard.some(
        (event) =>
          (event.type === 'welcome' && event.rooms.some(({ id }) => id === room)) ||
          (event.type === 'room' && event.room.id === room),
      ),
    )
  }

  hasHeard(room: string, seq: number): boolean {
    this.#note()
    return this.#numbers.has(`${room} ${seq}`)
  }

  /** What it still hears and does in the room, in words; nothing where all is refused. `seq`: said when nothing held any more. */
  async violations(room: string, seq: number): Promise<string[]> {
    const violations: string[] = []
    if (this.hasHeard(room, seq)) violations.push('heard')
    const at = `/api/rooms/${room}/messages`
    for (const [method, body] of [['GET'], ['POST', { cid: newCid(), text: 'still here' }]] as const) {
      const { status } = await this.#asker.ask(method, at, body)
      if (status < 400) violations.push(`${method} ${status}`)
    }
    for (const { socket } of this.#tabs) {
      const cid = newCid()
      const answer = (): string | undefined =>
        socket.heard.find((event) => 'cid' in event && event.cid === cid)?.type ??
        (socket.closed === undefined ? undefined : 'closed')
      try {
        socket.tells({ type: 'send', room, cid, text: 'still here' })
        const type = await until(answer, Boolean, 3_000)
        if (type !== 'closed' && type !== 'error') violations.push(`sent, ${type}`)
      } catch {
        // It is on its way back, and gets no answer.
      }
    }
    return violations
  }

  leaves(): void {
    clearInterval(this.#timer)
    for (const { socket } of this.#tabs) socket.drops()
  }

  #again(): void {
    this.#note()
    for (const tab of this.#tabs) if (tab.socket.closed !== undefined) this.#connects(tab)
  }

  #connects(tab: Tab): void {
    if (this.#connecting.has(tab)) return
    this.#connecting.add(tab)
    this.#note()
    tab
      .connects()
      // Refused: it tries again.
      .catch(() => undefined)
      .finally(() => this.#connecting.delete(tab))
  }

  #note(): void {
    for (const { socket } of this.#tabs)
      for (const event of socket.heard)
        if (event.type === 'message') this.#numbers.add(`${event.room} ${event.seq}`)
  }
}
