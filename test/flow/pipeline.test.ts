// The pipeline seen live: what is stuck is said in words within ten seconds, and no more once it goes on.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import type { SignedAnswer } from '../../server/protocol/hooks.ts'
import type { PipelineAnswer } from '../../server/protocol/pipeline.ts'
import { root } from '../../server/root.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

/** Within which a stuck part must be told of, and no more once it goes on. */
const toldWithinMs = 10_000

let brook: Brook
let ann: Person
let receiver: Receiver
let shell: CommandLine
let sync: { close(): Promise<void> }
beforeAll(async () => {
  ;[brook, receiver] = await Promise.all([Brook.start({ webhookPrivate: true }), Receiver.up()])
  shell = await commandLine(brook.stores)
  sync = await runSync(brook.config, { say: () => undefined })
  ann = await brook.enter('Ann')
  await brook.makesAdmin(ann)
})
afterAll(async () => {
  await sync.close()
  await receiver.goesDown()
  await shell.close()
  await brook.stop()
})

async function look(): Promise<PipelineAnswer> {
  const { status, body } = await ann.ask<PipelineAnswer>('GET', '/api/admin/pipeline')
  expect(status).toBe(200)
  return body
}
const told = async (): Promise<string[]> => (await look()).troubles.map(({ words }) => words)
const isTold = (words: RegExp) => until(told, (all) => all.some((one) => words.test(one)), toldWithinMs)
const isOver = (words: RegExp) => until(told, (all) => !all.some((one) => words.test(one)), toldWithinMs)

test('each part has its figures, each process is there, and nobody else sees them', async () => {
  await ann.acked(ann.says('on its way'))
  const { parts, processes, troubles } = await until(look, (answer) => {
    const of = (name: string) => answer.parts.find(({ part }) => part === name)
    const isMeasured = ['sends', 'rooms', 'log', 'archive'].every((name) => of(name)?.minute !== null)
    return isMeasured && answer.processes.length === 2 && answer.troubles.length === 0
  })
  expect(troubles).toEqual([])
  expect(processes.map(({ kind, state, sockets }) => ({ kind, state, sockets }))).toEqual([
    { kind: 'server', state: 'ok', sockets: 1 },
    { kind: 'sync', state: 'ok', sockets: 0 },
  ])
  const of = Object.fromEntries(parts.map((one) => [one.part, one]))
  expect(of).toMatchObject({
    people: { value: 1, isStuck: false },
    stream: { value: expect.any(Number) },
    archive: { value: expect.any(Number), waiting: expect.any(Number) },
    search: { value: 0 },
    notifications: { value: expect.any(Number) },
    push: { value: 0 },
  })
  const { p50Ms = 0, p99Ms = 0 } = of['log']?.minute ?? {}
  expect(p50Ms).toBeGreaterThan(0)
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms)
  const bob = await brook.arrive('Bob')
  expect((await bob.ask('GET', '/api/admin/pipeline')).status).toBe(404)
})

test('a receiver that hangs, nobody who decides who is told, and no sync are told of together', async () => {
  const { id } = await ann.makes('hooked')
  const held: (() => void)[] = []
  receiver.answers = (_request, response) => void held.push(() => response.end())
  const made = await ann.ask<SignedAnswer>('POST', `/api/rooms/${id}/hooks/outgoing`, { url: receiver.url })
  expect(made.status).toBe(201)
  let letGo = (): void => undefined
  const locked = brook.db.transaction(async (tx) => {
    await tx.rows('SELECT shard FROM notify_cursors FOR UPDATE')
    await new Promise<void>((resolve) => {
      letGo = resolve
    })
  })
  await sync.close()
  await ann.acked(ann.says('into the void', { room: id }))
  const noSync = /^Messages are not reaching MySQL: no sync process is running, for \d+ s$/
  const hangs =
    /^The receiver of a webhook \(127\.0\.0\.1:\d+\) takes nothing: 1 messages are waiting, for \d+ s$/
  const undecided = /^(Nobody is told of mentions|People are told of mentions late).*, for \d+ s$/
  await Promise.all([noSync, hangs, undecided].map(isTold))
  const { parts } = await look()
  expect(parts.flatMap(({ part, isStuck }) => (isStuck ? [part] : []))).toEqual([
    'archive',
    'notifications',
    'webhooks',
  ])
  // The same from the shell.
  const typed = await shell.type('status')
  expect(typed.code).toBe(1)
  expect(typed.printed.filter((line) => line.startsWith('STUCK  '))).toHaveLength(3)
  sync = await runSync(brook.config, { say: () => undefined })
  letGo()
  await locked
  receiver.answers = (_request, response) => void response.end()
  for (const answer of held) answer()
  await Promise.all([noSync, hangs, undecided].map(isOver))
})

test('a sync that is frozen', async () => {
  await sync.close()
  const program = path.join(root, 'dist/test/sync.js')
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...shell.env },
    stdio: 'ignore',
  })
  const gone = once(child, 'exit')
  await until(look, ({ processes }) => processes.some(({ pid }) => pid === child.pid))
  child.kill('SIGSTOP')
  await ann.acked(ann.says('while it is frozen'))
  const frozen = new RegExp(
    `^Messages are not reaching MySQL: the sync process .*:${child.pid}.* does not answer`,
  )
  await isTold(frozen)
  child.kill('SIGCONT')
  await isOver(frozen)
  child.kill('SIGKILL')
  await gone
  sync = await runSync(brook.config, { say: () => undefined })
})

test('Redis that is silent', async () => {
  const silent = /^Nobody can send: Redis does not answer, for \d+ s$/
  brook.stores.redisProcess.pause()
  await isTold(silent)
  brook.stores.redisProcess.resume()
  await isOver(silent)
})

test('MySQL that is away', async () => {
  const away = /^Messages are not reaching MySQL: it does not answer, for \d+ s$/
  await brook.stores.mariadbProcess.kill()
  await isTold(away)
  await brook.stores.mariadbProcess.start()
  await isOver(away)
})

test('from the shell: everything works', async () => {
  await until(told, (all) => all.length === 0)
  const { code, printed } = await shell.type('status')
  expect(printed[0]).toBe('Everything works.')
  expect(printed.some((line) => /^Log .*\(normal: under 20 ms to be safe on disk\)$/.test(line))).toBe(true)
  for (const part of ['server', 'sync'])
    expect(printed.some((line) => new RegExp(`^${part} \\S+:\\d+: `).test(line))).toBe(true)
  expect(code).toBe(0)
  const json = await shell.type('status', '--json')
  expect((JSON.parse(json.printed.join('\n')) as PipelineAnswer).troubles).toEqual([])
})
