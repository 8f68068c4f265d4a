// Tells each connection how the people look whom it shows: once when it asks, and then what changes. Nobody else is told, so that
// somebody who comes and goes costs what those cost who look; and changes are told together.
import { pauseAfter } from '../socket/presence.ts'
import { limits } from '../protocol/limits.ts'
import type { Look } from '../protocol/profiles.ts'

/** A connection. */
export interface Watcher {
  tellLines: (lines: readonly string[]) => void
}

/** Lines that are written before the process reads and answers. */
const atOnce = 96

export class Watchers {
  readonly #lookOf: (id: string) => Look
  readonly #of = new Map<Watcher, ReadonlySet<string>>()
  readonly #watching = new Map<string, Set<Watcher>>()
  readonly #news = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(lookOf: (id: string) => Look) {
    this.#lookOf = lookOf
  }

  /** From now on it looks at these people, and at nobody else. */
  watch(watcher: Watcher, people: readonly string[]): void {
    const before = this.#of.get(watcher)
    const now = new Set(people)
    for (const id of before ?? []) if (!now.has(id)) this.#leave(watcher, id)
    for (const id of now) this.#watching.set(id, (this.#watching.get(id) ?? new Set()).add(watcher))
    this.#of.set(watcher, now)
    const fresh = people.filter((id) => before?.has(id) !== true)
    if (fresh.length > 0) watcher.tellLines([line(fresh.map((id) => JSON.stringify(this.#lookOf(id))))])
  }

  /** The connection is closed. */
  forget(watcher: Watcher): void {
    for (const id of this.#of.get(watcher) ?? []) this.#leave(watcher, id)
    this.#of.delete(watcher)
  }

  /** These people look otherwise, or may do so. */
  changed(people: Iterable<string>): void {
    for (const id of people) if (this.#watching.has(id)) this.#news.add(id)
    if (this.#news.size > 0) this.#soon(limits.presence.tellEveryMs)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #leave(watcher: Watcher, id: string): void {
    const watching = this.#watching.get(id)
    watching?.delete(watcher)
    if (watching?.size === 0) this.#watching.delete(id)
  }

  #soon(ms: number): void {
    if (this.#isClosed) return
    this.#timer ??= setTimeout(() => void this.#tell(), ms)
  }

  async #tell(): Promise<void> {
    const looks = new Map<Watcher, string[]>()
    for (const id of this.#news) {
      const look = JSON.stringify(this.#lookOf(id))
      for (const watcher of this.#watching.get(id) ?? []) {
        const own = looks.get(watcher)
        if (own === undefined) looks.set(watcher, [look])
        else own.push(look)
      }
    }
    this.#news.clear()
    let written = 0
    for (const [watcher, own] of looks) {
      if (written > 0 && written % atOnce === 0) await new Promise((resolve) => setImmediate(resolve))
      // It may have gone meanwhile.
      if (this.#of.has(watcher)) watcher.tellLines([line(own)])
      written += 1
    }
    this.#timer = undefined
    // Whatever has happened meanwhile, the next one is not before that.
    if (this.#news.size > 0) this.#soon(Math.max(limits.presence.tellEveryMs, pauseAfter(written)))
    else if (pauseAfter(written) > limits.presence.tellEveryMs) this.#rest(pauseAfter(written))
  }

  /** Nothing is told for so long. */
  #rest(ms: number): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#news.size > 0) this.#soon(0)
    }, ms)
  }
}

const line = (looks: readonly string[]): string => `{"type":"looks","people":[${looks.join(',')}]}`
