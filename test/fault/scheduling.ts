// Messages that are scheduled while everything fails: each one that a server has promised to send is there once, at the end.
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../../server/db.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Client } from './client.ts'
import type { Histories } from './histories.ts'

/** Whoever has had no answer for so long gives up; then it may be sent, or not. */
const asksForMs = 60_000

export class Scheduling {
  readonly #histories: Histories
  #asking = 0

  constructor(histories: Histories) {
    this.#histories = histories
  }

  /** `at`: ms since 1970. */
  schedules(client: Client, room: string, words: { text: string; at: number }): void {
    const cid = newCid()
    const { text, at } = words
    // Under a name of its own: it comes when it is due, whatever else its author says meanwhile.
    const by = `${client.name}, scheduled ${cid}`
    const said = { cid, room, user: client.account.user.id, by, text, at: Date.now(), promised: false }
    this.#histories.says(said)
    this.#asking += 1
    void this.#ask(client, { cid, room, text, at })
      .then((isPromised) => (said.promised = isPromised))
      .finally(() => (this.#asking -= 1))
  }

  /**
   * With the same cid until a server has answered. A refusal promises nothing and denies nothing: the clock of that server may be a
   * day ahead, and another one may have taken it before.
   */
  async #ask(client: Client, body: object): Promise<boolean> {
    for (const end = Date.now() + asksForMs; Date.now() < end; await pause(500)) {
      const answer = await client.asks('POST', '/api/scheduled', body).catch(() => undefined)
      if (answer?.status === 201) return true
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) return false
    }
    return false
  }

  /** What is not over yet; nothing if all is. */
  async lacks(db: Db): Promise<string[]> {
    const [row] = await db.rows<{ n: number }>(
      "SELECT COUNT(*) AS n FROM scheduled_messages WHERE state IN ('waiting', 'sending')",
    )
    return [
      ...(this.#asking > 0 ? [`${this.#asking} are being scheduled`] : []),
      ...(Number(row?.n) > 0 ? [`${row?.n} scheduled messages wait`] : []),
    ]
  }
}
