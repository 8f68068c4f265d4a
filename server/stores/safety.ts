// Checks that the stores' settings keep what Brook acknowledges. Each unsafe one is reported with its consequence and its
// fix; if data could be lost, Brook does not start unless ALLOW_UNSAFE_STORES=1.
import type { MysqlAddress, RedisAddress } from '../config.ts'
import { Db } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import { isMany } from '../config-redis.ts'
import { StoreError } from './programs.ts'
import type { Say } from '../logging/say.ts'
import { manyFindings, redisFindings, type Finding } from './safety-redis.ts'

export type { Finding } from './safety-redis.ts'

const minVersions = { mysql: 8, mariadb: 10.6 }
/** A batch with its SQL, doubled for escapes. */
const minPacket = 2 * limits.sync.statement.bytes

/** Reports what is unsafe. @throws StoreError if data could be lost and that is not allowed */
export async function checkSafety(
  { redis, mysql }: { redis: RedisAddress; mysql: MysqlAddress },
  { say, allowUnsafe }: { say: Say; allowUnsafe: boolean },
): Promise<void> {
  const ofRedis = isMany(redis) ? await manyFindings(redis) : await redisFindings(redis)
  const findings = [...ofRedis, ...(await mysqlFindings(mysql))]
  for (const { what, consequence, fix } of findings) say(`Unsafe: ${what}: ${consequence} ${fix}`, 'warn')
  if (!findings.some(({ loses }) => loses)) return
  if (!allowUnsafe)
    throw new StoreError(
      'With these settings, acknowledged messages can be lost. Fix them, or start with ALLOW_UNSAFE_STORES=1.',
    )
  say('ALLOW_UNSAFE_STORES=1: continuing, although acknowledged messages can be lost.', 'warn')
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
