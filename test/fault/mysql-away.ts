// MySQL is down for minutes while people talk at 200 messages a second: no message may be refused or lost, and the archive
// must be complete within a minute after MySQL is back. `node test/fault/mysql-away.mjs --minutes 5 --rate 200`
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gather, judge } from './checker.ts'
import { Talkers } from './talkers.ts'
import { Cluster } from './cluster.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '200' },
    clients: { type: 'string', default: '20' },
  },
})
const [minutes, rate, clients] = [Number(values.minutes), Number(values.rate), Number(values.clients)]
const archiveWithinMs = 60_000

const cluster = await Cluster.open({ servers: 2, syncs: 1 })
const talkers = await Talkers.gather(cluster.addresses, clients)
const { histories } = talkers
await talkers.talks(50)
await talkers.isComplete(() => cluster.isArchived())
const rows = async (): Promise<number> => {
  const [row] = await cluster.db.rows<{ count: number }>('SELECT COUNT(*) AS count FROM messages')
  return row?.count ?? 0
}
const before = await rows()

await cluster.stores.mariadbProcess.kill('SIGTERM')
const stoppedAt = Date.now()
console.log(`MySQL is stopped for ${minutes} minutes at ${rate} messages a second`)
let said = 0
while (Date.now() - stoppedAt < minutes * 60_000) {
  const owed = Math.floor(((Date.now() - stoppedAt) * rate) / 1_000) - said
  await talkers.talks(Math.min(owed, rate), 0)
  said += Math.min(owed, rate)
  await pause(20)
}
const refused = [...histories.counts.refusedForNow]
const waiting = talkers.clients.reduce((sum, client) => sum + client.waiting.length, 0)

await cluster.stores.mariadbProcess.start()
const backAt = Date.now()
let isArchived = false
while (!isArchived && Date.now() - backAt < 5 * archiveWithinMs) {
  isArchived = await cluster.isArchived().catch(() => false)
  await pause(100)
}
const archivedMs = Date.now() - backAt
const archived = (await rows()) - before
await talkers.isComplete(() => cluster.isArchived())
const { violations, unknown } = judge(histories, await gather(cluster.db, cluster.redis))
const seconds = (backAt - stoppedAt) / 1_000
console.log(
  [
    `said                 ${said} in ${seconds.toFixed(0)} s (${(said / seconds).toFixed(0)} a second), MySQL stopped`,
    `acknowledged         ${histories.counts.acknowledged} of ${histories.said.size}; ${waiting} waited at the end`,
    `refused              ${refused.map(([code, count]) => `${code} ${count}`).join(', ') || 0}`,
    `archive complete     ${(archivedMs / 1_000).toFixed(1)} s after MySQL was back; ${archived} rows`,
    `violations           ${violations.length + cluster.crashes.length}, unknown ${unknown}`,
    ...violations.slice(0, 5).map((violation) => JSON.stringify(violation)),
    ...cluster.crashes,
  ].join('\n'),
)
talkers.leave()
await cluster.close()
const isWell =
  violations.length + cluster.crashes.length + refused.length === 0 &&
  isArchived &&
  archivedMs <= archiveWithinMs
process.exit(isWell ? 0 : 1)
