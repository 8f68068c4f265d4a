// Two servers are stopped with SIGTERM and restarted, one after the other, while people talk: no send is refused, nothing
// is lost, and each server exits within 30 s. `node test/fault/rolling-restart.mjs --rounds 2 --rate 100`
import { parseArgs } from 'node:util'
import { gather, judge } from './checker.ts'
import { Talkers } from './talkers.ts'
import { Cluster } from './cluster.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2' }, rate: { type: 'string', default: '100' } },
})
const [rounds, rate] = [Number(values.rounds), Number(values.rate)]
const endWithinMs = 30_000

const cluster = await Cluster.open({ servers: 2, syncs: 1 })
const talkers = await Talkers.gather(cluster.addresses, 20)
const { histories } = talkers
let isTalking = true
const talking = (async () => {
  while (isTalking) await talkers.talks(10, 1_000 / rate)
})()
let slowestMs = 0
for (let round = 0; round < rounds; round += 1) {
  for (const server of cluster.servers) {
    const from = Date.now()
    await server.process.end('SIGTERM')
    slowestMs = Math.max(slowestMs, Date.now() - from)
    await cluster.start(server)
  }
}
isTalking = false
await talking
await talkers.isComplete(() => cluster.isArchived())
const { violations, unknown } = judge(histories, await gather(cluster.db, cluster.redis))
const refused = [...histories.counts.refusedForNow]
const connects = talkers.clients.reduce((sum, client) => sum + client.connects, 0)
console.log(
  [
    `restarts             ${rounds * cluster.servers.length}, the slowest ended after ${(slowestMs / 1_000).toFixed(1)} s`,
    `acknowledged         ${histories.counts.acknowledged} of ${histories.said.size}, unknown ${unknown}`,
    `refused              ${refused.map(([code, count]) => `${code} ${count}`).join(', ') || 0}`,
    `connections          ${connects} of ${talkers.clients.length} browsers`,
    `violations           ${violations.length + cluster.crashes.length}`,
    ...violations.slice(0, 5).map((violation) => JSON.stringify(violation)),
    ...cluster.crashes,
  ].join('\n'),
)
talkers.leave()
await cluster.close()
const isWell = violations.length + cluster.crashes.length + refused.length + unknown === 0
process.exit(isWell && slowestMs <= endWithinMs ? 0 : 1)
