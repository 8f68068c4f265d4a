// What a Redis could lose by its settings: one that stands alone, or each primary and each replica of many, for a replica is
// what its primary was, once it has taken over.
import type { RedisAddress } from '../config.ts'
import { nodeAlone, type ManyRedis, type NodeAddress, type OneRedis } from '../config-redis.ts'
import type { Redis } from '../redis/client.ts'
import { Nodes } from '../redis/nodes.ts'
import { RedisProvider } from '../redis/provider.ts'
import { nameOfNode } from '../redis/view.ts'

/** An unsafe setting. `loses`: it can lose acknowledged messages. */
export interface Finding {
  what: string
  consequence: string
  fix: string
  loses: boolean
}

const minVersion = 7
const reachWithinMs = 10_000
/** A replica may be down; nobody waits long for it. */
const replicaWithinMs = 2_000

export const redisFindings = (address: OneRedis): Promise<Finding[]> =>
  asked(address, reachWithinMs, askRedis)

async function asked<T>(
  address: RedisAddress,
  withinMs: number,
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new RedisProvider(address)
  try {
    const { asker } = redis.shard(0)
    await redis.ready(withinMs)
    return await ask(asker)
  } finally {
    redis.close()
  }
}

/** What the nodes could lose, one finding for all that have it. @throws where a primary does not answer */
export async function manyFindings(address: ManyRedis): Promise<Finding[]> {
  const nodes = new Nodes(address)
  try {
    await nodes.look()
    const ask = (node: NodeAddress, withinMs: number): Promise<Finding[]> =>
      asked(nodeAlone(address, node), withinMs, (redis) => askNode(redis, address.kind))
    const found = await Promise.all([
      ...nodes.primaries.map(async (node) => ({ node, findings: await ask(node, reachWithinMs) })),
      ...nodes.replicas.map(async (node) => ({
        node,
        findings: await ask(node, replicaWithinMs).catch(() => [unasked]),
      })),
    ])
    const byWhat = new Map<string, Finding & { at: string[] }>()
    for (const { node, findings } of found)
      for (const finding of findings) {
        const one = byWhat.get(finding.what) ?? { ...finding, at: [] }
        byWhat.set(finding.what, one)
        one.at.push(nameOfNode(node))
      }
    const ofNodes = [...byWhat.values()].map(({ at, ...one }) => ({
      ...one,
      what: `${one.what} (${at.join(', ')})`,
    }))
    return [...ofNodes, ...judgeReplicas(address.replicas ?? 0, nodes.fewestReplicas)]
  } finally {
    nodes.close()
  }
}

const unasked: Finding = {
  what: 'a replica of Redis does not answer',
  consequence: 'its settings are not checked, and it may not take over.',
  fix: 'Start it.',
  loses: false,
}

async function askNode(redis: Redis, kind: ManyRedis['kind']): Promise<Finding[]> {
  const findings = await askRedis(redis)
  if (kind !== 'cluster') return findings
  const flat = await redis.config('GET', 'cluster-require-full-coverage').catch(unlessForbidden)
  if (pairs((flat ?? []) as string[]).get('cluster-require-full-coverage') !== 'yes') return findings
  return [
    ...findings,
    {
      what: 'Redis cluster-require-full-coverage yes',
      consequence: 'while one primary is down, no room can be written to, and not only those it has.',
      fix: 'Set cluster-require-full-coverage no.',
      loses: false,
    },
  ]
}

/** `wanted`: REDIS_REPLICAS. `fewest`: the replicas of the primary that has the fewest. */
export function judgeReplicas(wanted: number, fewest: number): Finding[] {
  if (wanted > fewest)
    return [
      {
        what: `REDIS_REPLICAS is ${wanted}, and a primary of Redis has ${fewest}`,
        consequence: 'what is sent to its rooms is not acknowledged.',
        fix: 'Add replicas, or set a lower number.',
        loses: false,
      },
    ]
  if (wanted > 0 || fewest === 0) return []
  return [
    {
      what: 'Redis has replicas, and REDIS_REPLICAS is not set',
      consequence: 'when a primary dies, what it acknowledged in its last moments may be lost.',
      fix: 'Set REDIS_REPLICAS=1, or to how many replicas must have a message before it is acknowledged.',
      loses: false,
    },
  ]
}

/** Only a refusal is an answer. @throws what says that Redis is away: then it is asked again */
function unlessForbidden(error: Error): undefined {
  if (!/^(NOPERM|ERR unknown)/.test(error.message)) throw error
}

/** What this Redis could lose. @throws a lost connection */
export async function askRedis(redis: Pick<Redis, 'info' | 'config' | 'call'>): Promise<Finding[]> {
  const findings: Finding[] = []
  const version = /redis_version:(\d+\.\d+)/.exec(await redis.info('server'))?.[1] ?? '0'
  if (Number(version) < minVersion)
    findings.push({
      what: `Redis ${version}`,
      consequence: 'commands that sync needs are missing.',
      fix: `Use Redis ${minVersion} or newer.`,
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

function pairs(flat: string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < flat.length; i += 2) map.set(flat[i] ?? '', flat[i + 1] ?? '')
  return map
}
