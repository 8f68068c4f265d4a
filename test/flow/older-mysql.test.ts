// Yesterday's MySQL is restored while Redis stays: the log is started anew, nobody gets an id that somebody else had, and what
// is lost is named.
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArchiveOverview } from '../../server/history/sync/overview.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { keysOf } from '../../server/log/keys.ts'
import type { SyncShard } from '../../server/protocol/sync.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { describeOverview } from '../../server/cli/verbs/sync-asks.ts'
import { arrivesAtLast, insists } from '../fault/insists.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeEach(async () => {
  brook = await Brook.start()
})
afterEach(() => brook.stop())

const data = (): string => path.join(brook.stores.folder, 'mariadb/data')
const backup = (): string => path.join(brook.stores.folder, 'yesterday')

async function backsUp(): Promise<void> {
  await brook.stores.mariadbProcess.kill('SIGTERM')
  await cp(data(), backup(), { recursive: true })
  await brook.stores.mariadbProcess.start()
}

async function restores(): Promise<void> {
  await brook.stores.mariadbProcess.kill('SIGTERM')
  await rm(data(), { recursive: true })
  await cp(backup(), data(), { recursive: true })
  await brook.stores.mariadbProcess.start()
}

/** Somebody new: let in once, connected once a connection lasts. Their name is taken from the first. */
async function entersAtLast(name: string): Promise<Person> {
  const person = await arrivesAtLast(name, (tried) => brook.arrive(tried))
  await insists(() => person.connects())
  return person
}

async function shardStatus(): Promise<{ shard: SyncShard | undefined; lines: string[] }> {
  const rpc = new Rpc({ redis: brook.connections.rpc, onError: () => undefined })
  const overview = new ArchiveOverview({ db: brook.db, redis: brook.connections, shards: 1, rpc })
  const answer = await insists(() => overview.look())
  await rpc.close()
  return { shard: answer.shards[0], lines: describeOverview(answer) }
}

/** Everything since the backup: words, a person with a room of their own, and what the log no longer holds. */
async function sinceYesterday(ann: Person): Promise<{ bob: Person; room: string }> {
  for (const text of ['lost 1', 'lost 2', 'lost 3']) await ann.acked(ann.says(text))
  const bob = await entersAtLast('Bob')
  const { id } = await bob.makes('bobs own', 'private')
  await bob.acked(bob.says('for Bob alone'))
  await insists(() => brook.archive())
  // As sync does with what is archived and old.
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  await ann.acked(ann.says('in the log alone'))
  return { bob, room: id }
}

test('an older MySQL: a new epoch, ids and numbers above all that were given, and the loss is named', async () => {
  const ann = await brook.enter('Ann')
  const { id: kept } = await ann.makes('kept')
  await ann.acked(ann.says('before the backup'))
  await brook.archive()
  await backsUp()
  const { bob, room } = await sinceYesterday(ann)
  const old = await brook.redis.get(keysOf(0).epoch)
  for (const server of brook.servers.splice(0)) await server.close()
  await restores()
  await brook.serve()
  expect(await brook.redis.get(keysOf(0).epoch)).not.toBe(old)
  // Bob is in no table: his cookie is nobody's, though Redis had him in its cache.
  bob.address = brook.servers[0]?.address ?? ''
  expect((await bob.ask('GET', '/api/rooms')).status).toBe(401)
  const cho = await brook.enter('Cho')
  expect(Number(cho.user.id)).toBeGreaterThan(Number(bob.user.id))
  const own = await cho.makes('chos own', 'private')
  expect(Number(own.id)).toBeGreaterThan(Number(room))
  expect((await cho.page('', own.id)).messages.map(({ kind }) => kind)).toEqual(['notice'])
  // 1 created, 2 before the backup, 3 to 5 lost, 6 in the log alone.
  ann.address = bob.address
  await ann.connects()
  // Before or after the notice of what is lost.
  const { seq } = await ann.acked(ann.says('after', { room: kept }))
  expect([7, 8]).toContain(seq)
  // The room is told, by a notice of its own.
  const told = await until(async () =>
    (await ann.page('', kept)).messages.find(
      (message) => message.kind === 'notice' && message.notice.kind === 'lost',
    ),
  )
  expect(told).toMatchObject({ notice: { kind: 'lost', from: 3, to: 5 } })
  await insists(() => brook.archive())
  const { messages } = await ann.page('', kept)
  const shown = messages.map((message) => [message.seq, message.kind === 'message' ? message.text : null])
  expect(shown).toEqual([
    [1, null],
    [2, 'before the backup'],
    [6, 'in the log alone'],
    ...[seq, seq === 7 ? 8 : 7].sort().map((number) => [number, number === seq ? 'after' : null]),
  ])
  const { shard, lines } = await shardStatus()
  expect(shard?.epochs).toMatchObject({ count: 1, why: expect.stringMatching(/^MySQL was rolled back/) })
  expect(shard?.epochs?.lost).toBeGreaterThanOrEqual(3)
  expect(lines[1]).toMatch(
    /^ {2}started anew once, last at .* UTC: MySQL was rolled back.*entries were lost$/,
  )
  expect(await brook.metric('brook_log_started_anew')).toBe(1)
})

test('under running servers: a sync says so, and everybody comes back to the new epoch', async () => {
  const ann = await brook.enter('Ann')
  const { id: kept } = await ann.makes('kept')
  await brook.archive()
  await backsUp()
  const { bob } = await sinceYesterday(ann)
  await restores()
  const said: string[] = []
  const sync = await runSync({ ...brook.config, syncCron: '* * * * * *' }, { say: (line) => said.push(line) })
  expect(await ann.ends()).toMatchObject({ code: 4002 })
  expect(await bob.ends()).toMatchObject({ code: 4002 })
  expect((await bob.ask('GET', '/api/rooms')).status).toBe(401)
  await ann.returns()
  await ann.acked(ann.says('goes on', { room: kept }))
  await sync.close()
  const lines = said.filter((line) => line.includes('started anew'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(
    new RegExp(`^sync: the log's shard 0 was started anew: MySQL was rolled back.*room ${kept} from 2 to 4`),
  )
})

test('until somebody has noticed, nobody new gets an id that somebody else had', async () => {
  const ann = await brook.enter('Ann')
  await ann.makes('kept')
  await brook.archive()
  await backsUp()
  const { bob, room } = await sinceYesterday(ann)
  await restores()
  // Guard the set-up: no sync runs, and the servers have not asked.
  const enters = (): Promise<Person | string> => brook.arrive('Dan').catch((error: Error) => error.message)
  expect(await insists(enters)).toMatch(/^Dan was not let in: 503 .*"unavailable"/)
  const made = await ann.ask<{ error?: { code: string } }>('POST', '/api/rooms', {
    name: 'new',
    kind: 'private',
  })
  expect([made.status, made.body.error?.code]).toEqual([503, 'unavailable'])
  await insists(() => brook.archive())
  const dan = await entersAtLast('Dan')
  expect(Number(dan.user.id)).toBeGreaterThan(Number(bob.user.id))
  expect(Number((await dan.makes('new', 'private')).id)).toBeGreaterThan(Number(room))
})

test('a wiped Redis is a line, a count and in the status too; a first start is not', async () => {
  expect((await shardStatus()).shard?.epochs).toBeNull()
  expect(await brook.metric('brook_log_started_anew')).toBe(0)
  await brook.redis.flushall()
  await until(async () => (await shardStatus()).shard?.epochs !== null)
  const { shard, lines } = await shardStatus()
  expect(shard?.epochs).toMatchObject({ count: 1, why: 'Redis was wiped', lost: 0 })
  expect(lines[1]).toMatch(/^ {2}started anew once, last at .* UTC: Redis was wiped$/)
})
