// `brook start --workers 2` as a person runs it: several processes behind one port are one Brook.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MembersAnswer } from '../../server/protocol/http.ts'
import { root } from '../../server/root.ts'
import { commandLine } from '../../server/stores/leftover.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** Three processes load their sources on a busy machine. */
const withinMs = 90_000

interface Running {
  process: ChildProcess
  address: string
  said: () => string
  /** The serving processes, as last reported. */
  workers: () => number[]
  ended: Promise<number | null>
}

const serves = (pid: number): boolean => commandLine(pid).join(' ').includes('brook/worker.js')

let folder: string
let brook: Running
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  brook = await start()
}, withinMs)
beforeEach(async () => {
  if (brook.process.exitCode !== null || brook.process.signalCode !== null) brook = await start()
}, withinMs)
let people: Person[] = []
afterEach(() => {
  for (const person of people) person.drops()
  people = []
})
afterAll(async () => {
  brook.process.kill('SIGKILL')
  for (const store of ['redis', 'mariadb']) {
    const pid = Number(await readFile(path.join(folder, store, `${store}.pid`), 'utf8').catch(() => '0'))
    if (commandLine(pid).join(' ').includes(folder)) process.kill(pid, 'SIGKILL')
  }
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<Running> {
  const env = {
    ...process.env,
    DATA_DIR: folder,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'fatal',
    PACING: 'off',
  }
  const child = spawn(process.execPath, [path.join(root, 'dist/brook/main.js'), 'start', '--workers', '2'], {
    cwd: root,
    env,
  })
  let told = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (told += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  await until(
    () => told,
    (text) => /open at http/.test(text) || child.exitCode !== null,
    withinMs,
  )
  const address = /open at (http:\S+)/.exec(told)?.[1]
  if (address === undefined) throw new Error(`it did not open: ${told}`)
  const workers = (): number[] => {
    const first = /share the port: processes ([\d, ]+)/.exec(told)?.[1]?.split(', ').map(Number) ?? []
    for (const [, device, pid] of told.matchAll(/Worker (\d+) is open again: process (\d+)/g))
      first[Number(device) - 1] = Number(pid)
    return first
  }
  return { process: child, address, said: () => told, workers, ended }
}

/** Guests with a connection each. The parent distributes connections in turn, so each worker has some of them. */
async function enter(...names: string[]): Promise<Person[]> {
  const come: Person[] = []
  for (const name of names) come.push(await Person.arrive(brook.address, name))
  for (const person of come) await person.connects()
  people.push(...come)
  return come
}

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${brook.address}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((row) => row.startsWith(`${name} `))
      ?.split(' ')[1],
  )
}

test('messages sent on one worker arrive on all, once and in one order, and are archived', async () => {
  const guests = await enter('Ann', 'Bob', 'Cho', 'Dia')
  for (const [i, person] of guests.entries()) for (let n = 0; n < 10; n += 1) person.says(`${i} ${n}`)
  await until(() => guests.every((person) => person.messages().length === 40))
  const told = guests.map((person) => person.messages().map(({ seq, text }) => `${seq} ${text}`))
  for (const one of told) expect(one).toEqual(told[0])
  const last = Math.max(...(guests[0]?.numbersOf() ?? []))
  await until(() =>
    guests.every((person) => person.heard.some((event) => event.type === 'archived' && event.seq >= last)),
  )
})

test('typing and presence pass from worker to worker', async () => {
  const guests = await enter('Eve', 'Fay', 'Gil', 'Hal')
  const [eve] = guests
  eve?.tells({ type: 'typing', room: eve.room })
  for (const one of guests) expect(await one.event('typing')).toMatchObject({ user: { name: 'Eve' } })
  for (const one of guests)
    await until(async () => {
      const { body } = await one.ask<MembersAnswer>('GET', `/api/rooms/${one.room}/members`)
      return guests.every(({ user }) => body.members.find(({ id }) => id === user.id)?.here === true)
    })
})

test('the port is ready, and its metrics cover all its workers', async () => {
  const guests = await enter('Ida', 'Jon', 'Kim', 'Lea')
  // Each worker is asked in turn: every answer covers both.
  for (let i = 0; i < 4; i += 1) {
    await until(
      () => metric('brook_sockets'),
      (count) => count === guests.length,
    )
    expect(await metric('brook_workers')).toBe(2)
    expect(await metric('brook_log_open')).toBe(1)
    // Of the process that starts them, in which sync runs.
    await until(
      () => metric('brook_sync_run_seconds_count'),
      (count) => count > 0,
    )
    expect((await fetch(`${brook.address}/readyz`)).status).toBe(200)
  }
})

test(
  'a worker that is killed is replaced, and its browsers are back and have missed nothing',
  async () => {
    const guests = await enter('Mia', 'Ned', 'Ola', 'Pia')
    const [first] = guests
    await first?.acked(first.says('before'))
    for (const person of guests) await person.hears('before')
    const [killed = 0, other = 0] = brook.workers()
    process.kill(killed, 'SIGKILL')
    // The sockets were distributed: some are gone, the others still receive. Each is answered or learns that it is
    // gone.
    const asked = guests.map((person) => ({ person, cid: person.says('is anybody there?') }))
    await until(() =>
      asked.every(({ person, cid }) => person.closed !== undefined || person.ackedBefore([cid]).length > 0),
    )
    const dropped = guests.filter(({ closed }) => closed !== undefined)
    expect(dropped.length).toBeGreaterThan(0)
    expect(dropped.length).toBeLessThan(guests.length)
    const stayed = guests.filter((person) => !dropped.includes(person))
    await stayed[0]?.acked(stayed[0].says('meanwhile'))
    for (const person of dropped) await person.returns()
    await stayed[0]?.acked(stayed[0].says('after'))
    for (const person of guests) await person.hears('after')
    for (const person of guests) {
      const numbers = person.numbersOf()
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
    }
    await until(brook.workers, ([now]) => now !== killed, withinMs)
    expect(brook.workers()[1]).toBe(other)
    await until(
      () => metric('brook_workers'),
      (count) => count === 2,
    )
  },
  withinMs,
)

test(
  'SIGTERM tells the browsers of every worker to come back, and leaves no process behind; messages are there at the next start',
  async () => {
    const guests = await enter('Qin', 'Rob', 'Sue', 'Tom')
    const [first] = guests
    await first?.acked(first.says('kept'))
    const pids = brook.workers()
    expect(pids.filter(serves)).toHaveLength(2)
    brook.process.kill('SIGTERM')
    for (const person of guests) expect(await person.ends()).toMatchObject({ code: 4002 })
    expect(await brook.ended).toBe(0)
    expect(brook.said()).toContain('Brook has stopped; all messages are saved.')
    expect(pids.filter(serves)).toEqual([])
    brook = await start()
    expect(await metric('brook_log_length')).toBeGreaterThan(0)
    if (first) first.address = brook.address
    expect((await first?.page())?.messages.at(-1)).toMatchObject({ text: 'kept' })
  },
  withinMs,
)

test(
  'workers exit with a parent that was killed',
  async () => {
    const pids = brook.workers()
    expect(pids.filter(serves)).toHaveLength(2)
    brook.process.kill('SIGKILL')
    await brook.ended
    await until(
      () => pids.filter(serves),
      (alive) => alive.length === 0,
    )
  },
  withinMs,
)
