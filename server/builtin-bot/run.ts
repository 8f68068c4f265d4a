// `brook bots`: the built-in bot, which any program could be. It has an account, offers commands, and sends what it is
// asked to; it does not follow the log.
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Bots, builtinDuty } from '../bot/bots.ts'
import { offerCommands } from '../commands/offer.ts'
import { Db, nameOfMysql } from '../db.ts'
import { archiveOf } from '../history/sync/checkpoint.ts'
import { LogWriter } from '../log/log-writer.ts'
import { openReports, tellBy } from '../logging/reports.ts'
import type { Say } from '../logging/say.ts'
import { Metrics } from '../metrics.ts'
import type { Person } from '../protocol/people.ts'
import { nameOfRedis, RedisProvider } from '../redis/provider.ts'
import { Rpc } from '../rpc/rpc.ts'
import { watchStores } from '../store-watch.ts'
import { Alarm } from './alarm.ts'
import { builtinCommands } from './offers.ts'
import { Reminders } from './reminders.ts'

export interface RunBotsOptions {
  say: Say
  /** Of this process. */
  metrics?: Metrics
}

const names = ['brook', 'brook bot', ...Array.from({ length: 20 }, (_, i) => `brook bot ${i + 2}`)]

/** Offers the commands until it is closed. Work in progress is finished first. */
export async function runBots(
  config: Config & { redis: RedisAddress; mysql: MysqlAddress },
  { say, metrics = new Metrics() }: RunBotsOptions,
): Promise<{ close(): Promise<void> }> {
  const { onError, outages } = openReports(tellBy(say, 'bots'))
  const names = { redis: nameOfRedis(config.redis), mysql: nameOfMysql(config.mysql) }
  const tell = (line: string): void => say(`bots: ${line}`, 'warn')
  const { onAppend, onStatement } = watchStores({ metrics, part: 'bots', names, tell })
  const db = new Db(config.mysql, 3, { outages, onStatement, onMoved: tell })
  const redis = new RedisProvider(config.redis, onError, outages)
  const shards = config.logShards
  const log = new LogWriter({ redis, shards, archive: archiveOf(db, shards), onAppend })
  const rpc = new Rpc({ redis: redis.rpc, onError })
  const endParts = async (): Promise<void> => {
    await rpc.close()
    redis.close()
    await db.close()
  }
  try {
    const bot = await ownAccount(db)
    const reminders = new Reminders(db)
    const alarm = new Alarm({ reminders, log, bot, bus: redis.bus, onError })
    const stop = await offerCommands(rpc, bot, builtinCommands({ reminders }))
    return {
      close: async () => {
        await stop()
        await alarm.close()
        await endParts()
      },
    }
  } catch (error) {
    await endParts()
    throw error
  }
}

/** The account is created once; it has no token, because it does not use HTTP. Of two processes at once, one creates it. */
async function ownAccount(db: Db): Promise<Person> {
  for (const name of names) {
    const known = await Bots.findByDuty(db, builtinDuty)
    if (known !== undefined) return known
    const made = await Bots.addForDuty(db, name, builtinDuty)
    if (made !== undefined) return made
  }
  throw new Error('all names for the bot are taken')
}
