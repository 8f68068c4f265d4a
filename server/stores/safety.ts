// Checks that the stores' settings keep what Brook acknowledges. Each unsafe one is reported with its consequence and its
// fix; if data could be lost, Brook does not start unless ALLOW_UNSAFE_STORES=1.
import type { MysqlAddress, RedisAddress } from '../config.ts'
import { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Redis } from '../redis/client.ts'
import { RedisProvider } from '../redis/provider.ts'
import { StoreError } from './programs.ts'
import type { Say } from '../logging/say.ts'

/** An unsafe setting. `loses`: it can lose acknowledged messages. */
export interface Finding {
  what: string
  consequence: string
  fix: string
  loses: boolean
}

const minVersions = { redis: 7, mysql: 8, mariadb: 10.6 }
/** A batch with its SQL, doubled for escapes. */
const minPacket = 2 * limits.sync.statement.bytes

/** Reports what is unsafe. @throws StoreError if data could be lost and that is not allowed */
export async function checkSafety(
  { redis, mysql }: { redis: RedisAddress; mysql: MysqlAddress },
  { say, allowUnsafe }: { say: Say; allowUnsafe: boolean },
): Promise<void> {
  const findings = [...(await redisFindings(redis)), ...(await mysqlFindings(mysql))]
  for (const { what, consequence, fix } of findings) say(`Unsafe: ${what}: ${consequence} ${fix}`, 'warn')
  if (!findings.some(({ loses }) => loses)) return
  if (!allowUnsafe)
    throw new StoreError(
      'With these settings, acknowledged messages can be lost. Fix them, or start with ALLOW_UNSAFE_STORES=1.',
    )
  say('ALLOW_UNSAFE_STORES=1: continuing, although acknowledged messages can be lost.', 'warn')
}

async function redisFindings(address: RedisAddress): Promise<Finding[]> {
  const redis = new RedisProvider(address)
  try {
    const { asker } = redis.shard(0)
    await redis.ready(10_000)
    return await askRedis(asker)
  } finally {
    redis.close()
  }
}

/** Only a refusal is an answer. @throws what says that Redis is away: then it is asked again */
function unlessForbidden(error: Error): undefined {
  if (!/^(NOPERM|ERR unknown)/.test(error.message)) throw error
}

/** What this Redis could lose. @throws a lost connection */
export async function askRedis(redis: Pick<Redis, 'info' | 'config' | 'call'>): Promise<Finding[]> {
  const findings: Finding[] = []
  const version = /redis_version:(\d+\.\d+)/.exec(await redis.info('server'))?.[1] ?? '0'
  if (Number(version) < minVersions.redis)
    findings.push({
      what: `Redis ${version}`,
      consequence: 'commands that sync needs are missing.',
      fix: `Use Redis ${minVersions.redis} or newer.`,
      loses: true,
    })
  const replayedAs = await redis.call('ACL', 'GETUSER', 'default').catch(unlessForbidden)
  if (Array.isArray(replayedAs)) findings.push(...judgeDefaultUser(pairs(replayedAs as string[])))
  const settings = await redis.config('GET', '*').catch(unlessForbidden)
  if (settings === undefined)
    return [
      ...findings,
      {
        what: 'Redis does not show its settings (CONFIG GET is refused)',
        consequence: 'it is not known whether it keeps what it acknowledges.',
        fix: 'It should run with appendonly yes, appendfsync always and maxmemory-policy noeviction.',
        loses: false,
      },
    ]
  return [...findings, ...judgeRedis(pairs(settings as string[]))]
}

/** Trap: Redis replays its append-only file as the user `default`, whoever wrote it. `user`: as ACL GETUSER has it. */
function judgeDefaultUser(user: ReadonlyMap<string, string>): Finding[] {
  if (!user.get('commands')?.startsWith('-@all') && user.get('keys') !== '') return []
  return [
    {
      what: 'the user default has no rights in Redis',
      consequence:
        'a restart replays the append-only file as that user, and loses all that MySQL does not have yet.',
      fix: 'Nobody needs to sign in with it: ACL SETUSER default off ~* &* +@all.',
      loses: true,
    },
  ]
}

/** The unsafe settings of a Redis. `settings`: values by name. */
export function judgeRedis(settings: ReadonlyMap<string, string>): Finding[] {
  const findings: Finding[] = []
  const policy = settings.get('maxmemory-policy')
  if (policy !== 'noeviction')
    findings.push({
      what: `Redis maxmemory-policy ${policy}`,
      consequence: 'a full Redis evicts messages that MySQL does not have yet.',
      fix: 'Set maxmemory-policy noeviction.',
      loses: true,
    })
  if (settings.get('appendonly') !== 'yes')
    findings.push({
      what: 'Redis appendonly no',
      consequence: 'a restart loses messages acknowledged since the last snapshot.',
      fix: 'Set appendonly yes and appendfsync always.',
      loses: true,
    })
  else if (settings.get('appendfsync') !== 'always')
    findings.push({
      what: `Redis appendfsync ${settings.get('appendfsync')}`,
      consequence: 'a crash loses messages acknowledged in the last second or more.',
      fix: 'Set appendfsync always.',
      loses: true,
    })
  return findings
}

async function mysqlFindings(address: MysqlAddress): Promise<Finding[]> {
  const db = new Db(address, 1)
  try {
    const [row] = await db.rows<Record<string, string | number>>(
      `SELECT VERSION() AS version, @@SESSION.sql_mode AS mode, @@max_allowed_packet AS packet,
        @@innodb_flush_log_at_trx_commit AS flushing, @@character_set_connection AS charset`,
    )
    return judgeMysql(new Map(Object.entries(row ?? {}).map(([name, value]) => [name, String(value)])))
  } finally {
    await db.close()
  }
}

/** The same for a MySQL or MariaDB: version, mode, packet, flushing and charset, as our session sees them. */
export function judgeMysql(facts: ReadonlyMap<string, string>): Finding[] {
  const findings: Finding[] = []
  const version = facts.get('version') ?? ''
  const isMaria = /mariadb/i.test(version)
  const [number = '0'] = /^\d+\.\d+/.exec(version) ?? []
  if (isOlder(number, isMaria ? minVersions.mariadb : minVersions.mysql))
    findings.push({
      what: `${isMaria ? 'MariaDB' : 'MySQL'} ${number}`,
      consequence: 'Brook needs features of a newer version.',
      fix: 'Use MySQL 8+ or MariaDB 10.6+.',
      loses: true,
    })
  if (!/STRICT_(ALL|TRANS)_TABLES/.test(facts.get('mode') ?? ''))
    findings.push({
      what: 'MySQL does not let a session set a strict sql_mode',
      consequence: 'texts could be truncated without an error.',
      fix: 'Allow STRICT_ALL_TABLES.',
      loses: true,
    })
  if (!(facts.get('charset') ?? '').startsWith('utf8mb4'))
    findings.push({
      what: `MySQL's connection uses the charset ${facts.get('charset')}`,
      consequence: 'emoji and rare characters would be lost.',
      fix: 'Allow utf8mb4 (no skip-character-set-client-handshake).',
      loses: true,
    })
  if (Number(facts.get('packet')) < limits.sync.statement.bytes)
    findings.push({
      what: `MySQL max_allowed_packet ${facts.get('packet')}`,
      consequence: 'batches of long messages would be rejected and set aside.',
      fix: `Set at least ${minPacket}.`,
      loses: true,
    })
  if (facts.get('flushing') !== '1')
    findings.push({
      what: `MySQL innodb_flush_log_at_trx_commit ${facts.get('flushing')}`,
      consequence:
        'a machine crash loses the last second of the archive; messages still in Redis are archived again.',
      fix: 'Set innodb_flush_log_at_trx_commit = 1.',
      loses: false,
    })
  return findings
}

/** The parts are whole numbers: "10.11" is newer than 10.6. */
function isOlder(version: string, min: number): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [minMajor = 0, minMinor = 0] = String(min).split('.').map(Number)
  return major < minMajor || (major === minMajor && minor < minMinor)
}

function pairs(flat: string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < flat.length; i += 2) map.set(flat[i] ?? '', flat[i + 1] ?? '')
  return map
}
