// Gathers what is appended in one turn of the event loop into one call of append.lua: one command, one write to the socket
// and one answer for all of it. What comes alone goes alone, at the end of the turn it came in. Only so many calls are under
// way; what is above waits here, where it is certain that it is not kept and no time limit runs.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis.ts'
import { root } from '../root.ts'
import { cidPlace } from './cid-memory.ts'
import { encodeDraft, type Appended, type Draft } from './entry.ts'
import { keysOf, type Keys } from './keys.ts'

const script = readFileSync(path.join(root, 'server/log/append.lua'), 'utf8')

/** ioredis's defineCommand sends EVALSHA, and EVAL once when Redis does not know the script. */
interface Scripted {
  brookAppend(...countKeysArguments: (string | number)[]): Promise<string[]>
}

/** An entry to be. `read`: the newest number of its room that this process has read. */
export interface Wish {
  draft: Draft
  read: number
}

interface Waiting extends Wish {
  resolve: (appended: Appended) => void
  reject: (error: unknown) => void
}

/** What is to be appended to a shard in an epoch, in the order in which it came. */
interface Line {
  keys: Keys
  epoch: string
  waiting: Waiting[]
  callsUnderWay: number
  isDue: boolean
}

export class AppendBatches {
  readonly #redis: Scripted
  readonly #now: () => number
  readonly #lines = new Map<string, Line>()

  constructor(redis: Redis, now: () => number) {
    redis.defineCommand('brookAppend', { lua: script })
    this.#redis = redis as unknown as Scripted
    this.#now = now
  }

  /**
   * Appends in the order of the calls. Rejects with what Redis says (EPOCH, BEHIND, OOM, ...); with FULL at once, when
   * limits.appends.waiting are before it; and limits.appendTimeoutMs after it was sent with "timed out": perhaps kept,
   * perhaps not.
   */
  append(shard: number, epoch: string, { draft, read }: Wish): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const name = `${shard} ${epoch}`
      const line = this.#lines.get(name) ?? {
        ...{ keys: keysOf(shard), epoch, waiting: [], callsUnderWay: 0, isDue: false },
      }
      if (line.waiting.length >= limits.appends.waiting)
        return reject(new Error('FULL too much waits for Redis'))
      this.#lines.set(name, line)
      line.waiting.push({ draft, read, resolve, reject })
      // A whole call does not wait for the end of the turn. Trap: while more than a thousand sockets are ready, Node reads on
      // and on, and no turn ends.
      if (line.waiting.length >= limits.appends.entries) this.#sendWhatMay(name, line)
      else this.#goesOn(name, line)
    })
  }

  #goesOn(name: string, line: Line): void {
    if (line.isDue) return
    line.isDue = true
    setImmediate(() => {
      line.isDue = false
      this.#sendWhatMay(name, line)
    })
  }

  #sendWhatMay(name: string, line: Line): void {
    while (line.waiting.length > 0 && line.callsUnderWay < limits.appends.calls) void this.#send(name, line)
  }

  async #send(name: string, line: Line): Promise<void> {
    line.callsUnderWay += 1
    await this.#call(line.keys, line.epoch, line.waiting.splice(0, limits.appends.entries))
    line.callsUnderWay -= 1
    if (line.waiting.length >= limits.appends.entries) this.#sendWhatMay(name, line)
    else if (line.waiting.length > 0) this.#goesOn(name, line)
    else if (line.callsUnderWay === 0) this.#lines.delete(name)
  }

  async #call(keys: Keys, epoch: string, waiting: readonly Waiting[]): Promise<void> {
    try {
      const answers = await inTime(this.#run(keys, epoch, waiting))
      waiting.forEach(({ resolve, reject }, place) => {
        const [seq, at] = answers[place]?.split(' ') ?? []
        if (at === undefined) reject(new Error(answers[place] ?? 'no answer'))
        else resolve({ seq: Number(seq), at: Number(at) })
      })
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  #run(keys: Keys, epoch: string, waiting: readonly Waiting[]): Promise<string[]> {
    const now = this.#now()
    const buckets: string[] = []
    const words: (string | number)[] = [epoch]
    for (const { draft, read } of waiting) {
      const { key, field, keepUntil } = cidPlace(keys, draft.user.id, draft.cid, now)
      const fields = encodeDraft(draft)
      buckets.push(key)
      words.push(draft.room, field, keepUntil, read, fields.length, ...fields)
    }
    const shared = [keys.log, keys.numbers, keys.times, keys.epoch]
    return this.#redis.brookAppend(shared.length + buckets.length, ...shared, ...buckets, ...words)
  }
}

/**
 * The answer, or an error after limits.appendTimeoutMs. Trap: after a busy stretch of this process timers fire before
 * answers that have long arrived are read; so the timer lets one more reading pass.
 */
export const inTime = <T>(answer: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('timed out'))
    const timer = setTimeout(() => setImmediate(late), limits.appendTimeoutMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
