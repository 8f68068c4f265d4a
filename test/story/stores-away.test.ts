// The stores behind Brook go down, or fill up: people who chat are told calmly, and none of their messages are lost.
import { expect, test } from 'vitest'
import { keysOf } from '../../server/log/keys.ts'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const behind = en.link.behindWaiting.split('|')[0]?.replace('{n}', '1').trim() ?? ''
/** What a browser reports about a server that is not ready to answer. */
const notReady = [/status of 503/, /WebSocket connection to .* failed/]

async function fillRedisTo(share: number): Promise<void> {
  const { redis } = story().brook
  const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
  await redis.config('SET', 'maxmemory', Math.round(used / share))
}

const pressure = async (): Promise<string> =>
  ((await (await fetch(`${story().address}/readyz`)).json()) as { backlog: string }).backlog

test('a full backlog: messages wait with a reason, and are sent automatically when there is room', async () => {
  const [ann, bob] = [await story().enters('Ann'), await story().enters('Bob', { locale: 'zh-CN' })]
  await ann.says('before it is full')
  await bob.sees('before it is full')
  await fillRedisTo(0.9)
  await until(pressure, (word) => word === 'refuse')
  await ann.says('while it is full')
  await ann.isTold(behind)
  await ann.stands('while it is full', 'sending')
  expect(await bob.said()).not.toContain('while it is full')
  await story().brook.redis.config('SET', 'maxmemory', 0)
  await bob.sees('while it is full')
  await ann.isToldNoMore()
  expect((await ann.said()).filter((text) => text === 'while it is full')).toHaveLength(1)
})

test('Redis down: history stays readable, messages wait, and are sent when it is back', async () => {
  const [cho, dia] = [await story().enters('Cho'), await story().enters('Dia')]
  for (const person of [cho, dia]) person.expects(...notReady)
  await cho.says('before Redis went')
  await dia.sees('before Redis went')
  const { redisProcess } = story().brook.stores
  await redisProcess.kill('SIGKILL')
  await cho.says('while Redis is away')
  await cho.isTold(behind)
  expect(await cho.said()).toContain('before Redis went')
  await redisProcess.start()
  await dia.sees('while Redis is away')
  expect((await dia.said()).filter((text) => text === 'while Redis is away')).toHaveLength(1)
})

test('MySQL down: chat goes on, older history says that it is unavailable, and loads when it is back', async () => {
  const { brook } = story()
  const teller = await story().joins('Teller')
  const { id } = await teller.makes('depths')
  const cids = Array.from({ length: 120 }, (_, i) => teller.says(`depth ${i + 1}`, { room: id }))
  await teller.acked(cids.at(-1) ?? '')
  await until(
    () => brook.redis.get(keysOf(0).archived),
    (archived) => Number(archived?.split('-')[0]) >= Date.now() - 60_000,
  )
  await until(async () => {
    const [row] = await brook.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM messages WHERE room_id = ?', [
      id,
    ])
    return (row?.n ?? 0) > 120
  })
  // A server that starts with a log that has forgotten what is archived has nothing of the room in memory.
  const server = await story().serverGoes()
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  await server.returns()
  const [eve, fay] = [await story().enters('Eve'), await story().enters('Fay')]
  for (const person of [eve, fay]) {
    person.expects(...notReady)
    await person.joins('depths')
    await person.sees('depth 120')
  }
  await brook.stores.mariadbProcess.kill('SIGKILL')
  await eve.says('talking goes on')
  await fay.sees('talking goes on')
  const older = eve.list.getByText(en.refusal.history_unavailable)
  await eve.list.hover()
  await until(async () => {
    await eve.page.mouse.wheel(0, -600)
    return older.isVisible()
  })
  await brook.stores.mariadbProcess.start()
  await until(async () => {
    const retry = eve.list.getByRole('button', { name: en.retry })
    if (await retry.isVisible()) await retry.click()
    await eve.page.mouse.wheel(0, -600)
    return (await eve.said()).some((text) => /^depth [1-9]$/.test(text))
  })
})
