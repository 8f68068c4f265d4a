// MySQL is stopped for minutes while people talk at 200 messages a second: nobody may be refused, nothing may be lost, and the
// archive must be complete within a minute of its return. `node test/fault/mysql-away.mjs --minutes 5 --rate 200`
import { mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gather, judge } from './checker.ts'
import { Crowd } from './crowd.ts'
import { House } from './house.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    rate: { type: 'string', default: '200' },
    clients: { type: 'string', default: '20' },
  },
})
const [minutes, rate, clients] = [Number(values.minutes), Number(values.rate), Number(values.clients)]
const archiveWithinMs = 60_000

const folder = mkdtempSync(path.join(os.tmpdir(), 'brook-mysql-away-'))
const crashes: string[] = []
const house = await House.open({
  ...{ servers: 2, syncs: 1, folder },
  onCrash: (words) => crashes.push(words),
})
const crowd = await Crowd.gather(house.addresses, clients)
const { histories } = crowd
await crowd.talks(50)
await crowd.isComplete(() => house.isArchived())
const rows = async (): Promise<number> => {
  const [row] = await house.db.rows<{ count: number }>('SELECT COUNT(*) AS count FROM messages')
  return row?.count ?? 0
}
const before = await rows()

await house.stores.mariadbProcess.kill('SIGTERM')
const stoppedAt = Date.now()
console.log(`MySQL is stopped for ${minutes} minutes at ${rate} messages a second`)
let said = 0
while (Date.now() - stoppedAt < minutes * 60_000) {
  const owed = Math.floor(((Date.now() - stoppedAt) * rate) / 1_000) - said
  await crowd.talks(Math.min(owed, rate), 0)
  said += Math.min(owed, rate)
  await pause(20)
}
const refused = [...histories.counts.refusedForNow]
const waiting = crowd.clients.reduce((sum, client) => sum + client.waiting.length, 0)

await house.stores.mariadbProcess.start()
const backAt = Date.now()
let isArchived = false
while (!isArchived && Date.now() - backAt < 5 * archiveWithinMs) {
  isArchived = await house.isArchived().catch(() => false)
  await pause(100)
}
const archivedMs = Date.now() - backAt
const archived = (await rows()) - before
await crowd.isComplete(() => house.isArchived())
const { violations, unknown } = judge(histories, await gather(house.db, house.redis))
const seconds = (backAt - stoppedAt) / 1_000
console.log(
  [
    `said                 ${said} in ${seconds.toFixed(0)} s (${(said / seconds).toFixed(0)} a second), MySQL stopped`,
    `acknowledged         ${histories.counts.acknowledged} of ${histories.said.size}; ${waiting} waited at the end`,
    `refused              ${refused.map(([code, count]) => `${code} ${count}`).join(', ') || 0}`,
    `archive complete     ${(archivedMs / 1_000).toFixed(1)} s after MySQL was back; ${archived} rows`,
    `violations           ${violations.length + crashes.length}, unknown ${unknown}`,
    ...[...violations.slice(0, 5).map((violation) => JSON.stringify(violation)), ...crashes],
  ].join('\n'),
)
crowd.leave()
await house.close()
const isWell =
  violations.length + crashes.length + refused.length === 0 && isArchived && archivedMs <= archiveWithinMs
process.exit(isWell ? 0 : 1)
