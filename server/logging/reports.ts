// What fails in the background and is tried again: told when it begins, and once a minute while it lasts.
import { isConnectionLost } from '../db.ts'
import { isRedisLost } from '../redis/client.ts'
import { openOutages, type Outages, type Tell } from './outages.ts'
import { plainWords } from './safe.ts'
import type { Say } from './say.ts'

export interface Reports {
  outages: Outages
  onError: (error: unknown, where: string) => void
}

const againMs = 60_000

/** Errors that only say that a store is away are left to `outages`. `now`: ms of a clock that never steps. */
export function openReports(tell: Tell, now: () => number = () => performance.now()): Reports {
  const told = new Map<string, { at: number; more: number }>()
  const onError = (error: unknown, where: string): void => {
    if (isConnectionLost(error) || isRedisLost(error)) return
    const key = `${where}: ${error instanceof Error ? error.message : String(error)}`
    const { at, more } = told.get(key) ?? { at: -Infinity, more: 0 }
    if (now() - at < againMs) {
      told.set(key, { at, more: more + 1 })
      return
    }
    for (const [old, one] of told) if (now() - one.at >= againMs) told.delete(old)
    told.set(key, { at: now(), more: 0 })
    tell(more === 0 ? where : `${where} (${more} times more in the last minute)`, error)
  }
  return { outages: openOutages(tell, now), onError }
}

/** For a process that says what it does; `part`: which of its parts. */
export const tellBy =
  (say: Say, part: string): Tell =>
  (line, error) =>
    say(`${part}: ${line}${error === undefined ? '' : `: ${plainWords((error as Error).message)}`}`, 'warn')
