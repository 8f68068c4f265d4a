// What this process has appended, or knows to be in the log, and its tail has yet to read. Whoever was told that it is kept may
// act on it at once: only they wait for the tail, and not for long.
import { limits } from '../protocol/limits.ts'

interface Owed {
  /** The highest number of the room that was appended here. */
  seq: number
  /** Messages that were changed here, oldest change first, each with the number of its last change. */
  changed: Map<number, number>
  waiters: Set<{ seq: number; wake: () => void }>
}

export class ReadBack {
  readonly #rooms = new Map<string, Owed>()

  /** The log has `seq`, a change of `target` perhaps; its tail has read the room up to `head`. */
  appended(
    room: string,
    { seq, head, target }: { seq: number; head: number; target?: number | undefined },
  ): void {
    if (seq <= head) return
    const owed = this.#rooms.get(room) ?? { seq, changed: new Map<number, number>(), waiters: new Set() }
    this.#rooms.set(room, owed)
    owed.seq = Math.max(owed.seq, seq)
    if (target === undefined) return
    owed.changed.delete(target)
    owed.changed.set(target, seq)
  }

  /** The tail has read the room up to here. */
  read(room: string, head: number): void {
    const owed = this.#rooms.get(room)
    if (owed === undefined) return
    for (const { seq, wake } of owed.waiters) if (seq <= head) wake()
    for (const [target, seq] of owed.changed) {
      if (seq > head) break
      owed.changed.delete(target)
    }
    if (owed.seq <= head) this.#rooms.delete(room)
  }

  /**
   * True when the tail has read this number and the last change of it, at once for what is not known to be in the log; false
   * after limits.readBackMs.
   */
  async until(room: string, number: number, head: number): Promise<boolean> {
    const owed = this.#rooms.get(room)
    const seq = Math.max(number, owed?.changed.get(number) ?? 0)
    if (owed === undefined || seq <= head || seq > owed.seq) return true
    return new Promise((resolve) => {
      const waiter = { seq, wake: () => end(true) }
      const end = (isRead: boolean): void => {
        clearTimeout(timer)
        owed.waiters.delete(waiter)
        resolve(isRead)
      }
      const timer = setTimeout(() => end(false), limits.readBackMs)
      owed.waiters.add(waiter)
    })
  }
}
