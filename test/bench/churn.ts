// An hour of connects and disconnects: some thousand signed-in people, each in five rooms; every second a few percent leave,
// half of them without a close frame, and as many connect; a few messages are sent. The server's memory is sampled after a
// garbage collection, and a line is fitted to the samples. Exits with 1 if it is not flat.
// The tail is filled beforehand, as on a server that has run for a day: filling it would look like a leak.
import { parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { limits } from '../../server/protocol/limits.ts'
import { firstRoom, roomsOf, seat } from './cases/people.ts'
import { memoryMb, Program } from './cases/program.ts'
import { benchStores } from './cases/stores.ts'
import type { Served } from './cases/scene.ts'
import { Comers } from './comers.ts'
import type { Writing } from './programs/writer.ts'
import { slopeOf, type Sample } from './slope.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    sockets: { type: 'string', default: '3000' },
    percent: { type: 'string', default: '2' },
    'per-second': { type: 'string', default: '5' },
    'sample-every': { type: 'string', default: '30' },
  },
})
const minutes = Number(values.minutes)
const sockets = Number(values.sockets)
const percent = Number(values.percent)
const perSecond = Number(values['per-second'])
const sampleEveryMs = 1_000 * Number(values['sample-every'])

/** The beginning is excluded: caches and pools fill, and the compiler is busy. */
const settling = 0.25
/**
 * A line is flat if it rises by less than this share of the level in an hour. The tail frees what it drops an eighth at
 * a time (log/tail, isMuch): a saw-tooth of some 3 % is not a leak, and a short run may see only one side of it.
 */
const flatWithin = 0.05
const tickMs = 100

const programs = {
  server: new URL('./programs/server.ts', import.meta.url),
  archiver: new URL('./programs/archiver.ts', import.meta.url),
  writer: new URL('./programs/writer.ts', import.meta.url),
}

interface Memory {
  hours: number
  rss: number
  heap: number
  outside: number
}

const mb = (bytes: number): number => bytes / 2 ** 20
const shown = (value: number, digits = 1): string => value.toFixed(digits)

const stores = await benchStores()
const samples: Memory[] = []
let comers: Comers | undefined
try {
  const cookies = await seat(stores.mysql, Math.ceil(1.5 * sockets), 'five')
  const given = { redis: stores.redis, mysql: stores.mysql }
  const { program: archiver } = await Program.start(programs.archiver, { ...given, once: false })
  await fillTail()
  const { program: server, told } = await Program.start<Served>(programs.server, given)
  comers = new Comers(told.port, cookies)
  await comers.grow(sockets)
  console.log(
    `${sockets} sockets are in; ${percent} % leave and come every second, ${perSecond} messages a second, ${minutes} minutes`,
  )
  await churn(server, comers)
  await server.stop()
  await archiver.stop()
} finally {
  comers?.close()
  await stores.stop()
}
report()

async function fillTail(): Promise<void> {
  const { program } = await Program.start(programs.writer, { redis: stores.redis, mysql: stores.mysql })
  const rooms = { first: firstRoom, count: roomsOf('five', 0) }
  const entries = 1.2 * limits.tailEntries
  await program.run({ how: 'append', entries, underWay: 64, rooms } satisfies Writing)
  await program.stop()
}

async function churn(server: Program, all: Comers): Promise<void> {
  const began = performance.now()
  const end = began + minutes * 60_000
  let [gone, said, sampledAt] = [0, 0, -Infinity]
  for (let now = began; now < end; now = performance.now()) {
    const seconds = (now - began) / 1_000
    for (; gone < (seconds * (sockets * percent)) / 100; gone += 1) void all.oneLeavesAndOneComes()
    for (; said < seconds * perSecond; said += 1) all.oneSpeaks(String(firstRoom + (said % 5)))
    if (now - sampledAt >= sampleEveryMs) {
      sampledAt = now
      await sample(server, seconds / 3_600, all)
    }
    await pause(tickMs)
  }
}

async function sample(server: Program, hours: number, all: Comers): Promise<void> {
  const { rss, heapUsed, external } = await server.run<NodeJS.MemoryUsage>()
  samples.push({ hours, rss: mb(rss), heap: mb(heapUsed), outside: mb(external) })
  console.log(
    `${shown(60 * hours)} min: RSS ${shown(mb(rss))} MB, heap ${shown(mb(heapUsed))} MB, outside ${shown(mb(external))} MB, ` +
      `peak RSS ${shown(memoryMb(server.pid).peak)} MB · ${all.count} sockets, ${all.came} came, ${all.heard} messages heard`,
  )
}

function report(): void {
  const settled = samples.filter(({ hours }) => hours * 60 >= settling * minutes)
  const line = (read: (memory: Memory) => number): Sample[] =>
    settled.map((one) => ({ hours: one.hours, value: read(one) }))
  let isFlat = true
  for (const [name, read] of [
    ['heap', ({ heap }: Memory) => heap],
    ['RSS', ({ rss }: Memory) => rss],
    ['outside the heap', ({ outside }: Memory) => outside],
  ] as const) {
    const { mean, perHour } = slopeOf(line(read))
    const share = perHour / mean
    isFlat &&= share < flatWithin
    console.log(
      `${name}: ${shown(mean)} MB, ${shown(perHour, 2)} MB an hour (${shown(100 * share)} %): ${share < flatWithin ? 'flat' : 'NOT flat'}`,
    )
  }
  const { came, heard, refused, endings } = comers ?? { came: 0, heard: 0, refused: 0, endings: {} }
  console.log(
    `${settled.length} samples after settling; ${came} came, ${heard} messages heard, ${refused} refused`,
  )
  console.log(`endings that nobody asked for: ${JSON.stringify(endings)}`)
  process.exitCode = isFlat ? 0 : 1
}
