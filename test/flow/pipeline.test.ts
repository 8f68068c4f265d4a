// The pipeline seen live: what is stuck is said in words within ten seconds, and no more once it goes on.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import type { SignedAnswer } from '../../server/protocol/hooks.ts'
import type { PipelineAnswer } from '../../server/protocol/pipeline.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { Receiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

/** Within which a stuck part must be said, and said no more. */
const toldWithinMs = 10_000

let brook: Brook
let ann: Person
let sync: { close(): Promise<void> }
beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  sync = await runSync(brook.config, { say: () => undefined })
  ann = await brook.enter('Ann')
  await brook.makesAdmin(ann)
})
afterAll(async () => {
  await sync.close()
  await brook.stop()
})

async function look(): Promise<PipelineAnswer> {
  const { status, body } = await ann.ask<PipelineAnswer>('GET', '/api/admin/pipeline')
  expect(status).toBe(200)
  return body
}
const told = async (): Promise<string[]> => (await look()).troubles.map(({ words }) => words)
const isTold = (words: RegExp) => until(told, (all) => all.some((one) => words.test(one)), toldWithinMs)
const isWell = () => until(told, (all) => all.length === 0, toldWithinMs)

test('each part has its figures, and each process is there', async () => {
  await ann.acked(ann.says('on its way'))
  const answer = await until(look, ({ parts, processes }) => {
    const log = parts.find(({ part }) => part === 'log')
    return processes.length === 2 && log?.minute !== null
  })
  console.log(JSON.stringify(answer, null, 1))
  await isWell()
})

test('sync that is not there is told of, and what it leaves', async () => {
  await sync.close()
  await ann.acked(ann.says('kept in the log'))
  await isTold(/^Messages are not reaching MySQL: no sync process is running, for \d+ s$/)
  sync = await runSync(brook.config, { say: () => undefined })
  await isWell()
})

test('a server that cannot decide who is told', async () => {
  const end = Promise.withResolvers<void>()
  const held = brook.db.transaction(async (tx) => {
    await tx.rows('SELECT shard FROM notify_cursors FOR UPDATE')
    await end.promise
  })
  await ann.acked(ann.says('who hears of it?'))
  await isTold(/who is told|late/)
  end.resolve()
  await held
  await isWell()
})

test('Redis that is silent', async () => {
  brook.stores.redisProcess.pause()
  await isTold(/^Nobody can send: Redis does not answer, for \d+ s$/)
  brook.stores.redisProcess.resume()
  await isWell()
})

test('MySQL that is away', async () => {
  await brook.stores.mariadbProcess.kill()
  await isTold(/^Messages are not reaching MySQL: it does not answer, for \d+ s$/)
  await brook.stores.mariadbProcess.start()
  await isWell()
})

test('a receiver of webhooks that hangs', async () => {
  const receiver = await Receiver.up()
  const { id } = await ann.makes('hooked')
  const held: (() => void)[] = []
  receiver.answers = (_request, response) => void held.push(() => response.end())
  const made = await ann.ask<SignedAnswer>('POST', `/api/rooms/${id}/hooks/outgoing`, { url: receiver.url })
  expect(made.status).toBe(201)
  await ann.acked(ann.says('into the void', { room: id }))
  await isTold(
    /^The receiver of a webhook \(127\.0\.0\.1:\d+\) takes nothing: 1 messages? (is|are) waiting, for \d+ s$/,
  )
  for (const answer of held) answer()
  await isWell()
  await receiver.goesDown()
})
