// Gathers what is appended in one turn of the event loop into one call of append.lua: one command, one write to the socket
// and one answer for all of it. What comes alone goes alone, at the end of the turn it came in.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis.ts'
import { root } from '../root.ts'
import { cidPlace } from './cid-memory.ts'
import { encodeDraft, type Appended, type Draft } from './entry.ts'
import { keysOf, type Keys } from './keys.ts'

/** Entries of one call, which nobody else's command may come between: some 2 ms of Redis. */
const entriesMost = 64

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

export class AppendBatches {
  readonly #redis: Scripted
  readonly #now: () => number
  /** Of one shard and epoch. */
  readonly #gathered = new Map<string, { shard: number; epoch: string; waiting: Waiting[] }>()

  constructor(redis: Redis, now: () => number) {
    redis.defineCommand('brookAppend', { lua: script })
    this.#redis = redis as unknown as Scripted
    this.#now = now
  }

  /**
   * Appends in the order of the calls. Rejects with what Redis says (EPOCH, BEHIND, OOM, ...), and after
   * limits.appendTimeoutMs with "timed out": perhaps kept, perhaps not.
   */
  append(shard: number, epoch: string, { draft, read }: Wish): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const name = `${shard} ${epoch}`
      let gathered = this.#gathered.get(name)
      if (gathered === undefined) {
        gathered = { shard, epoch, waiting: [] }
        this.#gathered.set(name, gathered)
        setImmediate(() => this.#send(name))
      }
      gathered.waiting.push({ draft, read, resolve, reject })
    })
  }

  #send(name: string): void {
    const gathered = this.#gathered.get(name)
    if (gathered === undefined) return
    this.#gathered.delete(name)
    const keys = keysOf(gathered.shard)
    for (let at = 0; at < gathered.waiting.length; at += entriesMost)
      void this.#call(keys, gathered.epoch, gathered.waiting.slice(at, at + entriesMost))
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
