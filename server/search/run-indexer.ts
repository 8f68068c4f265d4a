// Runs the indexer behind sync: woken by what was archived, one run at a time, and never more than half of the time
// while it catches up, for the archive and people use the same database.
import type { Db } from '../db.ts'
import { indexAll } from './indexer.ts'

/** A step longer than this is one of many: the next waits as long as it took. */
const briefMs = 100
/** After a failure; the blocks say where to go on. */
const againMs = 2_000

export interface RunningIndexer {
  /** Something was archived. */
  wake(): void
  /** Everything that is archived is indexed when this resolves; as fast as it goes. */
  finish(): Promise<number>
  close(): Promise<void>
}

export function runIndexer(db: Db, onTrouble: (error: unknown, where: string) => void): RunningIndexer {
  const stop = new AbortController()
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(end, ms)
      function end(): void {
        clearTimeout(timer)
        stop.signal.removeEventListener('abort', end)
        resolve()
      }
      stop.signal.addEventListener('abort', end)
    })
  let isAsked = false
  let running: Promise<void> | undefined
  let lastTrouble = ''

  const run = async (): Promise<void> => {
    while (isAsked && !stop.signal.aborted) {
      isAsked = false
      try {
        for await (const { tookMs } of indexAll(db, stop.signal)) if (tookMs > briefMs) await pause(tookMs)
        lastTrouble = ''
      } catch (error) {
        if (stop.signal.aborted) return
        const { message } = error as Error
        if (message !== lastTrouble) onTrouble(error, 'the index of search')
        lastTrouble = message
        isAsked = true
        await pause(againMs)
      }
    }
  }
  const wake = (): void => {
    isAsked = true
    running ??= run().finally(() => {
      running = undefined
      if (isAsked && !stop.signal.aborted) wake()
    })
  }
  return {
    wake,
    finish: async () => {
      let done = 0
      for await (const { messages } of indexAll(db, stop.signal)) done += messages
      return done
    },
    close: async () => {
      stop.abort()
      await running
    },
  }
}
