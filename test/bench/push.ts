// How long it takes to tell many devices of one message, and how much memory that needs: everybody in a room has a device at a push
// service on loopback, which is a process of its own and answers at once.
import { createECDH, createHash, randomBytes } from 'node:crypto'
import { fork, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Param } from '../../server/db.ts'
import { limits } from '../../server/protocol/limits.ts'
import { serviceOf } from '../../server/push/subscriptions.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '50000' },
    service: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const devices = Number(values.devices)
const mib = 1024 * 1024

/** The push service: takes everything, and says how much it was. */
function serve(): void {
  let taken = 0
  const paths = new Set<string>()
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      taken += 1
      paths.add(request.url ?? '')
      response.writeHead(201).end()
    })
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  process.on('message', () => process.send?.({ taken, devices: paths.size }))
  process.on('disconnect', () => process.exit())
}

const answerOf = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((resolve) => child.once('message', (message) => resolve(message as Answer)))

async function measure(): Promise<void> {
  const service = fork(fileURLToPath(import.meta.url), ['--service'], { execArgv: ['--import', 'tsx'] })
  const { port } = await answerOf<{ port: number }>(service)
  const asks = (): Promise<{ taken: number; devices: number }> => {
    const answer = answerOf<{ taken: number; devices: number }>(service)
    service.send('?')
    return answer
  }
  const brook = await Brook.start({ webhookPrivate: true })
  try {
    const ann = await brook.enter('Ann')
    const room = await ann.makes('everybody')
    const { seq } = await ann.acked(ann.says('to all of you'))
    await fill(brook, room.id, `http://127.0.0.1:${port}`)
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let peak = before
    const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50)
    const cpu = process.cpuUsage()
    const began = performance.now()
    await tell(brook, room.id, seq)
    await until(
      async () => (await asks()).taken,
      (taken) => taken >= devices,
      15 * 60_000,
    )
    const seconds = (performance.now() - began - limits.push.graceMs) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    clearInterval(watching)
    const { taken, devices: reached } = await asks()
    const [left] = await until(
      () => brook.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM push_queue'),
      ([row]) => Number(row?.n) === 0,
    )
    const result = {
      at: new Date().toISOString(),
      cpu: os.cpus()[0]?.model,
      devices,
      reached,
      twice: taken - reached,
      left: Number(left?.n),
      seconds: Math.round(seconds * 10) / 10,
      perSecond: Math.round(devices / seconds),
      cpuMsEach: Math.round(((user + system) / 1_000 / devices) * 100) / 100,
      memoryMiB: { before: Math.round(before / mib), peak: Math.round(peak / mib) },
    }
    if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, null, 2))
    console.log(result)
  } finally {
    await brook.stop()
    service.disconnect()
  }
}

/** People with a session and a device each, all of them in the room. */
async function fill(brook: Brook, room: string, origin: string): Promise<void> {
  const ecdh = createECDH('prime256v1')
  const key = ecdh.generateKeys()
  const now = new Date()
  const later = new Date(Date.now() + 86_400_000)
  const first = 1_000
  const put = async (sql: string, row: (id: number) => Param[]): Promise<void> => {
    for (let at = 0; at < devices; at += 1_000)
      await brook.db.run(`${sql} VALUES ?`, [
        Array.from({ length: Math.min(1_000, devices - at) }, (_, n) => row(first + at + n)),
      ])
  }
  await put('INSERT INTO users (id, name, name_key, created_at)', (id) => [id, `p${id}`, `p${id}`, now])
  await put(
    'INSERT INTO sessions (id, user_id, token_hash, agent, created_at, used_at, expires_at)',
    (id) => [id, id, randomBytes(32), '', now, now, later],
  )
  await put('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at)', (id) => [
    id,
    BigInt(room),
    'member',
    0,
    now,
  ])
  await put(
    'INSERT INTO push_subscriptions (user_id, session_id, endpoint, endpoint_hash, service, p256dh, auth, language, created_ms)',
    (id) => {
      const endpoint = `${origin}/device/${id}`
      const hash = createHash('sha256').update(endpoint).digest()
      return [id, id, endpoint, hash, serviceOf(endpoint), key, randomBytes(16), 'en', Date.now()]
    },
  )
}

async function tell(brook: Brook, room: string, seq: number): Promise<void> {
  const columns = 'user_id, room_id, seq, cause, read_by, by_id, at_ms, decided_ms'
  const now = Date.now()
  await brook.db.run(
    `INSERT INTO notifications (${columns})
     SELECT id, ?, ?, 'all', 'room', 1, ?, ? FROM users WHERE id >= 1000 ORDER BY id`,
    [BigInt(room), seq, now, now],
  )
}

if (values.service) serve()
else await measure()
