// What an import needs to bring files, outside of a server.
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { openPictures } from '../pictures/pictures.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { Bringing } from './bringing.ts'
import { openKeeping } from './open-keeping.ts'

export interface BringingParts {
  db: Db
  redis: RedisProvider
  config: Pick<Config, 'dataDir' | 's3' | 'filesIn'>
}

const reachWithinMs = 10_000

/** @throws if Redis does not answer */
export async function openBringing({
  db,
  redis,
  config,
}: BringingParts): Promise<{ bringing: Bringing; close: () => void }> {
  // The locks of uploads are in it.
  const { common } = redis
  await redis.ready(reachWithinMs)
  const pictures = openPictures({ onTask: () => undefined, onFailure: () => undefined })
  const kept = openKeeping({
    db,
    config,
    pictures,
    redis: () => common,
    bus: redis.bus,
    log: { tail: () => undefined },
  })
  return {
    bringing: new Bringing({ db, ...kept }),
    close: () => {
      kept.close()
      pictures.close()
    },
  }
}
