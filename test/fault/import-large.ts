// Imports a synthetic Slack export into private stores and measures the rate and the peak memory, early and late. Exits
// with 1 if a message is missing, or if memory grew with the archive.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { ZipFile } from 'yazl'
import { readConfig } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { runImport } from '../../server/import/run.ts'
import { SlackExport } from '../../server/import/slack/export.ts'
import { privateStores } from '../support/stores.ts'

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '100' }, rate: { type: 'string', default: '1000000' } },
})
const mib = 1024 * 1024
const wantedBytes = Number(values.megabytes) * mib
const [rooms, people, perDay] = [8, 200, 2_000]
/** Approximate size in bytes of one message as written below. */
const messageBytes = 520
const days = Math.max(1, Math.round(wantedBytes / messageBytes / perDay / rooms))
const wanted = rooms * days * perDay

const user = (n: number): string => `U${n % people}`
const dayStart = (day: number): number => 1_500_000_000 + day * 86_400

function message(day: number, line: number): object {
  const ts = `${dayStart(day) + line}.${String(line).padStart(6, '0')}`
  const root = `${dayStart(day) + line - (line % 10)}.${String(line - (line % 10)).padStart(6, '0')}`
  return {
    client_msg_id: `00000000-0000-4000-8000-${String(day * perDay + line).padStart(12, '0')}`,
    type: 'message',
    text: `Line *${line}* of day ${day} :tada: 你好 <@${user(line + 1)}> ${'words '.repeat(15)}`,
    user: user(line),
    ts,
    team: 'TLARGE',
    ...(line % 3 === 0 ? {} : { thread_ts: root }),
    ...(line % 20 === 0
      ? { reactions: [{ name: '+1', users: [user(line + 2), user(line + 3)], count: 2 }] }
      : {}),
  }
}

function* dayText(day: number): Generator<string> {
  for (let line = 0; line < perDay; line += 1) {
    const text = JSON.stringify(message(day, line), null, 4).replaceAll('\n', '\n    ')
    yield `${line === 0 ? '[\n    ' : ',\n    '}${text}`
  }
  yield '\n]'
}

async function write(target: string): Promise<void> {
  const zip = new ZipFile()
  const json = (list: object[]): Buffer => Buffer.from(JSON.stringify(list))
  const each = <T>(count: number, make: (n: number) => T): T[] =>
    Array.from({ length: count }, (_, n) => make(n))
  const members = each(people, user)
  zip.addBuffer(
    json(each(people, (n) => ({ id: user(n), team_id: 'TLARGE', name: `person${n}` }))),
    'users.json',
  )
  zip.addBuffer(json(each(rooms, (n) => ({ id: `C${n}`, name: `room${n}`, members }))), 'channels.json')
  for (let room = 0; room < rooms; room += 1)
    for (let day = 0; day < days; day += 1) {
      const date = new Date(dayStart(day) * 1_000).toISOString().slice(0, 10)
      zip.addReadStreamLazy(`room${room}/${date}.json`, { compressionLevel: 1 }, (give) =>
        give(null, Readable.from(dayText(day))),
      )
    }
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(target))
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-import-'))
const target = path.join(folder, 'export.zip')
await write(target)
console.log(
  `An export of ${wanted} messages in ${rooms * days} days, ${Math.round((await stat(target)).size / mib)} MiB packed`,
)
const stores = await privateStores()
const samples: number[] = []
const sampling = setInterval(() => samples.push(process.memoryUsage().rss), 200)
let said = 0
const config = { ...readConfig({}), redis: stores.redis, mysql: stores.mysql }
const losses: string[] = []
const source = await SlackExport.open(target, ({ place, why }) => losses.push(`${place}: ${why}`))
console.log(`Lists read: ${Math.round(process.memoryUsage().rss / mib)} MiB`)
try {
  const summary = await runImport({
    config,
    source,
    rate: Number(values.rate),
    dryRun: false,
    matchUsers: false,
    refuse: ({ place, why }) => losses.push(`${place}: ${why}`),
    say: (line) => {
      if (Date.now() - said < 5_000) return
      said = Date.now()
      console.log(`${line}  ${Math.round((samples.at(-1) ?? 0) / mib)} MiB`)
    },
    signal: new AbortController().signal,
  })
  clearInterval(sampling)
  const max = (from: number, to: number): number =>
    Math.round(
      Math.max(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to))) / mib,
    )
  const rate = Math.round(summary.messages / summary.seconds)
  console.log(
    `${summary.messages} messages and ${summary.reactions} reactions in ${Math.round(summary.seconds)} s: ${rate} messages a second`,
  )
  console.log(
    `Memory at most: ${max(0, 0.25)} MiB in the first quarter, ${max(0.75, 1)} in the last, ${max(0, 1)} in all`,
  )
  const db = new Db(stores.mysql, 1)
  const [row] = await db.rows<{ kept: number }>('SELECT COUNT(*) AS kept FROM messages')
  await db.close()
  console.log(`${row?.kept} messages in MySQL of ${wanted}; not taken: ${losses.length}`)
  const isFlat = max(0.75, 1) < 1.5 * max(0, 0.5) + 50
  if (row?.kept !== wanted || losses.length > 0 || !isFlat) process.exitCode = 1
} finally {
  clearInterval(sampling)
  source.close()
  await stores.stop()
  await rm(folder, { recursive: true, force: true })
}
