// What living processes say of themselves to whoever looks: it is there while its process is, and gone seconds after it.
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis.ts'
import type { Calls } from './calls.ts'
import { announcedKey } from './keys.ts'

export class Announcements {
  readonly #calls: Calls
  readonly #name: string
  readonly #said = new Map<string, string>()
  readonly #heartbeat: NodeJS.Timeout

  /** `name`: the process; the same words of two processes are told apart by it. */
  constructor(calls: Calls, near: Redis, name: string) {
    this.#calls = calls
    this.#name = name
    this.#heartbeat = setInterval(() => this.#beat(), limits.calls.heartbeatMs)
    near.on('ready', () => this.#beat())
  }

  /** Says `text` under a topic, in place of what this process said there before; the answer takes it back. */
  async say(topic: string, text: string): Promise<() => Promise<void>> {
    const key = announcedKey(topic)
    const member = `${this.#name} ${text}`
    const before = this.#said.get(key)
    this.#said.set(key, member)
    if (before !== undefined && before !== member) await this.#calls.gone([key], before)
    await this.#calls.alive([key], member)
    return async () => {
      if (this.#said.get(key) !== member) return
      this.#said.delete(key)
      await this.#calls.gone([key], member)
    }
  }

  /** What living processes say under a topic; nothing while Redis is away. */
  async hear(topic: string): Promise<string[]> {
    const members = await this.#calls.living(announcedKey(topic))
    return members.map((member) => member.slice(member.indexOf(' ') + 1))
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat)
    const said = [...this.#said]
    this.#said.clear()
    for (const [key, member] of said) await this.#calls.gone([key], member)
  }

  #beat(): void {
    for (const [key, member] of this.#said) this.#calls.alive([key], member).catch(() => undefined)
  }
}
