// Some browsers in one room who talk: for faults that a test lays by hand.
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../support/until.ts'
import { chanceOf, pick } from './chance.ts'
import { arrive, Client } from './client.ts'
import { Histories } from './histories.ts'
import './tab.ts'

export class Crowd {
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

  static async gather(addresses: readonly string[], count: number): Promise<Crowd> {
    const histories = new Histories()
    const parts = { histories, addresses, random: chanceOf(3) }
    const clients: Client[] = []
    let room = ''
    for (let i = 0; i < count; i += 1) {
      const client = new Client(`client-${i}`, await arrive(addresses, `Crowd ${i}`), parts)
      if (i === 0) room = await client.makes(`crowd ${Date.now()}`)
      await client.joins(room)
      clients.push(client)
    }
    for (const client of clients) client.open()
    await until(() => clients.every((client) => client.upTo(room) >= 0))
    return new Crowd(histories, room, clients)
  }

  /** So many words, spread over a while. */
  async talks(count: number, everyMs = 10): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      pick(this.#chance, this.clients).says(this.room, `word ${(this.#number += 1)}`)
      await pause(everyMs)
    }
  }

  /** Waits until nothing waits anywhere, `isArchived`, and everybody has everything that anybody has. */
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
