// Runs the indexer behind sync: woken by new archived messages, one run at a time, and at most half of the time while it
// catches up, because the archive and people use the same database.
import type { Db } from '../db.ts'
import { indexAll, indexOutdated } from './indexer.ts'

/** A step longer than this is one of many: the next one waits as long as it took. */
const briefMs = 100
/** After a failure; the blocks record where to continue. */
const againMs = 2_000

export interface RunningIndexer {
  /** Call this when something was archived. */
  wake(): void
  /** Resolves when everything archived is indexed; runs at full speed. */
  finish(): Promise<number>
  close(): Promise<void>
}

export interface IndexerReports {
  onError: (error: unknown, where: string) => void
  /** Told once before blocks of other rules are indexed again, with their number, and with 0 when that is done. */
  onOutdated: (blocks: number) => void
  /** So many messages are in the index since the last call. */
  onIndexed?: (messages: number) => void
}

export function runIndexer(db: Db, { onError, onOutdated, onIndexed }: IndexerReports): RunningIndexer {
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
  let lastError = ''

  let isRenewing = false

  /** Blocks of other rules, as long as nothing new waits. */
  const renew = async (): Promise<void> => {
    for await (const { tookMs, left } of indexOutdated(db, stop.signal)) {
      if (!isRenewing) onOutdated(left + 1)
      isRenewing = left > 0
      if (left === 0) onOutdated(0)
      if (tookMs > briefMs) await pause(tookMs)
      if (isAsked) return
    }
  }
  const run = async (): Promise<void> => {
    while (isAsked && !stop.signal.aborted) {
      isAsked = false
      try {
        for await (const { messages, tookMs } of indexAll(db, stop.signal)) {
          onIndexed?.(messages)
          if (tookMs > briefMs) await pause(tookMs)
        }
        await renew()
        lastError = ''
      } catch (error) {
        if (stop.signal.aborted) return
        const { message } = error as Error
        if (message !== lastError) onError(error, 'the search index')
        lastError = message
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
      for await (const { messages } of indexOutdated(db, stop.signal)) done += messages
      return done
    },
    close: async () => {
      stop.abort()
      await running
    },
  }
}
