// Two servers are ended with SIGTERM and started again, one after the other, while people talk: no send is refused, nothing
// is lost, and each server ends within 30 s. `node test/fault/rolling-restart.mjs --rounds 2 --rate 100`
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { gather, judge } from './checker.ts'
import { Crowd } from './crowd.ts'
import { House } from './house.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '2' }, rate: { type: 'string', default: '100' } },
})
const [rounds, rate] = [Number(values.rounds), Number(values.rate)]
const endWithinMs = 30_000

const folder = mkdtempSync(path.join(os.tmpdir(), 'brook-rolling-'))
const crashes: string[] = []
const house = await House.open({
  ...{ servers: 2, syncs: 1, folder },
  onCrash: (words) => crashes.push(words),
})
const crowd = await Crowd.gather(house.addresses, 20)
const { histories } = crowd
let isTalking = true
const talking = (async () => {
  while (isTalking) await crowd.talks(10, 1_000 / rate)
})()
let slowestMs = 0
for (let round = 0; round < rounds; round += 1) {
  for (const server of house.servers) {
    const from = Date.now()
    await server.process.end('SIGTERM')
    slowestMs = Math.max(slowestMs, Date.now() - from)
    await house.start(server)
  }
}
isTalking = false
await talking
await crowd.isComplete(() => house.isArchived())
const { violations, unknown } = judge(histories, await gather(house.db, house.redis))
const refused = [...histories.counts.refusedForNow]
const connects = crowd.clients.reduce((sum, client) => sum + client.connects, 0)
console.log(
  [
    `restarts             ${rounds * house.servers.length}, the slowest ended after ${(slowestMs / 1_000).toFixed(1)} s`,
    `acknowledged         ${histories.counts.acknowledged} of ${histories.said.size}, unknown ${unknown}`,
    `refused              ${refused.map(([code, count]) => `${code} ${count}`).join(', ') || 0}`,
    `connections          ${connects} of ${crowd.clients.length} browsers`,
    `violations           ${violations.length + crashes.length}`,
    ...[...violations.slice(0, 5).map((violation) => JSON.stringify(violation)), ...crashes],
  ].join('\n'),
)
crowd.leave()
await house.close()
const isWell = violations.length + crashes.length + refused.length + unknown === 0
process.exit(isWell && slowestMs <= endWithinMs ? 0 : 1)
