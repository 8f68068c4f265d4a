// Who hears what the log says: a list, told one after the other, in the order in which app.ts names them.
import type { Entry } from './entry.ts'
import type { Jump } from './jump.ts'

/** Each method is optional. One that throws is logged, and whoever follows it in the list misses that read. */
export interface LogSubscriber {
  /** The tail has read these, in order. Reading, and the next subscriber, wait for a promise. */
  onEntries?(entries: readonly Entry[], jumps: readonly Jump[]): Promise<void> | void
  /** MySQL has a room up to this number. */
  onArchived?(room: string, seq: number): void
  /** A shard was started anew: what browsers know of the numbers of its rooms must be checked against history. */
  onNewEpoch?(shard: number): void
  /** Redis is back after an interruption: what was told meanwhile, other than the log itself, may have been missed. */
  onReconnect?(): void
}

export class LogSubscribers {
  #list: readonly LogSubscriber[] = []

  /** To be called once, before the log is opened. */
  set(list: readonly LogSubscriber[]): void {
    this.#list = list
  }

  async entries(entries: readonly Entry[], jumps: readonly Jump[]): Promise<void> {
    for (const subscriber of this.#list) {
      const told = subscriber.onEntries?.(entries, jumps)
      // Invariant: nothing comes between two subscribers who do not wait.
      if (told !== undefined) await told
    }
  }

  archived(room: string, seq: number): void {
    for (const subscriber of this.#list) subscriber.onArchived?.(room, seq)
  }

  newEpoch(shard: number): void {
    for (const subscriber of this.#list) subscriber.onNewEpoch?.(shard)
  }

  reconnected(): void {
    for (const subscriber of this.#list) subscriber.onReconnect?.()
  }
}
