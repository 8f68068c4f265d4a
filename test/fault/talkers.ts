// Browsers that talk in one room: for faults that a test injects itself.
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../support/until.ts'
import { chanceOf, pick } from './chance.ts'
import { arrive, Client } from './client.ts'
import { Histories } from './histories.ts'
import './tab.ts'

export class Talkers {
  readonly histories: Histories
  readonly room: string
  readonly clients: readonly Client[]
  readonly #chance = chanceOf(7)
  #number = 0

  private constructor(histories: Histories, room: string, clients: readonly Client[]) {
    this.histories = histories
    this.room = room
    this.clients = clients
  }

  static async gather(addresses: readonly string[], count: number): Promise<Talkers> {
    const histories = new Histories()
    const parts = { histories, addresses, random: chanceOf(3) }
    const clients: Client[] = []
    let room = ''
    for (let i = 0; i < count; i += 1) {
      const client = new Client(`client-${i}`, await arrive(addresses, `Talker ${i}`), parts)
      if (i === 0) room = await client.makes(`talkers ${Date.now()}`)
      await client.joins(room)
      clients.push(client)
    }
    for (const client of clients) client.open()
    await until(() => clients.every((client) => client.upTo(room) >= 0))
    return new Talkers(histories, room, clients)
  }

  /** Sends this many messages, `everyMs` apart. */
  async talks(count: number, everyMs = 10): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      pick(this.#chance, this.clients).says(this.room, `word ${(this.#number += 1)}`)
      await pause(everyMs)
    }
  }

  /** Waits until no message is pending, `isArchived` holds, and all clients have the same entries. */
  async isComplete(isArchived: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
    const state = (): { waiting: number; upTo: number[] } => ({
      waiting: this.clients.reduce((sum, { waiting }) => sum + waiting.length, 0),
      upTo: this.clients.map((client) => client.upTo(this.room)),
    })
    const isCalm = ({ waiting, upTo }: ReturnType<typeof state>): boolean =>
      waiting === 0 && upTo.every((seq) => seq === upTo[0] && seq > 0)
    await until(state, isCalm, withinMs)
    await until(isArchived, Boolean, withinMs)
    await until(state, isCalm, withinMs)
  }

  leave(): void {
    for (const client of this.clients) client.close()
  }
}
