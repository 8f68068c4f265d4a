// `brook bots`: the house's own bot, as any program could be one. It has an account, offers commands, and sends what it
// was asked to; it listens to nothing and holds no part of the log.
import type { Config, MysqlAddress, RedisAddress } from '../config.ts'
import { Bots } from '../bot/bots.ts'
import { offerCommands } from '../commands/offer.ts'
import { Db } from '../db.ts'
import { findCid } from '../history/sql/messages.ts'
import { openPen } from '../log/pen.ts'
import type { Person } from '../protocol/people.ts'
import { Rpc } from '../rpc/rpc.ts'
import { Alarm } from './alarm.ts'
import { houseCommands } from './offers.ts'
import { Reminders } from './reminders.ts'

export interface RunBotsOptions {
  /** One line for a person. */
  say: (line: string) => void
}

const duty = 'house'
const names = ['brook', 'brook bot', ...Array.from({ length: 20 }, (_, i) => `brook bot ${i + 2}`)]

/** Offers the commands until it is closed. What is under way is finished first. */
export async function runBots(
  config: Config & { redis: RedisAddress; mysql: MysqlAddress },
  { say }: RunBotsOptions,
): Promise<{ close(): Promise<void> }> {
  const onTrouble = (error: unknown, where: string): void =>
    say(`bots: ${where}: ${(error as Error).message}`)
  const db = new Db(config.mysql, 3)
  const pen = openPen({
    ...{ redis: config.redis, shards: config.logShards },
    findCid: (userId, cid) => findCid(db, userId, cid),
  })
  const rpc = new Rpc({ redis: config.redis, onTrouble })
  const endParts = async (): Promise<void> => {
    await rpc.close()
    pen.close()
    await db.close()
  }
  try {
    const bot = await ownAccount(db)
    const reminders = new Reminders(db)
    const alarm = new Alarm({ reminders, append: pen.append, bot, onTrouble })
    const stop = await offerCommands(rpc, bot, houseCommands({ reminders, append: pen.append, bot }))
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

/** The account is made once; it has no token, for it needs no door. Of two processes at once one makes it. */
async function ownAccount(db: Db): Promise<Person> {
  for (const name of names) {
    const known = await Bots.findByDuty(db, duty)
    if (known !== undefined) return known
    const made = await Bots.addForDuty(db, name, duty)
    if (made !== undefined) return made
  }
  throw new Error('every name for the bot is taken')
}
