// What running processes announce about themselves: it exists while its process does, and disappears seconds after it.
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis/client.ts'
import type { Calls } from './calls.ts'
import { announcedKey } from './keys.ts'

export class Announcements {
  readonly #calls: Calls
  readonly #name: string
  readonly #published = new Map<string, string>()
  readonly #heartbeat: NodeJS.Timeout

  /** `name`: the process; it distinguishes the same text of two processes. */
  constructor(calls: Calls, commands: Redis, name: string) {
    this.#calls = calls
    this.#name = name
    this.#heartbeat = setInterval(() => this.#beat(), limits.calls.heartbeatMs)
    commands.on('ready', () => this.#beat())
  }

  /** Announces `text` under a topic, replacing this process's earlier one; the result withdraws it. */
  async publish(topic: string, text: string): Promise<() => Promise<void>> {
    const key = announcedKey(topic)
    const member = `${this.#name} ${text}`
    const before = this.#published.get(key)
    this.#published.set(key, member)
    if (before !== undefined && before !== member) await this.#calls.gone([key], before)
    await this.#calls.alive([key], member)
    return async () => {
      if (this.#published.get(key) !== member) return
      this.#published.delete(key)
      await this.#calls.gone([key], member)
    }
  }

  /** What running processes announce under a topic; nothing while Redis is down. */
  async read(topic: string): Promise<string[]> {
    const members = await this.#calls.living(announcedKey(topic))
    return members.map((member) => member.slice(member.indexOf(' ') + 1))
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat)
    const published = [...this.#published]
    this.#published.clear()
    for (const [key, member] of published) await this.#calls.gone([key], member)
  }

  #beat(): void {
    for (const [key, member] of this.#published) this.#calls.alive([key], member).catch(() => undefined)
  }
}
