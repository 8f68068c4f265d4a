// What `brook config check` says: each setting that is wrong or unknown, and each store and service that does not answer. It makes and
// changes nothing.
import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { ConfigError, readConfig, type Config } from '../config.ts'
import { misspelt } from '../config-names.ts'
import { Db } from '../db.ts'
import { factOf } from '../facts.ts'
import { openBlobs } from '../files/stores/open-blobs.ts'
import { openSmtp } from '../mail/smtp.ts'
import { reachMysql, reachRedis } from '../stores/external.ts'
import { findMariadb, findRedis, systemShelf } from '../stores/programs.ts'
import { readRunning } from '../stores/running.ts'
import { checkSafety } from '../stores/safety.ts'

/** Of what was looked at; `wrong`: in one line. */
export interface Looked {
  what: string
  words: string
  wrong: boolean
}

type Env = NodeJS.ProcessEnv

/** All that is wrong with the settings, and what they are without it; undefined where that cannot be. */
export function lookAtSettings(env: Env): { found: Looked[]; config: Config | undefined } {
  const found: Looked[] = misspelt(env).map(({ name, meant }) => ({
    what: name,
    words: meant === undefined ? 'is no setting of Brook' : `is no setting; is ${meant} meant?`,
    wrong: true,
  }))
  let left: Env = env
  for (;;)
    try {
      return { found, config: readConfig(left) }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      const [what = ''] = /^[A-Z][A-Z0-9_]+/.exec(error.message) ?? []
      const words = error.message.replace(/^[A-Z][A-Z0-9_]+:? /, '')
      found.push({ what, words, wrong: true })
      // The next one is found without it; where something is missing, without those that belong to it.
      const [group = ''] = /^[A-Z0-9]+_/.exec(what) ?? []
      const isMissing = /is set, but not|belong together/.test(words)
      const isGone = (name: string): boolean => name === what || (isMissing && name.startsWith(group))
      const entries = Object.entries(left)
      const kept = entries.filter(([name]) => !isGone(name))
      if (kept.length === entries.length) return { found, config: undefined }
      left = Object.fromEntries(kept)
    }
}

/** Asks each store and service that the settings name. */
export async function lookAtStores(config: Config): Promise<Looked[]> {
  const parts: Promise<Looked | Looked[] | undefined>[] = [
    lookAtDataDir(config),
    one('REDIS_URL', config.redis, async (redis) => (await reachRedis(redis), undefined)),
    one('MYSQL_URL', config.mysql, async (mysql) => (await reachMysql(mysql), undefined)),
    lookAtBoth(config),
    lookAtPrograms(config),
    one('S3_URL', config.s3, async () => {
      const { s3, close } = openBlobs(config)
      return s3?.whyUnusable().finally(close)
    }),
    one('SMTP_URL', config.mail, async (mail) => {
      const smtp = openSmtp(mail)
      return smtp.check().finally(() => smtp.close())
    }),
    one('OIDC_ISSUER', config.oidc, async ({ issuer }) => {
      const { status } = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
        signal: AbortSignal.timeout(answersWithinMs),
      })
      return status === 200 ? undefined : `its description is answered ${status}`
    }),
    one('LDAP_URL', config.ldap, ({ url }) => reach(new URL(url))),
  ]
  return (await Promise.all(parts)).flatMap((found) => found ?? [])
}

const answersWithinMs = 10_000

/** `ask` answers why it does not work, or throws that. Undefined: it is not set. */
async function one<Setting>(
  what: string,
  setting: Setting | undefined,
  ask: (setting: Setting) => Promise<string | undefined>,
): Promise<Looked | undefined> {
  if (setting === undefined) return undefined
  const why = await ask(setting).catch((error: Error) => oneLine(error.message))
  return { what, words: why ?? 'answers', wrong: why !== undefined }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

async function lookAtDataDir({ dataDir }: Config): Promise<Looked> {
  let folder = dataDir
  while (!existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder)
  const isOurs = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  return isOurs
    ? { what: 'DATA_DIR', words: `${dataDir} can be written`, wrong: false }
    : { what: 'DATA_DIR', words: `this account must not write in ${folder}`, wrong: true }
}

/** What is not somebody else’s is started by Brook itself. */
async function lookAtPrograms({ redis, mysql }: Config): Promise<Looked[]> {
  const shelf = systemShelf()
  const [redisServer, mariadbd] = await Promise.all([
    redis === undefined ? findRedis(shelf) : undefined,
    mysql === undefined ? findMariadb(shelf) : undefined,
  ])
  const told = (what: string, found: unknown): Looked => ({
    what,
    words: found === undefined ? 'is not on this machine; the first start fetches it' : 'is on this machine',
    wrong: false,
  })
  return [
    ...(redis === undefined ? [told('redis-server', redisServer)] : []),
    ...(mysql === undefined ? [told('mariadbd', mariadbd)] : []),
  ]
}

/** Their settings, and whether this Brook began with as many shards. Of stores of its own only while they run. */
async function lookAtBoth(config: Config): Promise<Looked[]> {
  const running = await readRunning(config.dataDir).catch(() => undefined)
  const [redis, mysql] = [config.redis ?? running?.redis, config.mysql ?? running?.mysql]
  if (redis === undefined || mysql === undefined) return []
  const found: Looked[] = []
  try {
    await checkSafety(
      { redis, mysql },
      {
        say: (words) => void found.push({ what: 'stores', words, wrong: false }),
        allowUnsafe: config.allowUnsafeStores,
      },
    )
    const db = new Db(mysql, 1)
    const shards = await factOf(db, 'log_shards')
      .catch(() => undefined)
      .finally(() => db.close())
    if (shards !== undefined && shards !== String(config.logShards))
      found.push({
        what: 'LOG_SHARDS',
        words: `is ${config.logShards}, and this Brook began with ${shards}`,
        wrong: true,
      })
  } catch (error) {
    found.push({ what: 'stores', words: oneLine((error as Error).message), wrong: true })
  }
  return found
}

const reach = (url: URL): Promise<undefined> =>
  new Promise((resolve, reject) => {
    const port = Number(url.port || (url.protocol === 'ldaps:' ? 636 : 389))
    const socket = connect({ host: url.hostname, port, timeout: answersWithinMs })
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
    socket.once('timeout', () => socket.destroy(new Error('it does not answer')))
    socket.once('error', reject)
  })
