// The rates of what becomes no entry: resuming, searching, and what a bot polls. Those of the gate are in gate.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runServer, type RunningServer } from '../../server/main.ts'
import { rates, type Rate } from '../../server/protocol/rates.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { Person } from '../support/person.ts'

let brook: Brook
let paced: RunningServer
let line: CommandLine
beforeAll(async () => {
  brook = await Brook.start()
  paced = await runServer({ ...brook.config, pacing: true })
  line = await commandLine(brook.stores)
})
afterAll(async () => {
  await line.close()
  await paced.close()
  await brook.stop()
})

/** Tries so often, and expects as many to pass as one bucket of this rate has. `tries`: how many were let through. */
async function expectRate(
  { burst, per, everyMs }: Rate,
  tries: (times: number) => Promise<number>,
): Promise<void> {
  const began = performance.now()
  const passed = await tries(3 * burst)
  expect(passed).toBeGreaterThanOrEqual(burst)
  expect(passed).toBeLessThanOrEqual(burst + Math.ceil(((performance.now() - began) / everyMs) * per))
}

test('one person searches only so often, and others are not kept from it', async () => {
  const [ann, bob] = [await Person.arrive(paced.address, 'Ann'), await Person.arrive(paced.address, 'Bob')]
  const searches = (who: Person) => who.ask('GET', '/api/search?q=words')
  await expectRate(rates.search, async (times) => {
    const answers = await Promise.all(Array.from({ length: times }, () => searches(ann)))
    return answers.filter(({ status }) => status !== 429).length
  })
  expect((await searches(bob)).status).toBe(200)
})

test('one person resumes only so often', async () => {
  const cho = await Person.arrive(paced.address, 'Cho')
  await expectRate(rates.resume, async (times) => {
    await cho.connects()
    for (let more = 1; more < times; more += 1) cho.tells({ type: 'resume', rooms: {} })
    await cho.acked(cho.says('after all of them'))
    return times - cho.heard.filter((event) => event.type === 'error' && event.code === 'too_many').length
  })
  cho.drops()
})

test('a bot polls only so often', async () => {
  const { printed } = await line.type('bot', 'add', 'poller')
  const bot = new Bot(printed[0] ?? '', paced.address)
  await expectRate(rates.botPoll, async (times) => {
    const codes: (string | undefined)[] = []
    while (codes.length < times) codes.push((await bot.ask('GET', '/api/bots/me/entries')).code)
    return codes.filter((code) => code !== 'too_many').length
  })
})

test('a bot acknowledges only so often', async () => {
  const { printed } = await line.type('bot', 'add', 'diligent')
  const bot = new Bot(printed[0] ?? '', paced.address)
  const { body } = await bot.ask<{ cursor: string }>('GET', '/api/bots/me/entries')
  const acks = () => bot.ask('PUT', '/api/bots/me/cursor', { cursor: body.cursor })
  await expectRate(rates.botAck, async (times) => {
    const codes: (string | undefined)[] = []
    while (codes.length < times) codes.push((await acks()).code)
    return codes.filter((code) => code !== 'too_many').length
  })
})
