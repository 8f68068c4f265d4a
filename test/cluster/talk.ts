// Somebody who talks on while nodes of Redis die: says one thing after the other, and the same again under its cid until it is
// acknowledged, as a browser does. Measures what a fail-over costs them.
import { setTimeout as pause } from 'node:timers/promises'
import { newCid } from '../../server/protocol/cid.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

interface Said {
  text: string
  seq: number
  /** Of performance.now. */
  at: number
}

const answerWithinMs = 4_000
const againMs = 50

export class Talk {
  readonly said: Said[] = []
  /** Codes of refusals. */
  readonly refusals: string[] = []
  /** Connections that the server ended. */
  moves = 0
  readonly room: string
  readonly #person: Person
  readonly #began = performance.now()
  #isOver = false
  readonly #done: Promise<void>

  constructor(person: Person, room: string) {
    this.#person = person
    this.room = room
    this.#done = this.#talk()
  }

  /** It goes on: something said from now on is acknowledged. */
  async goesOn(withinMs = 30_000): Promise<void> {
    const before = this.said.length
    await until(() => this.said.length > before + 1, Boolean, withinMs)
  }

  async ends(): Promise<string[]> {
    this.#isOver = true
    await this.#done
    return this.said.map(({ text }) => text)
  }

  /** The longest time between two acknowledgements after a moment, in ms. */
  longestPause(since = this.#began): number {
    const times = [since, ...this.said.map(({ at }) => at).filter((at) => at > since)]
    return Math.round(Math.max(...times.map((at, index) => (times[index + 1] ?? at) - at)))
  }

  async #talk(): Promise<void> {
    for (let n = 0; !this.#isOver; n += 1) {
      const text = `${this.#person.user.name} ${n}`
      const cid = newCid()
      for (let seq: number | undefined; seq === undefined;) {
        seq = await this.#says(text, cid)
        if (seq === undefined) await pause(againMs)
        else this.said.push({ text, seq, at: performance.now() })
      }
    }
  }

  async #says(text: string, cid: string): Promise<number | undefined> {
    const person = this.#person
    if (person.closed !== undefined) {
      this.moves += 1
      await person.returns().catch(() => undefined)
    }
    const from = person.heard.length
    person.says(text, { room: this.room, cid })
    const answer = await until(
      () =>
        person.closed ??
        person.heard
          .slice(from)
          .find((event) => (event.type === 'ack' || event.type === 'error') && event.cid === cid),
      Boolean,
      answerWithinMs,
    ).catch(() => undefined)
    if (answer === undefined || 'reason' in answer) return undefined
    if (answer.type === 'ack') return answer.seq
    if (answer.type === 'error') this.refusals.push(answer.code)
    return undefined
  }
}

/** Texts of a room in the order of history. */
export async function historyOf(person: Person, room: string): Promise<string[]> {
  const texts: string[] = []
  for (let before = ''; ;) {
    const page = await person.page(`limit=100${before}`, room)
    texts.unshift(...page.messages.flatMap((one) => (one.kind === 'message' ? [one.text] : [])))
    const [first] = page.messages
    if (!page.hasBefore || first === undefined) return texts
    before = `&before=${first.seq}`
  }
}
