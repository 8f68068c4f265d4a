// What sync says of its troubles: once when one begins, once a minute while it lasts, and when it is over; not at every run.
import { isConnectionLost } from '../../db.ts'
import type { Say } from '../../logging/say.ts'
import { isRedisLost } from '../../redis/client.ts'

const againMs = 60_000

export interface SyncErrors {
  tell: (error: unknown) => void
  over: () => void
  /** What goes on; null when all is well. */
  last: () => string | null
}

/** `now`: ms, as Date.now. */
export function openSyncErrors(say: Say, now: () => number = Date.now): SyncErrors {
  let last = ''
  let since = 0
  let saidAt = 0
  return {
    tell: (error) => {
      const { message } = error as Error
      const at = now()
      if (last === '') since = at
      // A store that is away fails in many words.
      const isSame = message === last || (last !== '' && (isConnectionLost(error) || isRedisLost(error)))
      if (isSame && at - saidAt < againMs) return
      say(
        isSame
          ? `sync: still held after ${Math.round((at - since) / 1_000)} s: ${message}`
          : `sync: held, nothing is lost: ${message}`,
        'warn',
      )
      last = message
      saidAt = at
    },
    over: () => {
      if (last !== '') say('sync: goes on', 'warn')
      last = ''
    },
    last: () => (last === '' ? null : last),
  }
}
