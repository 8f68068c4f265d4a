// Deleting everything that somebody has said: decided by administrators, carried out by whichever server is there.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { eraseAll, tellAll } from './carrying-out.ts'
import { Erasings } from './erasings.ts'
import { expireAll } from './retention.ts'
import { erasingRoutes } from './routes.ts'

export function openErasing({ db, log, onError }: Core) {
  const end = new AbortController()
  const erasing = new Repeated({
    everyMs: limits.erasing.lookEveryMs,
    run: async () => {
      await tellAll({ db, log })
      await eraseAll({ db, log, signal: end.signal })
    },
    onError: (error) => onError(error, 'deleting what somebody has said'),
  })
  const expiring = new Repeated({
    everyMs: limits.retention.everyMs,
    run: () => expireAll({ db, log, signal: end.signal }),
    onError: (error) => onError(error, 'deleting what is old'),
  })
  const carryOut = (): Promise<void> =>
    tellAll({ db, log }).catch((error: unknown) => {
      onError(error, 'deleting what somebody has said')
      erasing.soon()
    })
  const erasings = new Erasings({ db, log, carryOut })
  return {
    erasings,
    erasing: {
      onReconnect: () => erasing.soon(),
      routes: (app) => erasingRoutes(app, { erasings }),
      close: async () => {
        end.abort()
        await Promise.all([erasing.close(), expiring.close()])
      },
    } satisfies Feature,
  }
}
