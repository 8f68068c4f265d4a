// Thousands of sockets are cut at once while people talk: all must reconnect within 30 s, complete, and without reading a
// message from MySQL, because memory covers the gap. `node test/fault/everyone-returns.mjs --sockets 5000`
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import type { ServerEvent } from '../../server/protocol/events.ts'
import { waitMs } from '../../web/wire/back-off.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

const { values } = parseArgs({
  options: { sockets: { type: 'string', default: '5000' }, people: { type: 'string', default: '500' } },
})
const [socketCount, peopleCount] = [Number(values.sockets), Number(values.people)]
const backWithinMs = 30_000

// One server lets everybody sign up; the other keeps its rate limits, and everybody connects to it.
const cluster = await Cluster.open({
  servers: 2,
  syncs: 1,
  envOf: (name) => (name === 'server-1' ? { PACING: 'on' } : {}),
})
const [open = '', paced = ''] = cluster.servers.map(({ process: { address } }) => address)

/** One open tab: its cursor, and how it reconnects. */
class Sitting {
  cursor = 0
  tries = 0
  isBack = false
  /** Everything arrived in order, without a gap. */
  isWhole = true
  readonly #cookie: string
  #socket: WebSocket | undefined

  constructor(cookie: string) {
    this.#cookie = cookie
  }

  connect(): void {
    this.tries += 1
    const socket = new WebSocket(`${paced.replace('http', 'ws')}/api/ws`, {
      headers: { cookie: this.#cookie, origin: paced },
      perMessageDeflate: false,
    })
    this.#socket = socket
    socket.on('error', () => undefined)
    socket.on('message', (data: Buffer) => this.#hear(data.toString()))
    socket.on('close', () => {
      this.isBack = false
      setTimeout(() => this.connect(), waitMs(this.tries))
    })
  }

  cut(): void {
    this.#socket?.terminate()
  }

  #hear(text: string): void {
    for (const line of text.split('\n')) {
      const event = JSON.parse(line) as ServerEvent
      if (event.type === 'welcome') {
        this.isBack = true
        this.tries = 0
        const head = event.rooms.find(({ id }) => id === room)?.head ?? 0
        if (this.cursor === 0) this.cursor = head
        this.#socket?.send(JSON.stringify({ type: 'resume', rooms: { [room]: this.cursor } }))
      } else if (event.type === 'gap' && event.room === room) this.isWhole = false
      else if ('seq' in event && 'at' in event && event.type !== 'ack' && event.room === room) {
        if (event.seq !== this.cursor + 1) this.isWhole = false
        this.cursor = event.seq
      }
    }
  }
}

const speaker = await Person.arrive(open, 'Speaker')
await speaker.connects()
const { room } = speaker
const people: Person[] = []
while (people.length < peopleCount)
  people.push(
    ...(await Promise.all(
      Array.from({ length: 20 }, (_, i) => Person.arrive(open, `Guest ${people.length + i}`)),
    )),
  )
const sittings = Array.from(
  { length: socketCount },
  (_, i) => new Sitting(people[i % people.length]?.cookie ?? ''),
)
console.log(`${people.length} people; ${socketCount} sockets open ...`)
for (const [i, sitting] of sittings.entries()) {
  sitting.connect()
  if (i % 50 === 49) await pause(100)
}
const back = (): number => sittings.filter(({ isBack }) => isBack).length
await until(back, (count) => count === socketCount, 300_000)
await speaker.acked(speaker.says('before'))
const atHead = (): number => sittings.filter(({ cursor }) => cursor === head).length
let head = (await speaker.hears('before')).seq
await until(atHead, (count) => count === socketCount, 60_000)

await cluster.db.run('SET GLOBAL userstat = 1')
const rowsRead = async (): Promise<number> => {
  const sql = `SELECT CAST(ROWS_READ AS UNSIGNED) AS count FROM information_schema.TABLE_STATISTICS
    WHERE TABLE_NAME = 'messages' AND TABLE_SCHEMA = ?`
  const [row] = await cluster.db.rows<{ count: number }>(sql, [cluster.stores.mysql.database])
  return Number(row?.count ?? 0)
}
const readBefore = await rowsRead()
for (const sitting of sittings) sitting.cut()
const cutAt = Date.now()
console.log(`${socketCount} sockets cut at once`)
for (let i = 0; i < 50; i += 1) {
  await speaker.acked(speaker.says(`while you were away ${i}`))
  await pause(100)
}
head = (await speaker.hears('while you were away 49')).seq
const returned = async (share: number): Promise<number> => {
  await until(back, (count) => count >= socketCount * share, 120_000)
  return Date.now() - cutAt
}
const [half, max, all] = [await returned(0.5), await returned(0.95), await returned(1)]
await until(atHead, (count) => count === socketCount, 60_000)
const wholeMs = Date.now() - cutAt
const read = (await rowsRead()) - readBefore
const torn = sittings.filter(({ isWhole }) => !isWhole).length
console.log(
  [
    `back                 half ${half} ms, 95 % ${max} ms, all ${all} ms`,
    `complete             ${wholeMs} ms; ${torn} with a gap or a hole`,
    `rows of messages read from MySQL  ${read}`,
    ...cluster.crashes,
  ].join('\n'),
)
await cluster.close()
process.exit(all <= backWithinMs && torn === 0 && read === 0 && cluster.crashes.length === 0 ? 0 : 1)
