// Clocks that step: what is waited for goes by timers, leases by MySQL alone, and clocks that are apart are reported.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { ArchiveReader } from '../../server/log/archive-reader.ts'
import { keysOf } from '../../server/log/keys.ts'
import { Log } from '../../server/log/log.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterEach(() => vi.unstubAllGlobals())
afterAll(() => brook.stop())

const OwnDate = Date
/** The clock of this process steps, and goes on from there; its timers do not. */
function stepsTo(ms: number): void {
  class SteppedDate extends OwnDate {
    constructor(...given: [] | [number]) {
      super(given[0] ?? SteppedDate.now())
    }

    static override now(): number {
      return OwnDate.now() + ms
    }
  }
  vi.stubGlobal('Date', SteppedDate)
}

const second = 1_000
const archived = async (room: string): Promise<string[]> =>
  (
    await brook.db.rows<{ text: string | null }>('SELECT text FROM messages WHERE room_id = ? ORDER BY seq', [
      room,
    ])
  ).flatMap(({ text }) => text ?? [])

test('sync archives on whatever its clock does', async () => {
  const ann = await brook.enter('Ann')
  const { id } = await ann.makes('steps')
  const sync = await runSync(brook.config, { say: () => undefined })
  const isArchived = async (text: string): Promise<void> => {
    const began = performance.now()
    await ann.acked(ann.says(text))
    while (!(await archived(id)).includes(text)) expect(performance.now() - began).toBeLessThan(5 * second)
  }
  await isArchived('before')
  for (const [name, ms] of Object.entries({
    'half a minute back': -30 * second,
    'an hour back': -3_630 * second,
    'a day ahead': 86_400 * second,
    'right again': 0,
  })) {
    stepsTo(ms)
    await isArchived(name)
  }
  await sync.close()
}, 60_000)

test('a sync takes over from a dead one although the clock of MySQL has stepped back', async () => {
  await brook.archive()
  const hold = (ms: number): Promise<unknown> =>
    brook.db.run(
      `UPDATE sync_checkpoints SET fence = fence + 1, holder = 'dead', lease_until = NOW(3) + INTERVAL ${ms} SECOND`,
    )
  const sync = brook.sync({ holder: 'next' })
  // Guard the set-up: a lease that is young is kept.
  await hold(9)
  expect(await sync.run()).toBe('waiting')
  // It was taken half a minute, or an hour, from now.
  for (const left of [40, 3_610]) {
    await hold(left)
    expect(await sync.run()).toBe('archived')
    await sync.close()
  }
})

test('a message sent again to a server whose clock is a day behind Redis’s is one message', async () => {
  stepsTo(-86_400 * second)
  const server = brook.servers.length
  await brook.serve()
  const ann = await brook.enter('Ann who repeats', server)
  const { id } = await ann.makes('repeats')
  const cid = newCid()
  const { seq } = await ann.acked(ann.says('once', { cid }))
  ann.heard = []
  expect((await ann.acked(ann.says('once', { cid }))).seq).toBe(seq)
  await brook.archive()
  expect(await archived(id)).toEqual(['once'])
  await brook.servers.pop()?.close()
})

test('a Redis whose clock runs a day ahead forgets nothing that MySQL does not have, and says what it has forgotten', async () => {
  const bea = await brook.enter('Bea')
  await bea.makes('remembers')
  const reader = new ArchiveReader(brook.redis, 0)
  const forgets = async (): Promise<number> => {
    const { id } = (await archiveOf(brook.db, 1).checkpoint(0)) ?? { id: { ms: 0, n: 0 } }
    return reader.forgetCids(id, (await reader.now()) + 86_400 * second)
  }
  const says = async (text: string, cid = newCid()): Promise<number> => {
    bea.heard = []
    return (await bea.acked(bea.says(text, { cid }))).seq
  }
  // Of a span of time that is over.
  const cid = newCid(Date.now() - 3_600 * second)
  const seq = await says('once', cid)
  await forgets()
  expect(await says('once', cid)).toBe(seq)
  await says('later')
  await brook.archive()
  expect(await forgets()).toBeGreaterThan(0)
  expect(await says('once', cid)).toBe(seq)
})

test('a sync forgets nothing because its clock and Redis’s run a day ahead', async () => {
  const cy = await brook.enter('Cy')
  await cy.makes('all ahead')
  await cy.acked(cy.says('of a span of time that is over', { cid: newCid(Date.now() - 3_600 * second) }))
  await cy.acked(cy.says('later'))
  const forgotten = (): Promise<string | null> => brook.redis.get(keysOf(0).cidsForgotten)
  const before = await forgotten()
  stepsTo(86_400 * second)
  const time = vi
    .spyOn(brook.redis, 'time')
    .mockResolvedValue([Math.floor(Date.now() / second), 0] as unknown as [number, number])
  await brook.archive()
  expect(time).toHaveBeenCalled()
  expect(await forgotten()).toBe(before)
  time.mockRestore()
})

test('clocks that are apart are said, counted, and said again when they agree', async () => {
  const said: string[] = []
  const log = new Log({
    redis: brook.connections,
    shards: 1,
    archive: archiveOf(brook.db, 1),
    onError: (error, where) => void (where === 'clocks' && said.push((error as Error).message)),
  })
  log.subscribe([])
  await log.open()
  const apart = (): Promise<number> => brook.metric('brook_clocks_apart_seconds')
  await until(apart, (seconds) => seconds < limits.clocksApartMs / second)
  for (const [ms, words] of [
    [-60 * second, /6\d s ahead of/],
    [60 * second, /6\d s behind/],
  ] as const) {
    stepsTo(ms)
    await until(
      () => said.at(-1),
      (last) => words.test(last ?? ''),
    )
    await until(apart, (seconds) => seconds > 55 && seconds < 70)
    vi.unstubAllGlobals()
    await until(
      () => said.at(-1),
      (last) => last === 'the clocks agree again',
    )
  }
  log.close()
}, 60_000)
