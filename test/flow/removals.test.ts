// What was decided while Redis was away holds once it is back: who was removed hears and does nothing more, a session that
// ended is closed, and the rooms are told.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRefusal } from '../../server/answer.ts'
import { openAdminServices } from '../../server/bot/admin-services.ts'
import { Bot } from '../support/bot.ts'
import { redisBetween } from '../fault/between.ts'
import type { Proxy } from '../fault/proxy.ts'
import { runServer } from '../../server/main.ts'
import { Brook } from '../support/brook.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

/** Ann's private room with these people, who are connected to the other server and have heard her. */
async function privateRoom(name: string, names: string[]): Promise<{ ann: Person; others: Person[] }> {
  const ann = await brook.enter(`Ann of ${name}`)
  const { id } = await ann.makes(name, 'private')
  const others = await Promise.all(names.map((one) => brook.enter(`${one} of ${name}`, 1)))
  for (const one of others) {
    await ann.ask('POST', `/api/rooms/${id}/members`, { name: one.user.name })
    one.room = id
    await until(() => one.heard.some((event) => event.type === 'room' && event.room.id === id))
  }
  ann.says('before')
  await Promise.all(others.map((one) => one.hears('before')))
  return { ann, others }
}

const isGone = (person: Person): boolean =>
  person.heard.some((event) => event.type === 'gone' && event.room === person.room)

const heardTexts = (person: Person): string[] => person.messages().map(({ text }) => text)

const untoldRows = async (): Promise<number> => {
  const [notices] = await brook.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM untold_notices')
  const [ended] = await brook.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM ended_sessions')
  return Number(notices?.n) + Number(ended?.n)
}

const polls = (bot: Bot, cursor: string): ReturnType<Bot['ask']> =>
  bot.ask('GET', `/api/bots/me/entries?${new URLSearchParams({ after: cursor, waitMs: '50000' })}`)

const sessionOf = async (person: Person): Promise<string> => {
  const { body } = await person.ask<{ sessions: { id: string; current: boolean }[] }>('GET', '/api/sessions')
  return body.sessions.find(({ current }) => current)?.id ?? ''
}

test('who is removed while Redis is dead hears nothing and sends nothing once it is back', async () => {
  const { ann, others } = await privateRoom('dead', ['Bob', 'Cho'])
  const [bob, cho] = others as [Person, Person]
  await brook.stores.redisProcess.kill('SIGKILL')
  expect((await ann.ask('DELETE', `/api/rooms/${ann.room}/members/${bob.user.id}`)).status).toBe(204)
  await brook.stores.redisProcess.start()
  await ann.saysAtLast('after')
  await until(() => isGone(bob))
  await cho.hears('after')
  const before = heardTexts(bob).length
  ann.says('for two alone')
  await cho.hears('for two alone')
  expect((await bob.refused(bob.says('still here?'))).code).toBe('not_found')
  expect(heardTexts(bob)).toHaveLength(before)
  // The room is told later, and only once.
  await Promise.all([ann, cho].map((one) => one.notices('removed')))
  await until(async () => (await untoldRows()) === 0)
  const removals = (await ann.page()).messages.filter(
    (message) => message.kind === 'notice' && message.notice.kind === 'removed',
  )
  expect(removals).toHaveLength(1)
})

test('a session that ends while Redis is dead is closed once it is back, and is nobody’s cookie', async () => {
  const { ann, others } = await privateRoom('ended', ['Dan', 'Eve'])
  const [dan, eve] = others as [Person, Person]
  const session = await sessionOf(dan)
  await brook.stores.redisProcess.kill('SIGKILL')
  expect((await dan.ask('DELETE', `/api/sessions/${session}`)).status).toBe(204)
  await brook.stores.redisProcess.start()
  expect(await dan.ends()).toMatchObject({ code: 4501 })
  await ann.saysAtLast('after')
  await eve.hears('after')
  expect(heardTexts(dan)).toEqual(['before'])
  await until(async () => (await untoldRows()) === 0)
  expect((await dan.ask('GET', '/api/rooms')).status).toBe(401)
})

test('a new password and a revoked token hold too, for a socket and for a long poll', async () => {
  const services = await openAdminServices(brook.config)
  const added = await services.bots.add('bot of the outage')
  if (isRefusal(added)) throw new Error(added.code)
  const bot = new Bot(added.token, brook.servers[1]?.address ?? '')
  const jan = await brook.enter('Jan', 1)
  await jan.ask('PUT', '/api/session/password', { password: 'correct horse' })
  const elsewhere = await Person.signsIn(jan.address, 'Jan', 'correct horse')
  // Its server has read all there is, and nothing more happens in its rooms: it waits.
  await jan.acked(jan.says('the last word'))
  const { cursor } = await until(
    () => bot.catchesUp(),
    ({ entries }) => entries.some(({ text }) => text === 'the last word'),
  )
  const poll = polls(bot, cursor)
  await until(async () => (await brook.metric('brook_bot_waits', 1)) === 1)
  await brook.stores.redisProcess.kill('SIGKILL')
  const changed = { password: 'battery staple', current: 'correct horse' }
  expect((await elsewhere.ask('PUT', '/api/session/password', changed)).status).toBe(200)
  await services.bots.revoke(added.bot)
  await brook.stores.redisProcess.start()
  expect(await jan.ends()).toMatchObject({ code: 4501 })
  await until(async () => (await untoldRows()) === 0)
  // Answered long before its time; whoever asks again is refused.
  expect([200, 401]).toContain((await poll).status)
  expect((await polls(bot, cursor)).status).toBe(401)
  expect((await elsewhere.ask('GET', '/api/rooms')).status).toBe(200)
  await services.close()
})

test('who joins while Redis is dead is in the room once it is back', async () => {
  const ann = await brook.enter('Ann who waits')
  const { id } = await ann.makes('open house')
  const fay = await brook.enter('Fay', 1)
  await brook.stores.redisProcess.kill('SIGKILL')
  await fay.joins(id)
  await brook.stores.redisProcess.start()
  await ann.saysAtLast('welcome')
  await ann.notices('joined')
  await until(() => fay.heard.some((event) => event.type === 'room' && event.room.id === id))
  ann.says('you hear this')
  await fay.hears('you hear this')
  expect(fay.messages(id).filter(({ text }) => text === 'you hear this')).toHaveLength(1)
})

/** One more server, which can be cut off from Redis; its number. */
async function cutOffServer(): Promise<{ proxy: Proxy; alone: number; stop: () => Promise<void> }> {
  const { proxy, at } = await redisBetween(brook.stores)
  const alone = brook.servers.push(await runServer({ ...brook.config, redis: at() })) - 1
  const stop = async (): Promise<void> => {
    await brook.servers.splice(alone, 1)[0]?.close()
    await proxy.close()
  }
  return { proxy, alone, stop }
}

test('a server that alone is cut off from Redis tells later what it decided', async () => {
  const { proxy, alone, stop } = await cutOffServer()
  const { ann, others } = await privateRoom('cut', ['Gil', 'Hal'])
  const [gil, hal] = others as [Person, Person]
  const session = await sessionOf(hal)
  // Guard the set-up: the servers of Gil and Hal hear Redis all the time.
  ann.address = brook.servers[alone]?.address ?? ''
  hal.address = ann.address
  proxy.set({ refuse: true })
  proxy.cut()
  expect((await ann.ask('DELETE', `/api/rooms/${ann.room}/members/${gil.user.id}`)).status).toBe(204)
  expect((await hal.ask('DELETE', `/api/sessions/${session}`)).status).toBe(204)
  proxy.clear()
  await until(() => isGone(gil))
  expect(await hal.ends()).toMatchObject({ code: 4501 })
  await stop()
})

test('a server that was cut off asks what it has missed', async () => {
  const { proxy, alone, stop } = await cutOffServer()
  const ida = await brook.enter('Ida', alone)
  const session = await sessionOf(ida)
  proxy.set({ refuse: true })
  proxy.cut()
  // Another server ends it, and tells Redis at once.
  ida.address = brook.servers[0]?.address ?? ''
  expect((await ida.ask('DELETE', `/api/sessions/${session}`)).status).toBe(204)
  await until(async () => (await untoldRows()) === 0)
  expect(ida.closed).toBeUndefined()
  proxy.clear()
  expect(await ida.ends()).toMatchObject({ code: 4501 })
  await stop()
})
